/**
 * Hosts that are gone for ever. With PULUMI_NSPAWN_DELETE_UNREACHABLE=true, what was on a host that cannot be reached
 * counts as deleted, in `destroy`, `up` and `refresh`; as PULUMI_K8S_DELETE_UNREACHABLE has it for clusters. Never by
 * itself: a host that is only away would keep what nobody knows of any more.
 */
export const givesUpUnreachable = (): boolean => process.env.PULUMI_NSPAWN_DELETE_UNREACHABLE === 'true';

/** What the error for a resource that cannot be deleted says. */
export const goneAdvice =
  'If the host is gone for ever, run this again with PULUMI_NSPAWN_DELETE_UNREACHABLE=true: what was on it is then taken out of the state.';
