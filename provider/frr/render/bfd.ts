import { canonicalIp } from '../address';
import type { FrrConfiguration } from '../schema';
import { block, compareAddresses, given, sorted, when, words } from './lines';

type Bfd = NonNullable<FrrConfiguration['bfd']>;
type Timers = NonNullable<Bfd['profiles']>[string];

/** BFD's profiles and peers. */
export const renderBfd = ({ bfd }: FrrConfiguration): string[] => {
  if (!bfd) return [];
  const peers = [...(bfd.peers ?? [])].sort((a, b) => compareAddresses(a.peer, b.peer));
  return block('bfd', [
    ...sorted(bfd.profiles).flatMap(([name, timers]) => block(`profile ${name}`, timerLines(timers))),
    ...peers.flatMap(({ peer, localAddress, interface: name, multihop, profile, ...timers }) =>
      block(
        words(
          'peer',
          canonicalIp(peer),
          multihop && 'multihop',
          localAddress !== undefined && `local-address ${canonicalIp(localAddress)}`,
          name !== undefined && `interface ${name}`,
        ),
        [...given(profile, (used) => `profile ${used}`), ...timerLines(timers)],
      ),
    ),
  ]);
};

const timerLines = (timers: Timers): string[] => [
  ...unless(timers.detectMultiplier, 3, (value) => `detect-multiplier ${value}`),
  ...unless(timers.transmitInterval, 300, (value) => `transmit-interval ${value}`),
  ...unless(timers.receiveInterval, 300, (value) => `receive-interval ${value}`),
  ...when(timers.echoMode, 'echo-mode'),
  ...unless(timers.echoTransmitInterval, 50, (value) => `echo transmit-interval ${value}`),
  ...unless(timers.echoReceiveInterval, 50, (value) => `echo receive-interval ${value}`),
  ...when(timers.passiveMode, 'passive-mode'),
  ...unless(timers.minimumTtl, 254, (value) => `minimum-ttl ${value}`),
];

const unless = (value: number | undefined, byDefault: number, line: (value: number) => string): string[] =>
  value === undefined || value === byDefault ? [] : [line(value)];
