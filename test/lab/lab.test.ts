import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { execa } from 'execa';
import { attachLab, type Lab, type LabHost, startLab, whyNoLab } from './index';
import { findTraces } from './residue';
import { labDirectory, readState } from './state';
import { waitUntil } from './wait';

const smallMachine = readFileSync(join(__dirname, 'small-machine.sh'), 'utf8');

describe('a lab with a host of each release', () => {
  let lab: Lab;
  const id = `test-${process.pid}`;
  const number = () => readState(id)?.number as number;

  before(async () => {
    assert.deepEqual(await whyNoLab(), []);
    lab = await startLab({
      id,
      hosts: [
        { name: 'old', release: 'bookworm' },
        { name: 'new', release: 'trixie' },
      ],
    });
  });

  after(async () => {
    await lab?.destroy();
  });

  it('runs the releases that were asked for, with nothing failed', async () => {
    for (const host of lab.hosts) {
      const { stdout: failed } = await host.run(['systemctl', '--failed', '--no-legend']);
      assert.equal(failed, '', `failed on ${host.name}`);
      assert.equal((await host.run(['systemctl', 'is-system-running'])).stdout, 'running');
      const { stdout: release } = await host.sh('. /etc/os-release; echo "$VERSION_CODENAME"');
      assert.equal(release, host.release);
      assert.equal((await host.run(['cat', '/proc/sys/kernel/hostname'])).stdout, host.name);
    }
    const machineIds = await Promise.all(lab.hosts.map((host) => host.run(['cat', '/etc/machine-id'])));
    assert.equal(new Set(machineIds.map(({ stdout }) => stdout)).size, lab.hosts.length);
  });

  it('lets root and the operator in with the key, and shows the declared host key', async () => {
    for (const host of lab.hosts) {
      assert.equal((await ssh(host, 'root', ['id', '-un'])).stdout, 'root');
      assert.equal((await ssh(host, 'operator', ['sudo', '--non-interactive', 'id', '-un'])).stdout, 'root');
      const scanned = await execa('ssh-keyscan', ['-t', 'ed25519', host.address]);
      assert.equal(scanned.stdout.trim(), `${host.address} ${host.hostKey}`);
    }
  });

  it('refuses passwords, but for the user whose sudo asks for one', async () => {
    for (const host of lab.hosts) {
      assert.match(
        (await ssh(host, 'root', ['true'], { publicKey: false })).stderr,
        /Permission denied \(publickey\)/,
      );
      const asked = await ssh(host, 'secretive', ['true'], { publicKey: false });
      assert.match(asked.stderr, /Permission denied \(publickey,password\)/);
      const sudo = ['sudo', '--stdin', '--prompt=', 'id', '-un'];
      assert.equal((await ssh(host, 'secretive', sudo, { input: `${host.password}\n` })).stdout, 'root');
      assert.notEqual((await ssh(host, 'secretive', sudo, { input: 'wrong\n' })).exitCode, 0);
    }
  });

  it('lets hosts reach each other by name over IPv4 and IPv6', async () => {
    for (const [from, to] of [
      ['old', 'new'],
      ['new', 'old'],
    ] as const) {
      for (const family of ['-4', '-6']) {
        await lab.host(from).run(['ping', family, '-c', '1', '-W', '2', to]);
      }
    }
  });

  it('lets hosts reach the package mirror', async () => {
    await Promise.all(
      lab.hosts.map((host) => host.sh('apt-get update && apt-get install --yes --simulate tree')),
    );
  });

  it('boots a machine on the host’s own /usr, idmapped into a user namespace', async () => {
    for (const host of lab.hosts) {
      await host.sh(smallMachine);
      const show = await host.run(['machinectl', 'show', 'small', '--property=Leader', '--value']);
      const inside = (...argv: string[]) => host.run(['nsenter', '--target', show.stdout, '--all', ...argv]);
      await waitUntil('journald runs in the machine', 20, async () => {
        const { stdout } = await host.sh(
          `nsenter -t ${show.stdout} -a systemctl is-active systemd-journald`,
          { reject: false },
        );
        return stdout === 'active';
      });
      const map = (await inside('cat', '/proc/self/uid_map')).stdout.trim().split(/\s+/).map(Number);
      assert.ok((map[1] as number) >= 0x10000, `the UID base is ${map[1]}`);
      assert.equal((await inside('stat', '--format=%u:%g', '/usr/bin/sudo', '/usr')).stdout, '0:0\n0:0');
      assert.match((await inside('findmnt', '--noheadings', '/usr')).stdout, /\bro\b/);
    }
  });

  it('stops within its limits although a machine’s supervisor was killed', async () => {
    const host = lab.host('old');
    await host.sh('systemctl kill --kill-whom=main --signal=KILL systemd-nspawn@small.service');
    const started = performance.now();
    await host.stop();
    assert.ok(performance.now() - started < 25_000);
    await assert.rejects(host.run(['true']), /is off/);
    await host.start();
  });

  it('reboots in good order', async () => {
    for (const host of lab.hosts) {
      const boot = await bootTime(host);
      await host.sh('echo kept >/root/unsynced; mkdir /run/of-this-boot');
      await host.reboot();
      assert.notEqual(await bootTime(host), boot);
      assert.equal((await host.run(['cat', '/root/unsynced'])).stdout, 'kept');
      await host.run(['test', '!', '-e', '/run/of-this-boot']);
      assert.equal((await ssh(host, 'root', ['id', '-un'])).stdout, 'root');
    }
  });

  it('comes back when the host itself is told to reboot', async () => {
    const host = lab.host('new');
    const boot = await bootTime(host);
    await ssh(host, 'root', ['systemctl', '--no-block', 'reboot']);
    await waitUntil('it has rebooted', 40, () =>
      bootTime(host).then(
        (time) => time !== boot,
        () => false,
      ),
    );
    await host.start();
  });

  it('loses in a power cut what was not synced, and only that', async () => {
    for (const host of lab.hosts) {
      await host.sh('echo kept >/root/synced; sync /root/synced; sync; echo lost >/root/unsynced-by-now');
      await host.powerCut();
      assert.equal((await host.run(['cat', '/root/synced'])).stdout, 'kept');
      assert.notEqual((await host.run(['cat', '/root/unsynced-by-now'], { reject: false })).stdout, 'lost');
    }
  });

  it('cuts the link without a reset, across a reboot, and restores it', async () => {
    const [cut, other] = [lab.host('old'), lab.host('new')];
    const ping = (from: LabHost, to: LabHost) =>
      from.run(['ping', '-c', '1', '-W', '1', to.address], { reject: false });
    await cut.cut();
    assert.equal((await ping(other, cut)).exitCode, 1);
    assert.match((await ssh(cut, 'root', ['true'])).stderr, /timed out/);
    assert.match((await cut.run(['cat', '/sys/class/net/host0/carrier'])).stdout, /1/);
    await cut.reboot();
    assert.equal((await ping(other, cut)).exitCode, 1);
    await cut.restore();
    await waitUntil('it is reached again', 10, async () => (await ping(other, cut)).exitCode === 0);
    assert.equal((await ssh(cut, 'root', ['id', '-un'])).stdout, 'root');
  });

  it('fills a file system to the last byte, and frees it', async () => {
    for (const host of lab.hosts) {
      const write = () => host.sh('head -c 4097 /dev/zero >/var/lib/machines/file', { reject: false });
      await host.fill();
      assert.match((await write()).stderr, /No space left on device/);
      await host.unfill();
      assert.equal((await write()).exitCode, 0);
    }
  });

  it('kills a command at its limit, and what it started', async () => {
    const host = lab.host('new');
    const run = host.sh('sleep 987 & sleep 987', { timeoutSeconds: 1 });
    await assert.rejects(run, /exit 124 \(the limit of 1 s\)/);
    assert.equal((await host.run(['pgrep', '-x', 'sleep'], { reject: false })).stdout, '');
  });

  it('is found by other processes, and reused by the same call', async () => {
    const script = `require('./test/lab').attachLab('${id}').then((lab) => lab.host('old').run(['hostname'])).then((r) => console.log(r.stdout))`;
    assert.equal((await execa('node', ['-r', '@swc-node/register', '-e', script])).stdout, 'old');
    const hosts = lab.hosts.map(({ name, release }) => ({ name, release }));
    const again = await startLab({ id, hosts });
    await again.destroy();
    assert.equal((await lab.host('old').run(['hostname'])).stdout, 'old');
    await assert.rejects(startLab({ id, hosts: hosts.slice(1) }), /runs with other hosts/);
  });

  it('leaves nothing behind', async () => {
    const taken = number();
    const kinds = (lines: string[]) => [...new Set(lines.map((line) => line.split(' ')[0]))].sort();
    // Mounts are in the hosts' own namespaces.
    assert.deepEqual(kinds(await findTraces(id, taken)), ['file', 'link', 'loop', 'process', 'table']);
    await lab.destroy();
    await waitUntil('its guard ends', 5, async () => (await findTraces(id, taken)).length === 0).catch(
      () => undefined,
    );
    assert.deepEqual(await findTraces(id, taken), []);
    assert.equal(await attachLab(id), undefined);
  });
});

describe('a lab whose process is killed', () => {
  const id = `orphan-${process.pid}`;
  const hosts = [{ name: 'h1', release: 'bookworm' as const }];

  after(async () => {
    await (await attachLab(id))?.destroy();
  });

  it('is swept by its guard', async () => {
    const { owner, number } = await startElsewhere(id);
    owner.kill('SIGKILL');
    await waitUntil('nothing is left', 20, async () => (await findTraces(id, number)).length === 0).catch(
      () => undefined,
    );
    assert.deepEqual(await findTraces(id, number), []);
  });

  it('is swept by the next start where the guard died as well', async () => {
    const { owner, number, guard } = await startElsewhere(id);
    process.kill(guard, 'SIGKILL');
    owner.kill('SIGKILL');
    await waitUntil('it has ended', 5, () => owner.exitCode !== null || owner.signalCode !== null);
    assert.notDeepEqual(await findTraces(id, number), []);
    const lab = await startLab({ id, hosts });
    assert.equal((await lab.host('h1').run(['hostname'])).stdout, 'h1');
    const second = readState(id)?.number as number;
    await lab.destroy();
    assert.deepEqual(
      [...(await findTraces(id, number)), ...(await findTraces(id, second))].filter(
        (line) => !line.includes('guard.sh'),
      ),
      [],
    );
  });

  async function startElsewhere(lab: string) {
    const script = `require('./test/lab').startLab(${JSON.stringify({ id: lab, hosts })}).then(() => { console.log('up'); setInterval(() => {}, 1000); })`;
    const owner = execa('node', ['-r', '@swc-node/register', '-e', script], { reject: false });
    await new Promise((resolve) => owner.stdout.once('data', resolve));
    const number = readState(lab)?.number as number;
    const traces = await findTraces(lab, number);
    const guard = Number(traces.find((line) => line.includes('guard.sh'))?.split(' ')[1]);
    return { owner, number, guard };
  }
});

it('two labs run side by side', async () => {
  const ids = ['a', 'b'].map((letter) => `side-${letter}-${process.pid}`);
  const labs = await Promise.all(
    ids.map((id) => startLab({ id, hosts: [{ name: 'h1', release: 'bookworm' }] })),
  );
  const [first, second] = labs.map((lab) => lab.host('h1')) as [LabHost, LabHost];
  assert.notEqual(first.address, second.address);
  await labs[0]?.destroy();
  assert.equal((await ssh(second, 'root', ['id', '-un'])).stdout, 'root');
  await labs[1]?.destroy();
});

it('refuses names that could be anything but names', async () => {
  const unborn = `unborn-${process.pid}`;
  await assert.rejects(startLab({ id: '../x', hosts: [{ name: 'h1', release: 'trixie' }] }), /not "\.\.\/x"/);
  await assert.rejects(startLab({ id: unborn, hosts: [{ name: 'h 1', release: 'trixie' }] }), /not "h 1"/);
  assert.equal(readState(unborn), undefined);
  assert.match(labDirectory(unborn), /^\/run\//);
});

function ssh(host: LabHost, user: string, argv: string[], { input = '', publicKey = true } = {}) {
  const options = {
    BatchMode: 'yes',
    ConnectTimeout: '5',
    IdentitiesOnly: 'yes',
    IdentityFile: host.identityFile,
    // A host that goes down does not always say so.
    ServerAliveInterval: '2',
    PubkeyAuthentication: publicKey ? 'yes' : 'no',
    StrictHostKeyChecking: 'yes',
    UserKnownHostsFile: host.knownHostsFile,
  };
  const flags = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  return execa('ssh', ['-F', 'none', ...flags, `${user}@${host.address}`, '--', ...argv], {
    input,
    reject: false,
  });
}

async function bootTime(host: LabHost): Promise<string> {
  const { stdout } = await host.run([
    'systemctl',
    'show',
    '--property=UserspaceTimestampMonotonic',
    '--value',
  ]);
  return stdout;
}
