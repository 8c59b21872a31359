import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutSecrets } from '../../../provider/frr-config/secrets';

test('no password or key is left in a text, and all else is', () => {
  const lines = [
    [' neighbor 10.0.0.1 password hunter2', ' neighbor 10.0.0.1 password ********'],
    [' neighbor FABRIC password two words', ' neighbor FABRIC password ********'],
    [' ip ospf message-digest-key 1 md5 hunter2', ' ip ospf message-digest-key 1 md5 ********'],
    [' ip ospf authentication-key hunter2', ' ip ospf authentication-key ********'],
    [
      ' area 0.0.0.1 virtual-link 10.0.0.1 message-digest-key 1 md5 hunter2',
      ' area 0.0.0.1 virtual-link 10.0.0.1 message-digest-key 1 md5 ********',
    ],
    [
      ' ipv6 ospf6 authentication key-id 1 hash-algo hmac-sha-256 key hunter2',
      ' ipv6 ospf6 authentication key-id 1 hash-algo hmac-sha-256 key ********',
    ],
    ['  key-string hunter2', '  key-string ********'],
    ['password hunter2', 'password ********'],
    ['enable password 8 hunter2', 'enable password ********'],
    [' area-password clear hunter2', ' area-password ********'],
    [' ip rip authentication string hunter2', ' ip rip authentication string ********'],
    [' ip nhrp authentication hunter2', ' ip nhrp authentication ********'],
  ];
  for (const [given, shown] of lines) assert.equal(withoutSecrets(`a\n${given}\nb\n`), `a\n${shown}\nb\n`);
  const plain = [
    'router bgp 65001',
    ' neighbor 10.0.0.1 remote-as 65002',
    ' ip ospf authentication message-digest',
    'key chain PEERS',
    ' description password',
    '!',
    '',
  ].join('\n');
  assert.equal(withoutSecrets(plain), plain);
});
