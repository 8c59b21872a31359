import { frrConfig } from '../frr-config/resource';
import { HostError } from '../host/error';
import type { HostSession } from '../host/session';
import { together } from '../host/together';
import { hostRootfs } from '../host-rootfs/resource';
import { machine } from '../machine/resource';
import { nspawnConfig } from '../nspawn-config/resource';
import type { InputSchema, Resource } from '../resource';
import { deleteRecordedLink } from './recorded-link';

/** Something that a stack has on a host, as its record there says. */
interface Recorded {
  kind: string;
  name: string;
  owner: string;
  /** Where a rootfs is. */
  path: string;
  /** The data of a link. */
  data: string;
}

/**
 * Takes away all that a stack has on a host, by what the host itself has on record and with what each resource's own
 * delete runs there: machines first, then what they were made of.
 */
export const deleteContents = async (
  host: HostSession,
  owner: string,
  progress: (step: string) => void,
): Promise<void> => {
  const all = await recordedOf(host, owner.split('/').slice(0, 2).join('/'));
  const each = async (kind: string, remove: (recorded: Recorded) => Promise<void>) => {
    await together(all.filter((recorded) => recorded.kind === kind).map(remove), true);
  };
  const by =
    <S extends InputSchema>(resource: Resource<S>, others: object = {}) =>
    async ({ kind, name, owner, path }: Recorded) => {
      const parsed = resource.schema.safeParse({ machineName: name, owner, ...others });
      if (!parsed.success) {
        throw new HostError({
          host: host.label,
          action: 'delete what the stack has on the host',
          log: `/var/lib/pulumi-nspawn/${kind}/${name} is the record of no machine: nothing of ours has such a name.`,
          changed: true,
          advice: 'See where it comes from, remove it, and run again.',
        });
      }
      await resource.delete({ inputs: { ...parsed.data, path }, host, progress, state: {} } as never);
    };
  await each('machine', by(machine));
  await each('link', ({ data, owner }) => deleteRecordedLink(host, { data, owner, onStep: progress }));
  await each('nspawn-config', by(nspawnConfig));
  await each('rootfs', by(hostRootfs));
  // Last: without its machine's tree there is nothing for it to give back. A tree that is not the stack's keeps its own.
  await each('frr-config', by(frrConfig, { config: '!' }));
};

const recordedOf = async (host: HostSession, stack: string): Promise<Recorded[]> => {
  const { values } = await host.run({
    action: 'list what the stack has on the host',
    script: 'host-runtime/contents.sh',
    values: { stack: `${stack}/` },
  });
  return (values.found ?? '')
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [kind = '', name = '', owner = '', path = ''] = line.split('\t');
      return { kind, name, owner, path, data: values[`link_${name}`] || `id ${name}\n` };
    });
};
