export { attachLab, startLab } from './lab';
export { whyNoLab } from './preflight';
export type { Lab, LabHost, LabOptions, Release, RunOptions, RunResult } from './types';
