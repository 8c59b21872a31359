import assert from 'node:assert/strict';
import { withoutUndefined } from '../../provider/check';

/** Fails unless it is, without what is undefined, made of what Pulumi's wire format has, in objects that are nothing but objects. */
export const assertPlain = (value: unknown): void => {
  assert.ok(isPlain(withoutUndefined(value)), `not plain: ${JSON.stringify(value)}`);
  assert.deepEqual(Object.keys(Object.prototype), []);
};

const isPlain = (value: unknown): boolean => {
  if (typeof value === 'number') return Number.isFinite(value);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (Array.isArray(value)) return value.every(isPlain);
  return (
    typeof value === 'object' &&
    [Object.prototype, null].includes(Object.getPrototypeOf(value)) &&
    Object.values(value).every(isPlain)
  );
};
