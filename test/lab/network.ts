import { execa } from 'execa';

/** The outer machine's bridge which all hosts of a lab are on. */
export function bridgeName(number: number): string {
  return `nslab-${number}`;
}

/** The machine name that systemd-nspawn knows a host by; its interface on the bridge is `vb-` and that. */
export function machineName(number: number, index: number): string {
  return `nsl${number}-${index}`;
}

/** The outer machine's end of a host's link. */
export function linkName(number: number, index: number): string {
  return `vb-${machineName(number, index)}`;
}

/** The address of a host; that of the outer machine has index 0. */
export function addressOf(number: number, index: number): string {
  return `10.213.${number}.${index === 0 ? 1 : index + 10}`;
}

/** The IPv6 address of a host; that of the outer machine has index 0. */
export function address6Of(number: number, index: number): string {
  return `fd00:213:${number}::${index === 0 ? 1 : index + 10}`;
}

/** The number of a network that neither a lab nor anything else on this machine uses. */
export async function findFreeNumber(taken: number[]): Promise<number> {
  const { stdout } = await execa('ip', ['route', 'show', 'table', 'all']);
  const free = Array.from({ length: 254 }, (_, index) => index + 1).find(
    (number) =>
      !taken.includes(number) &&
      !stdout.includes(` 10.213.${number}.`) &&
      !stdout.includes(`\n10.213.${number}.`),
  );
  if (free === undefined) throw new Error('All networks 10.213.1.0/24 to 10.213.254.0/24 are in use.');
  return free;
}

/** Makes the bridge of a lab and the rules that let its hosts out. */
export async function createNetwork(number: number, id: string): Promise<void> {
  const bridge = bridgeName(number);
  await ip('link', 'add', bridge, 'type', 'bridge', 'forward_delay', '0', 'mcast_snooping', '0');
  await ip('link', 'set', bridge, 'alias', `pulumi-nspawn lab ${id}`, 'up');
  await ip('address', 'add', `${addressOf(number, 0)}/24`, 'dev', bridge);
  await ip('address', 'add', `${address6Of(number, 0)}/64`, 'dev', bridge, 'nodad');
  await nft(rules(number));
}

/** Removes what `createNetwork` made, as far as it is there. */
export async function removeNetwork(number: number): Promise<void> {
  const bridge = bridgeName(number);
  const { stdout } = await ip('-o', 'link', 'show');
  const links = stdout.match(new RegExp(`(?<=^\\d+: )(${bridge}|vb-nsl${number}-\\d+)(?=[@:])`, 'gm')) ?? [];
  // A link whose host has just died may go by itself meanwhile.
  for (const link of links) await execa('ip', ['link', 'delete', link], { reject: false });
  // "add" before "delete": neither fails whether the table is there or not.
  await nft(
    ['ip', 'bridge']
      .map((family) => `add table ${family} ${bridge}\ndelete table ${family} ${bridge}\n`)
      .join(''),
  );
}

/** Lets no IP packet of the host pass, in either direction. */
export async function cutLink(number: number, index: number): Promise<void> {
  await nft(`add element bridge ${bridgeName(number)} cut { "${linkName(number, index)}" }\n`);
}

/** Ends `cutLink`. */
export async function restoreLink(number: number, index: number): Promise<void> {
  const element = `element bridge ${bridgeName(number)} cut { "${linkName(number, index)}" }\n`;
  await nft(`add ${element}delete ${element}`);
}

/** Takes the carrier from the host, until it boots anew and gets another link. */
export async function takeLinkDown(number: number, index: number): Promise<void> {
  await ip('link', 'set', linkName(number, index), 'down');
}

// Packets are dropped by name on the bridge, so that a cut link keeps its carrier and stays cut when the host boots anew.
// Neighbours are still found: hosts that are far away are silent when they are cut off, and not "No route to host".
function rules(number: number): string {
  const bridge = bridgeName(number);
  return `table ip ${bridge} {
  chain postrouting {
    type nat hook postrouting priority srcnat
    ip saddr 10.213.${number}.0/24 oifname != "${bridge}" masquerade
  }
}
table bridge ${bridge} {
  set cut { type ifname; }
  chain drop_cut {
    meta protocol arp accept
    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
    iifname @cut drop
    oifname @cut drop
  }
  chain forward {
    type filter hook forward priority 0
    jump drop_cut
  }
  chain input {
    type filter hook input priority 0
    jump drop_cut
  }
  chain output {
    type filter hook output priority 0
    jump drop_cut
  }
}
`;
}

function ip(...argv: string[]) {
  return execa('ip', argv);
}

function nft(input: string) {
  return execa('nft', ['-f', '-'], { input });
}
