import { HostError } from '../host/error';

/** Whose turn a restart waits for. */
export interface Turn {
  /** Those of the same scope wait for one another. */
  scope: string;
  /** How many of them restart at the same time. */
  batchSize: number;
  /** The machine and its host, as an error names it. */
  name: string;
}

/**
 * Restarts take turns in this process, which serves one run of Pulumi. Once one has failed, those of its scope that wait for
 * their turn are left as they are; the one that failed may be tried again.
 */
export const inTurn = async <T>({ scope, batchSize, name }: Turn, restart: () => Promise<T>): Promise<T> => {
  const queue = queues.get(scope) ?? { running: 0, waiting: [], failed: undefined };
  queues.set(scope, queue);
  while (queue.running >= batchSize) await new Promise<void>((resolve) => queue.waiting.push(resolve));
  queue.running += 1;
  try {
    if (queue.failed !== undefined && queue.failed !== name) throw stopped(name, queue.failed);
    const outcome = await restart();
    if (queue.failed === name) queue.failed = undefined;
    return outcome;
  } catch (error) {
    queue.failed ??= name;
    throw error;
  } finally {
    queue.running -= 1;
    // All look again: the one in front may want a smaller batch than the one behind.
    for (const look of queue.waiting.splice(0)) look();
  }
};

const queues = new Map<string, { running: number; waiting: (() => void)[]; failed: string | undefined }>();

// Its update has begun: the next run is to go on with it.
const stopped = (name: string, failed: string) =>
  new HostError({
    message: `${name}: it has to restart and was left as it is, since ${failed} did not come up again in this run. Mend that one, then run pulumi up again, or set restart.strategy "parallel".`,
    changed: true,
    unreachable: false,
  });
