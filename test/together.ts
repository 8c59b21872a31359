/** Runs the test files that it is given in one process, since what all of them load takes longer than most of their tests. */
import { resolve } from 'node:path';
import { describe } from 'node:test';

for (const file of process.argv.slice(2)) {
  describe(file, () => {
    require(resolve(file));
  });
}
