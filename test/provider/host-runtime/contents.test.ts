import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostSession, Operation, Outcome } from '../../../provider/host/session';
import { deleteContents } from '../../../provider/host-runtime/contents';

const hostWith = (...records: string[]) => {
  const done: string[] = [];
  const host: HostSession = {
    label: 'vps1',
    run: async ({ action, machine, values }: Operation): Promise<Outcome> => {
      if (values?.stack !== undefined) return { values: { found: `${records.join('\n')}\n` }, log: '' };
      done.push(`${machine}: ${action}`);
      return { values: {}, log: '' };
    },
    roundTrips: () => 0,
    close: async () => {},
  };
  return { host, done };
};

test('machines go first, then what they were made of', async () => {
  const { host, done } = hostWith(
    'rootfs\tr1\tp/s/r1\t/var/lib/machines/r1',
    'frr-config\tr1\tp/s/r1\t',
    'machine\tr1\tp/s/r1\t',
    'nspawn-config\tr1\tp/s/r1\t',
    'link\t0123456789abcdef\tp/s/link\t',
  );
  await deleteContents(host, 'p/s/runtime', () => {});
  assert.deepEqual(
    done.map((line) => line.split(': ')[0]),
    ['r1', 'link', 'r1', 'r1', 'r1'],
  );
  assert.match(done[0] ?? '', /machine/);
});

test('a record with a name that no machine can have is an error which names it, and nothing is run for it', async () => {
  const { host, done } = hostWith('machine\t../../etc\tp/s/r1\t', 'machine\tr1\tp/s/r1\t');
  await assert.rejects(
    deleteContents(host, 'p/s/runtime', () => {}),
    (error: Error) => {
      assert.match(error.message, /^vps1: delete what the stack has on the host failed/);
      assert.match(error.message, /pulumi-nspawn\/machine\/\.\.\/\.\.\/etc is the record of no machine/);
      return true;
    },
  );
  assert.ok(
    done.every((line) => line.startsWith('r1: ')),
    done.join(),
  );
});
