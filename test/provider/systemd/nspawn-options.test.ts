import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  execOptions,
  execSchema,
  filesOptions,
  filesSchema,
  networkOptions,
} from '../../../provider/systemd/nspawn-options';
import type { Option } from '../../../provider/systemd/option';
import { extraKind, serviceOptions, serviceSchema } from '../../../provider/systemd/resource-control';
import { valueFault } from '../../../provider/systemd/unit-file';
import { runs } from '../../fuzz';

/** A value that each option takes. */
const samples: Record<string, unknown> = {
  parameters: ['--log-level=debug', 'two words', 'a"b', "it's", ''],
  environment: { A: 'b c', B: '"\\%$', C: '' },
  user: 'frr',
  workingDirectory: '/srv',
  pivotRoot: '/new:/old',
  capability: ['CAP_NET_ADMIN', 'all'],
  dropCapability: ['CAP_SYS_TIME'],
  ambientCapability: ['CAP_NET_RAW'],
  killSignal: 'SIGRTMIN+3',
  personality: 'x86-64',
  machineID: '0123456789abcdef0123456789abcdef',
  privateUsers: '524288:65536',
  systemCallFilter: ['~@clock', 'keyctl'],
  limitNICE: '-5',
  oomScoreAdjust: -500,
  cpuAffinity: ['0-1', '3'],
  hostname: 'r1.example',
  resolvConf: 'copy-host',
  timezone: 'off',
  linkJournal: 'try-guest',
  volatile: 'overlay',
  bind: ['/srv:/srv', '+/a:/b:norbind', '/with\\:colon:/x'],
  bindReadOnly: ['/usr:/usr:norbind,idmap'],
  bindUser: ['lennart'],
  bindUserShell: '/bin/sh',
  temporaryFileSystem: ['/var/cache:size=16M,mode=755'],
  inaccessible: ['/root'],
  overlay: ['/a:/b:/c'],
  overlayReadOnly: ['+/etc::/etc'],
  privateUsersOwnership: 'map',
  virtualEthernetExtra: ['vx0:eth9'],
  interface: ['eth1', 'eth2:in2'],
  macvlan: ['eth1'],
  ipvlan: ['eth1'],
  bridge: 'br0',
  zone: 'lab',
  port: ['udp:4789', 'tcp:8080:80'],
  namespacePath: '/run/netns/a',
  cpuQuota: '50%',
  memoryZSwapWriteback: true,
  tasksMax: '10%',
  managedOOMSwap: 'kill',
  managedOOMMemoryPressure: 'auto',
  managedOOMMemoryPressureLimit: '60%',
  managedOOMPreference: 'avoid',
  ioDeviceWeight: ['/dev/vda 200'],
  ioDeviceLatencyTargetSec: ['/dev/vda 25ms'],
  disableControllers: ['io'],
  socketBindAllow: ['tcp:179', 'ipv6:udp:1-1023'],
  socketBindDeny: ['any'],
  restrictNetworkInterfaces: ['~lo', 'eth0'],
  nftSet: ['cgroup:inet:filter:routers'],
  ipIngressFilterPath: ['/sys/fs/bpf/x'],
  ipEgressFilterPath: ['/sys/fs/bpf/x'],
  bpfProgram: ['egress:/sys/fs/bpf/x'],
  memoryPressureWatch: 'auto',
  restart: 'on-failure',
  environmentFile: ['-/etc/default/x'],
  oomPolicy: 'continue',
  slice: 'machine-routers.slice',
  devicePolicy: 'closed',
  deviceAllow: ['/dev/fuse rwm'],
  nice: -5,
  execStartPre: ['/bin/true'],
  execStartPost: ['/bin/true'],
  execStopPost: ['-/bin/true'],
  ipAddressAllow: ['10.0.0.0/8', 'localhost'],
  ipAddressDeny: ['any'],
};

const sampleOf = (name: string, { kind }: Option): unknown => {
  if (name in samples) return samples[name];
  const candidates: unknown[] = [true, '64M', 100, '0-1', '5s', ['/dev/vda 10M']];
  return candidates.find((value) => kind.schema.safeParse(value).success);
};

for (const [section, options] of Object.entries({
  exec: execOptions,
  files: filesOptions,
  network: networkOptions,
  service: serviceOptions,
}) as [string, Record<string, Option>][]) {
  for (const [name, option] of Object.entries(options)) {
    test(`${section}.${name} is written as ${option.key}= and read back as it was`, () => {
      const value = sampleOf(name, option);
      const { kind } = option;
      assert.ok(kind.schema.safeParse(value).success, JSON.stringify(kind.schema.safeParse(value).error));
      const lines = kind.write(value as never);
      assert.ok(lines.length > 0);
      for (const line of lines) assert.equal(valueFault(line), undefined);
      assert.deepEqual(kind.write(kind.read(lines) as never), lines);
    });
  }

  test(`the names of ${section} are systemd's keys in camelCase`, () => {
    for (const [name, { key }] of Object.entries(options)) {
      assert.equal(name.toLowerCase(), key.toLowerCase());
      assert.match(name, /^[a-z]/);
    }
  });
}

test('no value that an option takes can break its line', () => {
  const tables = { ...execOptions, ...filesOptions, ...networkOptions, ...serviceOptions } as Record<
    string,
    Option
  >;
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .tuple(fc.constantFrom('/srv', 'CAP_X', 'a', '1', 'SIGHUP'), fc.string({ unit: 'binary' }))
      .map((parts) => parts.join('')),
    fc.constantFrom('/a\n[Exec]\nBoot=no', '/a\\', '/a ', ' /a', '/a\0', '\n', ''),
  );
  const value = fc.oneof(text, fc.array(text), fc.dictionary(fc.constantFrom('A', 'B'), text));
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(tables)), value, (name, given) => {
      const { kind } = tables[name] as Option;
      const parsed = kind.schema.safeParse(given);
      if (!parsed.success) return;
      for (const line of kind.write(parsed.data as never))
        assert.equal(valueFault(line), undefined, JSON.stringify(line));
    }),
    runs(5000),
  );
});

const reasons = (parsed: { error?: { issues: { path: PropertyKey[]; message: string }[] } | undefined }) =>
  (parsed.error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);

for (const given of ['12 potatoes', '', '-1', '1e3', '101%', '256MB', 'infinite', -1]) {
  test(`the size ${JSON.stringify(given)} is refused, and what is accepted is said`, () => {
    assert.match(
      reasons(serviceSchema.safeParse({ memoryMax: given })).join(),
      /^memoryMax: accepted is a size in bytes/,
    );
  });
}

for (const given of [268435456, '256M', '1.5G', '25%', '12.5%', '100%', 'infinity', false]) {
  test(`the size ${JSON.stringify(given)} is accepted`, () => {
    assert.deepEqual(reasons(serviceSchema.safeParse({ memoryMax: given })), []);
  });
}

for (const given of ['50', '0%', '-5%', 50, 'half']) {
  test(`the quota ${JSON.stringify(given)} is refused`, () => {
    assert.match(
      reasons(serviceSchema.safeParse({ cpuQuota: given })).join(),
      /^cpuQuota: accepted is a share of one CPU/,
    );
  });
}

for (const given of [
  { memoryMax: 0 },
  { memoryHigh: '0%' },
  { tasksMax: 0 },
  { ioWeight: 'idle' },
  { ioDeviceWeight: ['/dev/vda 10M'] },
  { ioReadBandwidthMax: ['/dev/vda much'] },
  { ipAddressAllow: ['10.0.0.0/8 localhost'] },
  { managedOOMMemoryPressureLimit: '101%' },
  { timeoutStopSec: '1.5G' },
  { allowedCPUs: '99999' },
]) {
  test(`service ${JSON.stringify(given)}, which systemd would not take, is refused`, () => {
    assert.equal(serviceSchema.safeParse(given).error?.issues[0]?.path[0], Object.keys(given)[0]);
  });
}

for (const given of [
  { capability: ['CAP_NET_ADMN'] },
  { killSignal: 'SIGTERMM' },
  { killSignal: '65' },
  { limitNICE: 'infinity' },
  { limitNOFILE: '1G' },
  { limitAS: '10s' },
  { privateUsers: 4294901760 },
]) {
  test(`exec ${JSON.stringify(given)}, which systemd-nspawn would ignore, is refused`, () => {
    assert.equal(execSchema.safeParse(given).error?.issues[0]?.path[0], Object.keys(given)[0]);
  });
}

for (const [given, path] of [
  [{ capability: ['CAP_NET_ADMIN CAP_NET_RAW'] }, 'capability.0'],
  [{ capability: ['net_admin'] }, 'capability.0'],
  [{ privateUsers: 'maybe' }, 'privateUsers'],
  [{ boot: 'yes' }, 'boot'],
  [{ hostname: '-x' }, 'hostname'],
  [{ environment: { 'A B': 'x' } }, 'environment.A B'],
  [{ environment: { A: 'x\ny' } }, 'environment.A'],
  [{ oomScoreAdjust: 1001 }, 'oomScoreAdjust'],
  [{ machineID: 'x' }, 'machineID'],
] as const) {
  test(`exec ${JSON.stringify(given)} is refused at ${path}`, () => {
    assert.deepEqual(
      execSchema.safeParse(given).error?.issues.map((issue) => issue.path.join('.')),
      [path],
    );
  });
}

test('an option that systemd does not have is refused', () => {
  assert.equal(filesSchema.safeParse({ bindReadonly: [] }).error?.issues[0]?.code, 'unrecognized_keys');
});

test('service.extra takes any other key, and points to the property of a known one', () => {
  assert.deepEqual(
    reasons(serviceSchema.safeParse({ extra: { LogLevelMax: 'info', ExecStart: ['', '/x'] } })),
    [],
  );
  assert.match(JSON.stringify(extraKind.schema.safeParse({ MemoryMax: '1' }).error?.issues), /use that one/);
  for (const extra of [{ 'A B': '' }, { 'A\n': '' }, { A: 'x\n[Unit]' }, { A: ['x\\'] }]) {
    assert.ok(!extraKind.schema.safeParse(extra).success, JSON.stringify(extra));
  }
});
