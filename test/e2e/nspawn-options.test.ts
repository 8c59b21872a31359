import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { z } from 'zod';
import { execOptions, filesOptions, networkOptions } from '../../provider/systemd/nspawn-options';
import type { Option } from '../../provider/systemd/option';
import type { LabHost } from '../lab';
import { waitUntil } from '../lab/wait';
import { connectionTo, hosts } from './hosts';
import { type Row, type Start, starts } from './nspawn-starts';

const { NspawnConfig } = require('../../provider/dynamic');

const name = 'opt-router';
const unit = `systemd-nspawn@${name}.service`;
const smallTree = readFileSync(join(__dirname, 'small-tree.sh'), 'utf8');
const asking = `name=${name}\n${readFileSync(join(__dirname, 'nspawn-ask.sh'), 'utf8')}`;
const systemCall = readFileSync(join(__dirname, 'system-call.pl'), 'utf8');
const resolve = '/run/systemd/resolve';
const staticResolvConf = '/usr/lib/systemd/resolv.conf';

describe('options of a machine, by what they do', { concurrency: 2 }, () => {
  for (const index of [0, 1]) {
    describe(`on ${['Debian 12', 'Debian 13'][index]}`, { concurrency: 1 }, () => {
      const version = index === 0 ? 252 : 257;
      let host: LabHost;
      let state: Record<string, unknown>;
      const out = async (script: string) => (await host.sh(script, { reject: false })).stdout.trim();
      const inputs = async (options: Record<string, unknown> = {}) => {
        const given = { connection: connectionTo(host), owner: 'p/s/opt', machineName: name };
        const { inputs, failures } = await NspawnConfig.check({}, { ...given, ...sectionsOf(options) });
        assert.deepEqual(failures, []);
        return inputs;
      };
      const journal = () =>
        out(`journalctl -o cat -b _SYSTEMD_INVOCATION_ID="$(systemctl show -P InvocationID ${unit})"`);
      // A supervisor that is killed leaves a mount point behind on systemd 257, and the next start then fails.
      const stop = () =>
        host.sh(
          `timeout 5 systemctl stop ${unit} || { systemctl kill -s KILL ${unit}; systemctl stop ${unit}; }; systemctl reset-failed ${unit} 2>/dev/null; umount -l /run/systemd/nspawn/unix-export/${name} 2>/dev/null; rmdir /run/systemd/nspawn/unix-export/${name} 2>/dev/null; :`,
        );
      // What a start was given, and what comes of it on the host.
      const clearing = `${asking}\nrm -rf "$tree" /srv/opt-*; [ -z "$id" ] || rm -rf "/var/log/journal/$id"; for each in opt0 optbr; do ip link del $each 2>/dev/null; done; :`;
      const up = async (options: Record<string, unknown>) => {
        state = (await NspawnConfig.update(name, state, await inputs(options))).outs;
      };
      const begin = async ({ before = ':', program = ':', ...start }: Start, ...how: string[]) => {
        const make = `set -- ${name}\n${smallTree}\nmkdir srv; cat >srv/system-call`;
        await host.sh(`${clearing}\n${make}`, { input: systemCall });
        await up({ ...optionsOf(start), 'exec.parameters': ['/bin/sh', '-c', programOf(program)] });
        const run = `${asking}\n${before}\nsystemctl start ${how.join(' ')} ${unit}`;
        const { stderr } = await host.sh(run, { reject: false });
        if (stderr !== '') assert.fail(`${stderr}\n${await journal()}`);
        await waitUntil('its program runs', 10, () => out(`${asking}\nls "$root/tmp/ready"`));
      };
      const answers = async (rows: readonly Row[]) => {
        const script = rows.map(([, , ask]) => `printf '\\036'; ( ${ask}\n) 2>&1`).join('\n');
        const [id = '', ...said] = (await out(`${asking}\necho "$id"\n${script}`)).split('\x1e');
        return rows.map(([option, value, , expected], at) => {
          const answer = Array.isArray(expected) ? expected[index] : expected;
          const text = (said[at] ?? '').trim().replaceAll(id.trim(), 'ID');
          const same = answer instanceof RegExp ? answer.test(text) : answer === text;
          return `${option} ${JSON.stringify(value)}: ${same ? 'as declared' : text}`;
        });
      };
      const seen = async (rows: readonly Row[]) =>
        assert.deepEqual(
          await answers(rows),
          rows.map(([option, value]) => `${option} ${JSON.stringify(value)}: as declared`),
        );
      const clear = async () => {
        await stop();
        await host.sh(clearing);
        await NspawnConfig.delete(name, await inputs());
        await host.sh(`rm -rf ${resolve}; ! grep -q 192.0.2.3 ${staticResolvConf} || rm ${staticResolvConf}`);
      };

      before(async () => {
        host = (await hosts())[index] as LabHost;
        await clear();
        // What systemd-resolved has, which is not on the hosts.
        await host.sh(`mkdir ${resolve}; echo nameserver 192.0.2.1 >${resolve}/resolv.conf
          echo nameserver 192.0.2.2 >${resolve}/stub-resolv.conf
          [ -e ${staticResolvConf} ] || echo nameserver 192.0.2.3 >${staticResolvConf}`);
        state = (await NspawnConfig.create(await inputs())).outs;
      });
      after(clear);

      for (const start of starts) {
        test(start.title, async () => {
          if (version < (start.since ?? 0)) {
            await assert.rejects(up(optionsOf(start)), new RegExp(`needs systemd ${start.since}`));
            return;
          }
          try {
            await begin(start);
            await seen(start.rows);
          } finally {
            await stop();
          }
          if (start.stopped) await seen(start.stopped);
        });
      }

      test('a machine that counts as started when it says so', async () => {
        const program =
          'mkfifo /tmp/go; touch /tmp/ready; read -r go </tmp/go; systemd-notify --ready --pid=1';
        try {
          await begin(
            { title: '', with: { 'exec.boot': false, 'exec.notifyReady': true }, program, rows: [] },
            '--no-block',
          );
          assert.equal(await out(`systemctl show -P ActiveState ${unit}`), 'activating');
          // machined was seen once not to know a machine for a moment, in a run under load.
          await waitUntil(
            'it is told',
            10,
            async () => (await host.sh(`${asking}\necho >"$root/tmp/go"`, { reject: false })).exitCode === 0,
          );
          await waitUntil(
            'it has started',
            10,
            async () => (await out(`systemctl is-active ${unit}`)) === 'active',
          );
        } finally {
          await stop();
        }
      });

      // As with every kind of interface, systemd-nspawn makes it or starts nothing.
      test('an ipvlan interface, where the kernel has them', async () => {
        const made = 'inside ip -d link show iv-opt1';
        const ipvlan: Start = {
          title: 'ipvlan',
          before: 'ip link add opt0 type veth peer name opt1',
          with: { 'exec.boot': false, 'exec.processTwo': true },
          rows: [['network.ipvlan', ['opt1'], made, /ipvlan/]],
        };
        const probe = `${ipvlan.before}; ip link add link opt0 name optip type ipvlan && echo yes; ip link del opt0`;
        try {
          if ((await out(probe)) === 'yes') {
            await begin(ipvlan);
            await seen(ipvlan.rows);
          } else {
            await assert.rejects(
              begin(ipvlan),
              /Failed to add new ipvlan interfaces: Operation not supported/,
            );
          }
        } finally {
          await stop();
        }
      });
    });
  }

  test('every option that these systemds have is there, with every word that it takes', () => {
    const rows = starts.flatMap(({ rows, stopped = [] }) => [...rows, ...stopped]);
    const shown = new Set(rows.flatMap(([option, value]) => [option, `${option} ${String(value)}`]));
    // Those with tests of their own here, the program of all starts, and what this machine or these systemds cannot.
    const others =
      /^(exec\.(notifyReady|parameters)|network\.ipvlan|exec\.personality .*|files\.privateUsersOwnership foreign)$/;
    const all = Object.entries({ exec: execOptions, files: filesOptions, network: networkOptions }).flatMap(
      ([section, options]) =>
        (Object.entries(options) as [string, Option][])
          .filter(([, { since }]) => since <= 257)
          .flatMap(([property, { kind }]) => [
            `${section}.${property}`,
            ...(kind.schema instanceof z.ZodEnum
              ? kind.schema.options.map((word) => `${section}.${property} ${word}`)
              : []),
          ]),
    );
    assert.deepEqual(
      all.filter((each) => !shown.has(each) && !others.test(each)),
      [],
    );
  });
});

/** The options of a start: values that are lists come together. */
const optionsOf = ({ rows, stopped = [], with: others = {} }: Start): Record<string, unknown> => {
  const options: Record<string, unknown> = {};
  for (const [option, value] of [...rows, ...stopped]) {
    const before = options[option];
    options[option] =
      Array.isArray(before) && Array.isArray(value) ? [...new Set([...before, ...value])] : value;
  }
  return { ...others, ...options };
};

const sectionsOf = (options: Record<string, unknown>) => {
  const sections: Record<string, Record<string, unknown>> = {};
  for (const [option, value] of Object.entries(options)) {
    const [section = '', property = ''] = option.split('.');
    sections[section] = { ...sections[section], [property]: value };
  }
  return sections;
};

/** A program that says what it is told to, says that it is ready, and stays. */
const programOf = (commands: string) =>
  `{ ${commands}; } >/tmp/said 2>&1; touch /tmp/ready; sleep infinity & wait`;
