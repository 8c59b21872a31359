import { setTimeout as pause } from 'node:timers/promises';

/**
 * Asks again and again until the answer is something, which nothing at all, `false` and an empty text are not; throws with
 * what was waited for after the limit. What takes long to ask is asked more rarely: it may delay what is waited for.
 */
export async function waitUntil<T>(
  what: string,
  limitSeconds: number,
  ask: () => Promise<T | undefined | false | ''> | T | undefined | false | '',
): Promise<T> {
  const end = performance.now() + limitSeconds * 1000;
  for (;;) {
    const asked = performance.now();
    const answer = await ask();
    if (answer !== undefined && answer !== false && answer !== '') return answer;
    const now = performance.now();
    if (now > end) throw new Error(`${what}: not within ${limitSeconds} s`);
    await pause(Math.min(Math.max(40, 3 * (now - asked)), 500));
  }
}
