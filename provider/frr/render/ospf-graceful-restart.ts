import type { FrrConfiguration } from '../schema';
import { compareAddresses, given, when } from './lines';

type Ospf = NonNullable<FrrConfiguration['ospf'] & FrrConfiguration['ospf6']>;

/** Graceful restart and the help for it; `unchecked` is how the daemon says that it helps whatever changes. */
export const gracefulRestartLines = (
  { gracefulRestart, gracefulRestartHelper }: Pick<Ospf, 'gracefulRestart' | 'gracefulRestartHelper'>,
  unchecked: string,
): string[] => [
  ...given(gracefulRestart, (how) => {
    const { gracePeriod = 120 } = how === true ? {} : how;
    return gracePeriod === 120 ? 'graceful-restart' : `graceful-restart grace-period ${gracePeriod}`;
  }),
  ...helperLines(gracefulRestartHelper, unchecked),
];

const helperLines = (helper: Ospf['gracefulRestartHelper'], unchecked: string): string[] => {
  if (!helper) return [];
  const {
    routerIds,
    strictLsaChecking = true,
    plannedOnly,
    supportedGraceTime = 1800,
  } = helper === true ? ({} as Exclude<typeof helper, true>) : helper;
  return [
    ...when(!routerIds, 'graceful-restart helper enable'),
    ...when(!strictLsaChecking, unchecked),
    ...when(plannedOnly, 'graceful-restart helper planned-only'),
    ...when(
      supportedGraceTime !== 1800,
      `graceful-restart helper supported-grace-time ${supportedGraceTime}`,
    ),
    ...[...(routerIds ?? [])].sort(compareAddresses).map((id) => `graceful-restart helper enable ${id}`),
  ];
};
