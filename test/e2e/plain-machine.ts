import assert from 'node:assert/strict';
import type { LabHost } from '../lab';
import { connectionTo } from './hosts';
import { inMachine } from './life';

const { HostRootfs, Machine } = require('../../provider/dynamic');

/** Settings by hand, so that a machine can be tested without an NspawnConfig. */
export const nspawnText = `[Exec]
Boot=yes
PrivateUsers=pick
LinkJournal=no
[Files]
BindReadOnly=/usr:/usr:idmap
BindReadOnly=/etc/alternatives:/etc/alternatives:idmap
[Network]
VirtualEthernet=yes
`;

/** The state that Pulumi keeps of a resource. */
export type State = Record<string, unknown>;

/** A machine of one test on one host: its rootfs and settings, and the handlers of Machine by name. */
export const plainMachine = (host: LabHost, name: string, owner: string) => {
  const unit = `systemd-nspawn@${name}.service`;
  const common = { connection: connectionTo(host), owner, machineName: name };
  const rootfs = async (changes: object) => (await HostRootfs.check({}, { ...common, ...changes })).inputs;
  const inputs = async (changes: object = {}): Promise<State> => {
    const { inputs, failures } = await Machine.check({}, { ...common, ...changes });
    assert.deepEqual(failures, []);
    return inputs;
  };
  return {
    unit,
    nspawnPath: `/etc/systemd/nspawn/${name}.nspawn`,
    dropInPath: `/etc/systemd/system/${unit}.d/test.conf`,
    inputs,
    make: async (changes: object = {}) => {
      await HostRootfs.create(await rootfs(changes));
      await host.run(['mkdir', '-p', '/etc/systemd/nspawn', `/etc/systemd/system/${unit}.d`]);
      await host.sh(`cat >/etc/systemd/nspawn/${name}.nspawn`, { input: nspawnText });
      await host.sh(`cat >/etc/systemd/system/${unit}.d/test.conf && systemctl daemon-reload`, {
        input: '[Service]\nEnvironment=SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1\n',
      });
    },
    clear: async () => {
      await Machine.delete(name, await inputs());
      await host.sh(`systemctl kill -s KILL ${unit} 2>/dev/null; systemctl stop ${unit}`, { reject: false });
      await HostRootfs.delete(name, await rootfs({}));
      await host.run(['rm', '-rf', `/etc/systemd/nspawn/${name}.nspawn`, `/etc/systemd/system/${unit}.d`]);
      await host.run(['systemctl', 'daemon-reload']);
    },
    create: async (changes: object = {}): Promise<State> =>
      (await Machine.create(await inputs(changes))).outs as State,
    read: (state: State): Promise<{ id: string; props: State; inputs: State }> => Machine.read(name, state),
    update: async (state: State, changes: object = {}): Promise<State> =>
      (await Machine.update(name, state, await inputs(changes))).outs as State,
    inside: (command: string) => inMachine(host, name, command),
  };
};

/** Puts a copy in the place of a file of the host, as an upgrade does: what runs keeps the old one. */
export const replaceBinary = (host: LabHost, path: string) =>
  host.sh(`cp -p ${path} ${path}.dpkg-new && mv ${path}.dpkg-new ${path}`);
