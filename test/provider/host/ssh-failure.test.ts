import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finalAdvice, unreachableAdvice } from '../../../provider/host/ssh-failure';

test('a refused login and a wrong host key are final, a refused connection is not', () => {
  assert.match(
    finalAdvice({ host: 'h' }, 'root@h: Permission denied (publickey).') ?? '',
    /refused the login of root/,
  );
  assert.match(finalAdvice({ host: 'h' }, 'Host key verification failed.') ?? '', /unknown or has changed/);
  assert.equal(finalAdvice({ host: 'h' }, 'connect to host h port 22: Connection refused'), undefined);
});

test('what sudo and a missing client lack is told at once, and a jump host is named', () => {
  assert.match(
    finalAdvice({ host: 'h', user: 'u' }, 'sudo: sorry, you must have a tty to run sudo') ?? '',
    /Defaults:u !requiretty/,
  );
  assert.match(
    finalAdvice({ host: 'h' }, '/usr/bin/env: ‘sudo’: No such file or directory') ?? '',
    /install it/,
  );
  assert.match(finalAdvice({ host: 'h' }, 'spawn ssh ENOENT') ?? '', /OpenSSH client/);
  assert.match(
    unreachableAdvice({ host: 'h', proxy: { host: 'j' } }, 2),
    /h .* through the jump host j in 2/,
  );
});
