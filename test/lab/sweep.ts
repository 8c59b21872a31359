import { sweepUnowned, withLabLock } from './destroy';

// Started by guard.sh when the process that owned the lab has ended.
const id = process.argv[2];
if (id === undefined) throw new Error('usage: sweep.ts LAB');
withLabLock(id, () => sweepUnowned(id)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
