import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { closeSessions } from '../../provider/host/pool';
import { hosts } from '../e2e/hosts';
import { inMachine } from '../e2e/life';
import { reaches } from '../e2e/link';
import { type HostStack, stackOn } from '../e2e/routers';
import type { LabHost } from '../lab';
import { changesSince, tracesOf } from './trace';

after(closeSessions);

const dynamic = require('../../provider/dynamic');
const canary = '/run/input-canary';
const shell = `$(touch ${canary})`;

const machine = (machineName: string) => ({ machineName });
const link = (end: object) => ({ a: { interface: 'e0', ...end }, b: { machineName: 'r', interface: 'e1' } });
const tunnel = (end: object) => ({
  a: { machineName: 'r', interface: 'e0', underlay: '192.0.2.1', ...end },
  b: { machineName: 'r', interface: 'e0', underlay: '192.0.2.2' },
});
const nspawn = (settings: object) => ({ machineName: 'r', ...settings });
const rootfs = (more: object) => ({ machineName: 'r', ...more });
const file = (path: string, more: object = {}) => rootfs({ files: { [path]: { content: '', ...more } } });
const reached = (connection: object) => ({ machineName: 'r', connection: { host: 'h', ...connection } });

// What no resource takes, by what it tries to be; the property that the error names.
const refused: Record<string, [kind: string, property: RegExp, inputs: object[]][]> = {
  'shell code': [
    [
      'Machine',
      /^machineName$/,
      [shell, 'a;reboot', 'a`id`', 'a|b', 'a&b', "a'b", 'a"b', 'a$b', 'a*'].map(machine),
    ],
    [
      'VethPeering',
      /^a\.interface$/,
      [{ interface: shell }, { interface: 'e;id' }, { interface: 'e`id`' }].map(link),
    ],
    ['VethPeering', /^a\.addresses\[0\]$/, [link({ addresses: [`10.0.0.1/24;${shell}`] })]],
    ['VethPeering', /^a\.mac$/, [link({ mac: `02:00:00:00:00:01${shell}` })]],
    ['TunnelPeering', /^a\.underlay$/, [tunnel({ underlay: shell })]],
    ['HostRootfs', /^packages\[0\]$/, [rootfs({ packages: [shell] }), rootfs({ packages: ['a;b'] })]],
    [
      'HostRootfs',
      /mirror/,
      [rootfs({ bootstrap: { method: 'debootstrap', mirror: `http://x/ ${shell}` } })],
    ],
    ['HostRootfs', /suite/, [rootfs({ bootstrap: { method: 'debootstrap', suite: shell } })]],
    ['HostRootfs', /units/, [rootfs({ units: { mask: [`${shell}.service`] } })]],
    ['HostRootfs', /owner/, [file('/etc/x', { owner: shell })]],
    ['HostRuntime', /^packages\[0\]$/, [{ packages: [shell] }]],
    ['HostRuntime', /^kernelModules\[0\]$/, [{ kernelModules: [shell] }]],
    ['HostRuntime', /^sysctls/, [{ sysctls: { [shell]: 1 } }]],
    ['Machine', /^waitFor\.units\[0\]$/, [{ machineName: 'r', waitFor: { units: [`${shell}.service`] } }]],
    [
      'FrrConfig',
      /^verify\.established\[0\]$/,
      [{ machineName: 'r', config: '', verify: { established: [shell] } }],
    ],
    [
      'RoutingCheck',
      /^routers\[0\]\.machineName$/,
      [{ routers: [{ machineName: shell, prefixes: ['10.0.0.0/8'] }] }],
    ],
    ['Machine', /^connection\.(host|user)$/, [reached({ host: shell }), reached({ user: shell })]],
  ],
  'an option of a command': [
    ['Machine', /^machineName$/, ['-x', '--help', '-'].map(machine)],
    ['VethPeering', /^a\.interface$/, [link({ interface: '-e' })]],
    [
      'HostRootfs',
      /^packages\[0\]$/,
      [rootfs({ packages: ['--allow-downgrades'] }), rootfs({ packages: ['-f'] })],
    ],
    ['HostRuntime', /^packages\[0\]$/, [{ packages: ['--force-yes'] }, { packages: ['frr-'] }]],
    ['HostRuntime', /^kernelModules\[0\]$/, [{ kernelModules: ['-r'] }]],
    ['HostRootfs', /variant/, [rootfs({ bootstrap: { method: 'debootstrap', variant: '--x' } })]],
    ['HostRootfs', /suite/, [rootfs({ bootstrap: { method: 'debootstrap', suite: '--hook=x' } })]],
    [
      'Machine',
      /^connection\.(host|user)$/,
      [reached({ host: '-oProxyCommand=id' }), reached({ user: '-l' })],
    ],
    ['Machine', /^connection\.proxy\.host$/, [reached({ proxy: { host: '-W' } })]],
  ],
  'a line of its own': [
    ['Machine', /^machineName$/, ['a\nb', 'a\n', '\na', 'a\rb', 'a\0b'].map(machine)],
    ['VethPeering', /^a\.interface$/, [link({ interface: 'e\n' }), link({ interface: 'a\nb' })]],
    ['HostRootfs', /^files/, [file('/etc/x\ny'), file('/etc/x\u0085y')]],
    ['HostRootfs', /^hostname$/, [rootfs({ hostname: 'a\nb' })]],
    ['HostRootfs', /^path$/, [rootfs({ path: '/srv/a\nb' })]],
    [
      'HostRuntime',
      /^sysctls/,
      [{ sysctls: { 'net.ipv4.ip_forward': '1\nkernel.x = 1' } }, { sysctls: { 'a.b\nc': 1 } }],
    ],
    ['Machine', /^owner$/, [{ machineName: 'r', owner: 'p/s/a\nb' }]],
    ['NspawnConfig', /environment/, [nspawn({ exec: { environment: { A: 'x\n[Files]\nBind=/' } } })]],
    [
      'NspawnConfig',
      /environment/,
      [nspawn({ service: { environment: { A: 'x\nExecStartPre=/bin/false' } } })],
    ],
    ['NspawnConfig', /bind/, [nspawn({ files: { bind: ['/srv\n[Exec]\nPrivateUsers=no'] } })]],
    ['NspawnConfig', /hostname/, [nspawn({ exec: { hostname: 'a\n[Files]' } })]],
    ['NspawnConfig', /extra/, [nspawn({ service: { extra: { Nice: '1\nExecStartPre=/bin/false' } } })]],
    ['NspawnConfig', /extra/, [nspawn({ service: { extra: { 'Nice=1\nExecStartPre': 'x' } } })]],
    [
      'Machine',
      /^connection\.(identityFile|knownHostsFile|sshConfigFile|agentSocketPath|password|hostKey|user)$/,
      ['identityFile', 'knownHostsFile', 'sshConfigFile', 'agentSocketPath', 'password', 'user'].map((name) =>
        reached({ [name]: 'x\nProxyCommand id' }),
      ),
    ],
    ['Machine', /^connection\.hostKey$/, [reached({ hostKey: 'ssh-ed25519 AAAA\nProxyCommand id' })]],
    ['Machine', /^connection\.sudo/, [reached({ sudo: { password: 'a\nb' } })]],
  ],
  'a section of a unit file': [
    ['NspawnConfig', /environment/, [nspawn({ exec: { environment: { '[Files]': 'x' } } })]],
    ['NspawnConfig', /extra/, [nspawn({ service: { extra: { '[Unit]': 'x' } } })]],
    ['NspawnConfig', /files/, [nspawn({ files: { '[Exec]': 'x' } })]],
  ],
  'an image of systemd': [['Machine', /^machineName$/, ['a.raw', 'a.v'].map(machine)]],
  'a way out of a folder': [
    ['Machine', /^machineName$/, ['.', '..', '../x', 'a/b', '/etc', '.host', ''].map(machine)],
    [
      'HostRootfs',
      /^files/,
      ['/../x', '/etc/../../x', 'etc/x', '/', '/etc/', '/etc//x', '/etc/./x', ''].map((path) => file(path)),
    ],
    [
      'HostRootfs',
      /^files/,
      [
        '/usr/bin/x',
        '/bin/x',
        '/proc/x',
        '/sys/x',
        '/dev/x',
        '/run/x',
        '/var/run/x',
        '/etc/alternatives/x',
      ].map((path) => file(path)),
    ],
    [
      'HostRootfs',
      /^path$/,
      ['/', '/srv', '/srv/../etc/x', 'srv/x', '/etc/x', '/usr/x', '/srv/x/', '/srv//x'].map((path) =>
        rootfs({ path }),
      ),
    ],
    [
      'HostRuntime',
      /^sysctls/,
      [
        { sysctls: { 'net/../../../etc/passwd': 1 } },
        { sysctls: { '../x/y': 1 } },
        { sysctls: { 'net//x': 1 } },
      ],
    ],
    ['VethPeering', /^a\.interface$/, ['.', '..', 'a/b'].map((name) => link({ interface: name }))],
    ['HostRootfs', /units/, [rootfs({ units: { enable: ['../x.service'] } })]],
    ['Machine', /^waitFor\.units\[0\]$/, [{ machineName: 'r', waitFor: { units: ['../x.service'] } }]],
  ],
  'longer than the system takes': [
    ['Machine', /^machineName$/, [machine('a'.repeat(65))]],
    ['VethPeering', /^a\.interface$/, [link({ interface: 'a'.repeat(16) })]],
    [
      'HostRootfs',
      /^files/,
      [file(`/etc/${'a'.repeat(1100)}`), file('/etc/x', { content: 'x'.repeat(1_100_000) })],
    ],
    ['Machine', /^waitFor\.command\[0\]$/, [{ machineName: 'r', waitFor: { command: ['x'.repeat(5000)] } }]],
  ],
  'letters of another kind': [
    ['Machine', /^machineName$/, ['ä', 'а', 'r１', 'r\u200b', '\ud800'].map(machine)],
    ['VethPeering', /^a\.interface$/, [link({ interface: 'ä' })]],
  ],
};

describe('input that tries to be something else is refused before any host is reached', () => {
  for (const [what, rows] of Object.entries(refused)) {
    test(what, async () => {
      for (const [kind, property, all] of rows) {
        for (const inputs of all) {
          const { failures } = await dynamic[kind].check({}, { owner: 'p/s/x', ...inputs });
          assert.ok(
            failures.some(({ reason }: { reason: string }) => property.test(reason.split(': ', 1)[0] ?? '')),
            `${kind} ${JSON.stringify(inputs)}: ${JSON.stringify(failures)}`,
          );
        }
      }
    });
  }
});

const name = 'sk-input';
const odd = `a ${shell}'";*?[z]\\n%s &`;
const contents: Record<string, string> = {
  'shell code': `${shell}; touch ${canary}\n`,
  'the end of a here-document': 'END\nEOF\n.\n',
  'frames of ours': 'abc 1 end 0\n1 end 0\nrefuse "x"\n',
  sections: '[Exec]\nBoot=no\n[Service]\n',
  'percent signs and backslashes': '%s %n %% \\n \\\\ \\0 \\x41 \\',
  'no line end': 'x',
  'many line ends': '\n\n\nx\n\n\n',
  'carriage returns': 'a\r\nb\r',
  nothing: '',
  'letters of all kinds': 'ä † 漢 \u{1f600} \u200b \u2028 \ufeff',
};

describe('input that looks like something else reaches the host as it is, and is never executed', {
  concurrency: 2,
}, () => {
  for (const [index, release] of ['Debian 12', 'Debian 13'].entries()) {
    describe(`on ${release}`, { concurrency: 1, timeout: 240_000 }, () => {
      let host: LabHost;
      let stack: HostStack;
      let empty: string[];
      const owner = `p/s ${odd}|#`;
      const path = `/srv/${odd} /${odd}/${name}`;
      const given = Object.fromEntries([
        ...Object.entries(contents).map(([what, content]) => [`/etc/sk/${what}`, content]),
        ...[odd, '-rf', '*', ' blanks ', '`id`', '~', 'ä†', '#', '!', '{1..9}', '\u2028'].map((part) => [
          `/etc/sk/${part}/${part}`,
          part,
        ]),
      ]);
      const files = Object.fromEntries(Object.entries(given).map(([path, content]) => [path, { content }]));
      const unharmed = async () => {
        const { stdout } = await host.sh(
          `ls -d ${canary} "$(readlink -f /var/lib/machines/${name})${canary}" /proc/"$(machinectl show -p Leader --value ${name})"/root${canary} 2>/dev/null || :`,
        );
        assert.equal(stdout, '');
      };
      before(async () => {
        host = (await hosts())[index] as LabHost;
        await host.sh(`rm -f ${canary}`);
        empty = await tracesOf(host);
        stack = stackOn(host, owner);
      });
      after(async () => {
        await stack?.clear();
        await host?.sh(`rm -rf ${canary} /srv/a*`);
      });

      test('as the path of a rootfs, of its files and as their text', async () => {
        await stack.put('HostRootfs', name, { path, files });
        for (const [file, content] of Object.entries(given)) {
          const { stdout } = await host.run(['base64', '-w0', `${path}${file}`]);
          assert.equal(Buffer.from(stdout, 'base64').toString('utf8'), content, file);
        }
        assert.deepEqual(await stack.drift('HostRootfs', name), {});
        await unharmed();
      });

      test('as environment, of the machine and of its unit', async () => {
        const values = {
          ODD: odd,
          EMPTY: '',
          EQUALS: 'a=b',
          QUOTES: `"'\\"`,
          SPECIFIERS: `%n%i%%$HOME$${'{HOME}'}`,
        };
        await stack.put('NspawnConfig', name, {
          exec: { environment: values },
          service: { environment: values },
        });
        await stack.put('Machine', name, {
          restartTriggers: [odd],
          waitFor: { command: ['test', `${odd}`, '=', odd], timeoutSeconds: 60 },
        });
        const { stdout } = await inMachine(host, name, 'cat /proc/1/environ');
        for (const [key, value] of Object.entries(values)) {
          assert.ok(stdout.split('\0').includes(`${key}=${value}`), `${key} in ${JSON.stringify(stdout)}`);
        }
        const unit = await host.sh(
          `tr '\\0' '\\n' <"/proc/$(systemctl show -P MainPID systemd-nspawn@${name})/environ"`,
        );
        for (const [key, value] of Object.entries(values)) {
          assert.ok(unit.stdout.split('\n').includes(`${key}=${value}`), `${key} in ${unit.stdout}`);
        }
        assert.deepEqual(await stack.drift('NspawnConfig', name), {});
        assert.deepEqual(await stack.drift('Machine', name), {});
        await unharmed();
      });

      test('as the name of a resource, which stands in records and at links', async () => {
        await stack.put('VethPeering', odd, {
          a: { interface: 'sk-input', addresses: ['10.95.0.0/31'] },
          b: { machineName: name, interface: 'eth1', addresses: ['10.95.0.1/31'] },
        });
        assert.ok(await reaches(host, name, '10.95.0.0'));
        assert.equal(
          (await host.sh(`cat /var/lib/pulumi-nspawn/rootfs/${name}`)).stdout.trimEnd(),
          `${owner}/${name}`,
        );
        assert.deepEqual(await stack.drift('VethPeering', odd), {});
        await host.sh(`systemctl restart systemd-nspawn@${name}`);
        await stack.put('Machine', name, { restartTriggers: [odd] });
        assert.deepEqual(await stack.drift('VethPeering', odd), {});
        await unharmed();
      });

      test('changed in the running machine, and deleted, it leaves nothing', async () => {
        await stack.put('HostRootfs', name, {
          path,
          files: { ...files, [`/etc/sk/${odd}/${odd}`]: { content: 'other' } },
        });
        assert.equal((await host.run(['cat', `${path}/etc/sk/${odd}/${odd}`])).stdout, 'other');
        await stack.put('HostRootfs', name, { path });
        assert.equal((await host.run(['find', `${path}/etc/sk`, '!', '-type', 'd'])).stdout, '');
        await stack.clear();
        await unharmed();
        assert.deepEqual(await changesSince(host, empty), []);
        assert.equal((await host.sh('ls -A /srv')).stdout, '');
      });
    });
  }
});
