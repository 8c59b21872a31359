import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { startProgress } from '../../provider/progress';

const printed = (context: TestContext) => {
  const write = context.mock.method(process.stdout, 'write', () => true);
  return () =>
    write.mock.calls.map((call) => String(call.arguments[0])).filter((text) => text.startsWith('r1'));
};

test('short work says nothing', (context) => {
  context.mock.timers.enable();
  const lines = printed(context);
  const progress = startProgress('r1 on h');
  progress.step('write a file');
  progress.end();
  context.mock.timers.tick(10_000);
  assert.deepEqual(lines(), []);
});

test('long work says what it is at, and each step from then on', (context) => {
  context.mock.timers.enable();
  const lines = printed(context);
  const progress = startProgress('r1 on h');
  progress.step('write a file');
  progress.step('install');
  context.mock.timers.tick(3000);
  progress.step('start');
  progress.end();
  assert.deepEqual(lines(), ['r1 on h: install\n', 'r1 on h: start\n']);
});
