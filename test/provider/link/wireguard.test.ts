import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { script } from '../../../provider/host/script';
import { linkScripts } from '../../../provider/link/unit';

// What needs a kernel with WireGuard is run with functions in the place of ip, wg and nsenter, which print what they get.
const stubs = `
place() { echo "the machine r1"; }
ip() { printf 'ip %s\\n' "$*"; [ -z "$ip_error" ] || { printf '%s\\n' "$ip_error"; return 2; }; }
nsenter() { printf 'nsenter %s\\n' "$*" >&2; cat >&2; }
start_userspace() { echo 'wireguard-go is started' >&2; problem='no wireguard-go here'; return 1; }
pid=4711 temporary=pn0123456789aba link_id=0123456789abcdef machine=r1 interface=eth1 mtu=1440
wireguard='20001 [2001:db8::2]:20002 25 PEER=' ip_error='' problem='' kind=''
`;
const key = `${'A'.repeat(43)}=`;
let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wireguard-'));
});
after(() => rm(folder, { recursive: true }));

const run = async (commands: string, keyText = `key ${key}\nrekey x\n`) => {
  await writeFile(join(folder, '0123456789abcdef'), keyText);
  const text = [...linkScripts.map(script), stubs, `keys=${folder}`, commands].join('\n');
  const { stdout, stderr } = await promisify(execFile)('sh', ['-euc', text]);
  return { stdout, shown: stderr };
};

test('where the kernel has WireGuard the interface is made in the machine, and configured there by standard input', async () => {
  const { shown, stdout } = await run('make_wireguard; echo "$kind $made"');
  assert.equal(stdout, 'wireguard ip link add name pn0123456789aba netns 4711 type wireguard\n');
  assert.equal(
    shown,
    `nsenter -t 4711 -n wg syncconf pn0123456789aba /dev/stdin
[Interface]
PrivateKey = ${key}
ListenPort = 20001
[Peer]
PublicKey = PEER=
AllowedIPs = 0.0.0.0/0, ::/0
PersistentKeepalive = 25
Endpoint = [2001:db8::2]:20002
`,
  );
});

for (const error of ['Error: Unknown device type.', 'RTNETLINK answers: Operation not supported']) {
  test(`where it answers "${error}", wireguard-go is`, async () => {
    const { shown } = await run(`ip_error='${error}'; make_wireguard || echo "$problem"`);
    assert.equal(shown, 'wireguard-go is started\n');
  });
}

test('another error of the kernel is told, and starts nothing', async () => {
  const { stdout, shown } = await run(
    'ip_error=\'RTNETLINK answers: File exists\'; make_wireguard || echo "$problem"',
  );
  assert.match(stdout, /cannot make a WireGuard interface: .*File exists/s);
  assert.equal(shown, '');
});

test('a broken key is not given to wg, which would print it', async () => {
  const { stdout, shown } = await run(
    'configure_wireguard eth1 || echo "$problem"',
    'key not a key\nrekey x\n',
  );
  assert.match(stdout, /the key of the tunnel is missing or broken .*: run pulumi up/);
  assert.equal(shown, '');
});

for (const [what, changed, configured] of [
  ['all is as asked for', {}, '1'],
  ['the peer has moved', { endpoint: '192.0.2.9:5' }, '1'],
  ['another key', { key: 'other' }, ''],
  ['another port', { port: '1' }, ''],
  ['another peer', { peer: 'other' }, ''],
  ['no keepalive', { keepalive: 'off' }, ''],
  ['other addresses are let through', { allowed: '10.0.0.0/8' }, ''],
] as const) {
  test(`${what}: it counts as ${configured ? '' : 'not '}configured`, async () => {
    const seen = {
      key,
      port: '20001',
      peer: 'PEER=',
      endpoint: '[2001:db8::2]:20002',
      allowed: '0.0.0.0/0,::/0',
      keepalive: '25',
      ...changed,
    };
    const dump = `${seen.key}\tPUBLIC=\t${seen.port}\toff\n${seen.peer}\t(none)\t${seen.endpoint}\t${seen.allowed}\t0\t0\t0\t${seen.keepalive}`;
    const { stdout } = await run(
      `nsenter() { cat <<'END'\n${dump}\nEND\n}\nthere=ours kind=wireguard\nobserve_wireguard; echo "$answering,$configured"`,
    );
    assert.equal(stdout, `1,${configured}\n`);
  });
}
