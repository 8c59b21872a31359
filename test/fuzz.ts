/** How often a property is tried: so many times, or PULUMI_NSPAWN_RUNS times as often. */
export const runs = (usual: number): { numRuns: number } => ({
  numRuns: Math.ceil(usual * Number(process.env.PULUMI_NSPAWN_RUNS ?? 1)),
});
