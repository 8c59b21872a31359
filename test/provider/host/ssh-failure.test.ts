import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finalAdvice } from '../../../provider/host/ssh-failure';

test('a refused login and a wrong host key are final, a refused connection is not', () => {
  assert.match(
    finalAdvice({ host: 'h' }, 'root@h: Permission denied (publickey).') ?? '',
    /refused the login of root/,
  );
  assert.match(finalAdvice({ host: 'h' }, 'Host key verification failed.') ?? '', /unknown or has changed/);
  assert.equal(finalAdvice({ host: 'h' }, 'connect to host h port 22: Connection refused'), undefined);
});
