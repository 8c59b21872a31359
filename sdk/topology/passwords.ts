import * as pulumi from '@pulumi/pulumi';
import { neighborsOver } from './bgp-configuration';
import type { DeclaredNetwork } from './declared-networks';
import type { LinkEnd } from './ends';
import type { PlannedRouter } from './planned';
import type { TopologyArgs } from './schema';

type Password = pulumi.Input<string> | undefined;

/** The passwords of a router's sessions, as a part of its configuration. No plan holds them. */
export const passwordsOf = (
  { configuration: { bgp } }: PlannedRouter,
  ends: LinkEnd[],
  declared: ReadonlyMap<string, DeclaredNetwork>,
  policy: TopologyArgs['policy'],
): Record<string, unknown> => {
  const ofLink = (name: string) => declared.get(name)?.password;
  const sessions = Object.fromEntries([
    ...Object.keys(bgp?.neighbors ?? {}).map((neighbor) => [neighbor, policy?.password]),
    ...ends.flatMap((end) =>
      neighborsOver(end).map((neighbor) => [neighbor, ofLink(end.name) ?? policy?.password]),
    ),
  ]) as Record<string, Password>;
  const adjacencies = ends.flatMap(({ name, own, link: { runs } }): [string, object][] => {
    const password = ofLink(name) ?? policy?.ospf?.password;
    if (password === undefined || (!runs.includes('ospf') && !runs.includes('ospf6'))) return [];
    const secret = pulumi.secret(password);
    return [
      [
        own.interface,
        {
          ...(runs.includes('ospf')
            ? { ospf: { authentication: { type: 'message-digest', password: secret } } }
            : {}),
          ...(runs.includes('ospf6') && policy?.ospf?.ospf6Authentication !== false
            ? { ospf6: { authentication: { password: secret } } }
            : {}),
        },
      ],
    ];
  });
  const neighbors = Object.entries(sessions).flatMap(([neighbor, password]) =>
    password === undefined ? [] : [[neighbor, { password: pulumi.secret(password) }]],
  );
  return {
    ...(neighbors.length > 0 ? { bgp: { neighbors: Object.fromEntries(neighbors) } } : {}),
    ...(adjacencies.length > 0 ? { interfaces: Object.fromEntries(adjacencies) } : {}),
  };
};
