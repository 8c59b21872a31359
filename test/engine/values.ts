import { Struct } from 'google-protobuf/google/protobuf/struct_pb';

/**
 * A property value as it travels on Pulumi's wire: JSON, in which secrets, resource references, assets and
 * unknowns are marked by signatures. The engine keeps values in this form everywhere, so that nothing that it
 * does not understand gets lost on the way. (sdk/go/common/resource/sig, pkg/resource/plugin/rpc.go)
 */
export type Value = null | boolean | number | string | Value[] | { [key: string]: Value };
export type Properties = { [key: string]: Value };

export const signatureKey = '4dabf18193072939515e22adb298388d';
export const secretSignature = '1b47061264138c4ac30d75fd1eb44270';
export const resourceSignature = '5cf8f73096256a8f31e491e813e4eb8e';
export const outputSignature = 'd0e6a833031e9bbcd3f4e8bde6ca49a4';

/** The unknown value of any type. */
export const unknown = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

const unknowns = new Set([
  unknown,
  '1c4a061d-8072-4f0a-a4cb-0ff528b18fe7', // boolean
  '3eeb2bf0-c639-47a8-9e75-3b44932eb421', // number
  '6a19a0b0-7e62-4c92-b797-7f8e31da9cc2', // array
  '030794c1-ac77-496b-92df-f27374a8bd58', // asset
  'e48ece36-62e2-4504-bad9-02848725956a', // archive
  'dd056dcd-154b-4c76-9bd3-c8f88648b5ff', // object
]);

/** Reads a protobuf struct; output values become plain, secret or unknown values. */
export const fromStruct = (struct: Struct | undefined): Properties =>
  downgradeOutputs((struct?.toJavaScript() ?? {}) as Properties) as Properties;

/** Writes a protobuf struct. Never undefined: the dynamic-provider process crashes on unset structs. */
export const toStruct = (properties: Properties): Struct =>
  Struct.fromJavaScript(properties as Parameters<typeof Struct.fromJavaScript>[0]);

export const isObject = (value: Value | undefined): value is { [key: string]: Value } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object which is no secret, reference or other marked value. */
export const isPlainObject = (value: Value | undefined): value is { [key: string]: Value } =>
  isObject(value) && value[signatureKey] === undefined;

export const isUnknown = (value: Value | undefined) => typeof value === 'string' && unknowns.has(value);

export const isSecret = (value: Value | undefined): value is { [key: string]: Value } =>
  isObject(value) && value[signatureKey] === secretSignature;

/** Marks a value as secret, once. */
export const makeSecret = (value: Value): Value =>
  isSecret(value) ? value : { [signatureKey]: secretSignature, value };

/** The value inside of a secret, or the value itself. */
export const unwrap = (value: Value): Value => (isSecret(value) ? unwrap(value.value ?? null) : value);

/** The same value with no secret marks at any depth. */
export const withoutSecrets = (value: Value): Value => mapValue(unwrap(value), withoutSecrets);

export const contains = (value: Value | undefined, test: (value: Value) => boolean): boolean => {
  if (value === undefined) return false;
  if (test(value)) return true;
  if (Array.isArray(value)) return value.some((item) => contains(item, test));
  return isObject(value) && Object.values(value).some((item) => contains(item, test));
};

export const containsSecrets = (value: Value | undefined) => contains(value, isSecret);
export const containsUnknowns = (value: Value | undefined) => contains(value, isUnknown);

/** Applies a function to the direct children of a value. */
export const mapValue = (value: Value, transform: (value: Value) => Value): Value => {
  if (Array.isArray(value)) return value.map(transform);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, transform(item)]));
};

/**
 * Keeps an output secret where the same-named input is, as the engine does for providers that do not take
 * secrets: objects key by key, anything else whole (annotateSecrets of pkg/resource/plugin/provider_plugin.go).
 */
export const annotateSecrets = (outputs: Properties, inputs: Properties): Properties => {
  const annotated = { ...outputs };
  for (const [key, input] of Object.entries(inputs)) {
    const output = annotated[key];
    if (output === undefined) continue;
    if (isPlainObject(output) && isPlainObject(input)) annotated[key] = annotateSecrets(output, input);
    else if (!isSecret(output) && containsSecrets(input)) annotated[key] = makeSecret(output);
  }
  return annotated;
};

const downgradeOutputs = (value: Value): Value => {
  if (!isObject(value)) return mapValue(value, downgradeOutputs);
  if (value[signatureKey] !== outputSignature) return mapValue(value, downgradeOutputs);
  // An output value without an element is not known yet.
  const element = value.value === undefined ? unknown : downgradeOutputs(value.value);
  return value.secret === true ? makeSecret(element) : element;
};
