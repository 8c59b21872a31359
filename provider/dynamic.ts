/**
 * What the state of every release loads by name: `require("pulumi-nspawn/dynamic").KIND`. Neither this path nor a kind
 * may ever change.
 */
import { dynamicProvider } from './adapter';
import { resources } from './index';

module.exports = Object.fromEntries(resources.map((resource) => [resource.kind, dynamicProvider(resource)]));
