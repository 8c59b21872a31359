import { HostError } from '../host/error';
import { sessionFor } from '../host/pool';
import type { HostSession } from '../host/session';
import { together } from '../host/together';
import { defineResource, type Task } from '../resource';
import { isUnknown } from '../unknown';
import { type CheckedRouter, type RoutingCheckInputs, routingCheckSchema } from './schema';
import { allUp, asSeen, readUnmet, type Sessions, sentence, type Unmet, wantsOf } from './wants';

/** RoutingCheck: see schema.ts for what it takes. */
export const routingCheck = defineResource({
  kind: 'RoutingCheck',
  schema: routingCheckSchema,
  connections: [['connection'], ['routers', '*', 'connection']],
  derived: {
    // As it must be. `read` tells what has become of it, and the next update waits for it again.
    sessions: { from: ['routers'], value: ({ routers }) => allUp(routers) },
  },
  rules: ({ routers }) =>
    (Array.isArray(routers) ? routers : []).flatMap((router, index) =>
      isUnknown(router) ||
      ['bgp', 'ospf', 'ospf6', 'bfd', 'prefixes'].some((name) => Object.hasOwn(router, name))
        ? []
        : [
            {
              property: `routers[${index}]`,
              reason:
                'nothing is to be checked; accepted is one of bgp, ospf, ospf6, bfd and prefixes at least',
            },
          ],
    ),
  replaceOn: [],
  deleteBeforeReplace: false,
  id: ({ owner }) => owner.split('/').at(-1) as string,

  apply: async ({ inputs, progress }) => {
    const missing = await look(inputs, inputs.timeoutSeconds, progress);
    if (missing.length > 0) throw notUp(missing, inputs.timeoutSeconds);
    return {};
  },

  read: async ({ inputs, progress }) => {
    const missing = await look(inputs, 0, progress);
    const wanted = inputs.sessions as Sessions;
    return { facts: {}, drift: missing.length === 0 ? {} : { sessions: asSeen(wanted, missing) } };
  },

  // It looks, and leaves nothing behind.
  delete: async () => {},
});

/** What is not as it must be after so many seconds at most; one round trip for each host. */
const look = async (
  inputs: RoutingCheckInputs,
  seconds: number,
  progress: Task<RoutingCheckInputs>['progress'],
): Promise<Unmet[]> => {
  const work = hostsOf(inputs).map(async ({ host, routers }) => {
    const { values } = await host.run({
      action: 'check the routing sessions',
      machine: routers.map(({ machineName }) => machineName).join(', '),
      script: [
        'host/in-machine.sh',
        'frr/inside.sh',
        'frr/json.sh',
        'frr/sessions.sh',
        'routing-check/check.sh',
      ],
      values: {
        wants: routers
          .flatMap((router) => wantsOf(router).map((want) => `${router.machineName} ${want}`))
          .join('\n'),
        wait_seconds: String(seconds),
      },
      timeoutSeconds: seconds + 120,
      onStep: (step) => progress(`${host.label}: ${step}`),
    });
    return readUnmet(values.missing ?? '', values.reasons);
  });
  return (await together(work, false)).flat();
};

const hostsOf = ({
  connection,
  routers,
}: RoutingCheckInputs): { host: HostSession; routers: CheckedRouter[] }[] => {
  const groups: { host: HostSession; routers: CheckedRouter[] }[] = [];
  for (const router of routers) {
    const host = sessionFor(router.connection ?? connection);
    const group = groups.find((each) => each.host === host);
    if (group) group.routers.push(router);
    else groups.push({ host, routers: [router] });
  }
  return groups;
};

const notUp = (missing: Unmet[], seconds: number) =>
  new HostError({
    message: [
      `not all is up after ${seconds} s:`,
      ...missing.flatMap((each) => [`  ${sentence(each)}`, ...each.reasons.map((line) => `    ${line}`)]),
    ].join('\n'),
    changed: false,
    unreachable: false,
  });
