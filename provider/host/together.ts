import { failureOnHosts } from './error';

/**
 * What runs side by side on one host or several, each to its end: the results, or the failures as one.
 * `changed`: whether something was done besides what failed. @default where some of it did not fail
 */
export const together = async <T>(work: Promise<T>[], changed?: boolean): Promise<T[]> => {
  const results = await Promise.allSettled(work);
  const failed = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  if (failed.length > 0) throw failureOnHosts(failed, changed ?? failed.length < results.length);
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
};
