import { setTimeout as pause } from 'node:timers/promises';

/**
 * Asks again and again until the answer is something, which nothing at all, `false` and an empty text are not; throws with
 * what was waited for after the limit. It asks more and more rarely, since to ask takes what is waited for its time.
 */
export async function waitUntil<T>(
  what: string,
  limitSeconds: number,
  ask: () => Promise<T | undefined | false | ''> | T | undefined | false | '',
): Promise<T> {
  const end = performance.now() + limitSeconds * 1000;
  for (let milliseconds = 40; ; milliseconds = Math.min(milliseconds * 1.3, 500)) {
    const answer = await ask();
    if (answer !== undefined && answer !== false && answer !== '') return answer;
    if (performance.now() > end) throw new Error(`${what}: not within ${limitSeconds} s`);
    await pause(milliseconds);
  }
}
