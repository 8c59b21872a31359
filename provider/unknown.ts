/** What Pulumi puts where a value is not known in a preview (pulumi/pulumi `sdk/go/common/resource/plugin/rpc.go`). */
export const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

const unknowns = new Set([
  UNKNOWN,
  '1c4a061d-8072-4f0a-a4cb-0ff528b18fe7', // boolean
  '3eeb2bf0-c639-47a8-9e75-3b44932eb421', // number
  '6a19a0b0-7e62-4c92-b797-7f8e31da9cc2', // array
  '030794c1-ac77-496b-92df-f27374a8bd58', // asset
  'e48ece36-62e2-4504-bad9-02848725956a', // archive
  'dd056dcd-154b-4c76-9bd3-c8f88648b5ff', // object
]);

/** Whether a value is one of Pulumi's unknowns. */
export const isUnknown = (value: unknown): boolean => typeof value === 'string' && unknowns.has(value);

/** Whether a value is unknown or holds an unknown anywhere. */
export const holdsUnknown = (value: unknown): boolean =>
  isUnknown(value) ||
  (Array.isArray(value) && value.some(holdsUnknown)) ||
  (isRecord(value) && Object.values(value).some(holdsUnknown));

/** Whether a value is a plain object. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
