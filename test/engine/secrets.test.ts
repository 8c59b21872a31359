import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeState, stateEncoder } from './checkpoint';
import { arbitraryProperties } from './fixtures/arbitrary';
import { newPassphrase, openPassphrase } from './secrets';
import { type Properties, withoutSecrets } from './values';

const crypter = newPassphrase('open sesame');

test('any text survives encryption', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => crypter.decrypt(crypter.encrypt(text)) === text),
  );
});

test('a salt opens with its passphrase only', () => {
  const text = crypter.encrypt('x');
  assert.equal(openPassphrase('open sesame', crypter.salt).decrypt(text), 'x');
  assert.throws(() => openPassphrase('open barley', crypter.salt), /incorrect passphrase/);
  assert.throws(() => openPassphrase('open sesame', 'v2:x'), /malformed encryption salt "v2:x"/);
});

test('a salt and a ciphertext that Pulumi 3.260 wrote can be read', () => {
  const pulumi = openPassphrase('x', 'v1:l8haYmRaxYY=:v1:eL6EUNJqM/QJafsg:0wfSFQchXKJbbMzhaiUvxGRSi7NWeA==');
  assert.equal(pulumi.decrypt('v1:dqHkJZhdb9TGo3ue:+/Z67abhfqjX9mAkGpMlAGcsQQ=='), 'hid');
  assert.equal(
    pulumi.decrypt('v1:DqOFdh0cKXybjSlj:7yAvznUbVuLBzJrka2x8XBaiCvB9VNgOSgOwHQ=='),
    '{"k":"hush"}',
  );
});

const stateOf = (inputs: Properties) => ({
  resources: [{ urn: 'urn:pulumi:s::p::t::n', custom: true, id: 'i', type: 't', inputs, outputs: inputs }],
  pendingOperations: [],
  metadata: {},
});

test('a state survives a checkpoint, and no secret is in it in clear', () => {
  fc.assert(
    fc.property(arbitraryProperties, (properties) => {
      const stored = stateEncoder(crypter)(stateOf(properties));
      const [resource] = decodeState(structuredClone(stored), crypter).resources;
      assert.deepEqual(withoutSecrets(resource?.inputs ?? {}), withoutSecrets(properties));
      assert.ok(!JSON.stringify(stored).includes('1b47061264138c4ac30d75fd1eb44270","value"'));
    }),
    { numRuns: 50 },
  );
});

test('a secret that did not change keeps its ciphertext', () => {
  const encode = stateEncoder(crypter);
  const secret = { '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270', value: 'x' };
  const [first, second] = [encode(stateOf({ secret })), encode(stateOf({ secret }))];
  assert.deepEqual(first.resources, second.resources);
});
