import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { remote } from '@pulumi/command/types/input';
import * as pulumi from '@pulumi/pulumi';
import type { ConnectionArgs } from '../../sdk';
import { sealed } from '../../sdk/host-resource';

// Checked by the compiler: one object serves @pulumi/command and this package.
const shared = {
  host: 'h',
  port: 22,
  user: 'root',
  privateKey: pulumi.secret('k'),
  dialErrorLimit: 3,
  perDialTimeout: 5,
};
shared satisfies remote.ConnectionArgs;
shared satisfies ConnectionArgs;

test('the secret fields of a connection become Pulumi secrets, and only those', async () => {
  const { host, password, proxy, sudo } = sealed({
    host: 'h',
    password: 'p',
    proxy: { host: 'j', privateKey: 'k' },
    sudo: { password: 's' },
    // biome-ignore lint/suspicious/noExplicitAny: looks inside
  }) as any;
  assert.equal(host, 'h');
  assert.equal(proxy.host, 'j');
  for (const secret of [password, proxy.privateKey, sudo.password]) {
    assert.equal(await pulumi.isSecret(secret), true);
  }
});

test('a connection that is an output becomes secret as a whole', async () => {
  const connection = sealed(pulumi.output({ host: 'h', password: 'p' }));
  assert.equal(await pulumi.isSecret(connection as pulumi.Output<unknown>), true);
});
