import { familyOf } from '../../address';
import { canonicalIp } from '../address';
import type { FrrConfiguration } from '../schema';
import { type Refusal, refuseTwice, refuseWhen } from './failure';
import { gives, type Known } from './known';

type Configuration = Known<FrrConfiguration>;
type StaticRoute = Known<NonNullable<FrrConfiguration['staticRoutes']>[number]>;
type BfdPeer = Known<NonNullable<NonNullable<FrrConfiguration['bfd']>['peers']>[number]>;

/** What static routes and BFD peers cannot be. */
export const routeRefusals = ({ staticRoutes = [], bfd }: Configuration): Refusal[] => [
  ...staticRoutes.flatMap((route, index) => staticRefusals(route ?? {}, ['staticRoutes', index])),
  ...refuseTwice(
    staticRoutes,
    (_, index) => ['staticRoutes', index],
    ({ prefix, via, interface: name, blackhole }) =>
      prefix === undefined
        ? undefined
        : [canonicalIp(prefix), via && canonicalIp(via), name, blackhole && 'blackhole']
            .filter(Boolean)
            .join(' '),
    'route',
  ),
  ...blackholeRefusals(staticRoutes),
  ...tagRefusals(staticRoutes),
  ...(bfd?.peers ?? []).flatMap((peer, index) => peerRefusals(peer ?? {}, ['bfd', 'peers', index])),
  ...refuseTwice(
    bfd?.peers ?? [],
    (_, index) => ['bfd', 'peers', index, 'peer'],
    ({ peer, interface: name = '', localAddress = '' }) =>
      peer === undefined ? undefined : [canonicalIp(peer), canonicalIp(localAddress), name].join(' ').trim(),
    'peer',
  ),
];

const staticRefusals = (route: StaticRoute, path: (string | number)[]): Refusal[] => {
  const { prefix, via, onlink, blackhole } = route;
  const onward = gives(route, 'via') || gives(route, 'interface');
  return [
    ...refuseWhen(
      blackhole !== undefined && onward,
      [...path, 'blackhole'],
      'it is given beside via or interface; accepted is one of the two',
    ),
    ...refuseWhen(
      gives(route, 'prefix') && !gives(route, 'blackhole') && !onward,
      path,
      'it has none of via, interface and blackhole; accepted is one that says where packets go',
    ),
    ...refuseWhen(
      onlink && !(gives(route, 'via') && gives(route, 'interface')),
      [...path, 'onlink'],
      'it is true without via or without interface; accepted is beside both',
    ),
    ...refuseWhen(
      prefix !== undefined && via !== undefined && familyOf(prefix) !== familyOf(via),
      [...path, 'via'],
      `received ${via}, and the prefix is ${prefix}; accepted is an address of its family`,
    ),
    ...refuseWhen(
      via !== undefined && /^fe[89ab]/i.test(via) && !gives(route, 'interface'),
      [...path, 'interface'],
      `it is missing, and via is the link-local ${via}; accepted is the interface that it is on`,
    ),
  ];
};

// staticd takes one or the other for a prefix and a distance ("cannot mix").
const blackholeRefusals = (routes: readonly (StaticRoute | undefined)[]): Refusal[] =>
  routes.flatMap((route, index) => {
    if (route?.prefix === undefined || route.blackhole === undefined) return [];
    const { prefix, distance = 1 } = route;
    const other = routes.findIndex(
      (each) =>
        each?.prefix !== undefined &&
        canonicalIp(each.prefix) === canonicalIp(prefix) &&
        (each.distance ?? 1) === distance &&
        each !== route,
    );
    return refuseWhen(
      other >= 0,
      ['staticRoutes', index, 'blackhole'],
      `it is given beside staticRoutes[${other}] for ${prefix}; accepted is one route, or another distance`,
    );
  });

// The routes of one prefix and distance have one tag: staticd keeps the last.
const tagRefusals = (routes: readonly (StaticRoute | undefined)[]): Refusal[] =>
  routes.flatMap((route, index) => {
    if (route?.prefix === undefined || !gives(route, 'tag') || route.tag === undefined) return [];
    const { prefix, tag } = route;
    const other = routes.findIndex(
      (each) =>
        each?.prefix !== undefined &&
        canonicalIp(each.prefix) === canonicalIp(prefix) &&
        (each.distance ?? 1) === (route.distance ?? 1) &&
        (!gives(each, 'tag') || (each.tag !== undefined && each.tag !== tag)),
    );
    return refuseWhen(
      other >= 0,
      ['staticRoutes', index, 'tag'],
      `received ${tag}, and staticRoutes[${other}] for ${prefix} has another or none; accepted is one for all of a distance`,
    );
  });

const peerRefusals = (given: BfdPeer, path: (string | number)[]): Refusal[] => {
  const { peer, localAddress, ...rest } = given;
  return [
    ...refuseWhen(
      rest.multihop && !gives(given, 'localAddress'),
      [...path, 'localAddress'],
      'it is missing beside multihop; accepted is the address of this end',
    ),
    ...refuseWhen(
      peer !== undefined && localAddress !== undefined && familyOf(peer) !== familyOf(localAddress),
      [...path, 'localAddress'],
      `received ${localAddress}, and the peer is ${peer}; accepted is an address of its family`,
    ),
    ...(['echoMode', 'echoTransmitInterval', 'echoReceiveInterval'] as const).flatMap((name) =>
      refuseWhen(
        rest.multihop && rest[name],
        [...path, name],
        'it is given beside multihop; accepted is over one hop',
      ),
    ),
    ...refuseWhen(
      rest.multihop && gives(given, 'interface'),
      [...path, 'interface'],
      'it is given beside multihop; accepted is one of the two',
    ),
    ...refuseWhen(
      rest.minimumTtl !== undefined && (!gives(given, 'multihop') || rest.multihop === false),
      [...path, 'minimumTtl'],
      'it is given without multihop; accepted is beside it',
    ),
  ];
};
