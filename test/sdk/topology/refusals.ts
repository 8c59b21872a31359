import assert from 'node:assert/strict';
import { planTopology, type TopologyArgs, TopologyProblems } from '../../../sdk';

/** The problems that a topology is refused for; none where there is a plan. */
export const problemsOf = (args: TopologyArgs): string[] => {
  try {
    planTopology(args);
  } catch (error) {
    assert.ok(error instanceof TopologyProblems, String(error));
    return error.problems;
  }
  return [];
};
