import { createCipheriv, createDecipheriv, pbkdf2Sync, randomBytes } from 'node:crypto';

/** Encrypts and decrypts with the key of one passphrase and salt. */
export interface Crypter {
  /** `v1:<salt>:<check>`, as `encryptionsalt` and the state of the secrets provider hold it. */
  salt: string;
  encrypt(text: string): string;
  decrypt(ciphertext: string): string;
}

/** Opens Pulumi's passphrase secrets provider. A wrong passphrase is an error. (pkg/secrets/passphrase) */
export const openPassphrase = (passphrase: string, salt: string): Crypter => {
  const [version, encodedSalt = '', ...check] = salt.split(':');
  if (version !== 'v1' || check.length === 0)
    throw new Error(`malformed encryption salt ${JSON.stringify(salt)}`);
  const crypter = crypterFor(passphrase, encodedSalt, salt);
  if (attempt(() => crypter.decrypt(check.join(':'))) !== checkText) throw new Error('incorrect passphrase');
  return crypter;
};

/** Makes a new salt. */
export const newPassphrase = (passphrase: string): Crypter => {
  const encodedSalt = randomBytes(8).toString('base64');
  const { encrypt } = crypterFor(passphrase, encodedSalt, '');
  return crypterFor(passphrase, encodedSalt, `v1:${encodedSalt}:${encrypt(checkText)}`);
};

const checkText = 'pulumi';
const keys = new Map<string, Buffer>();

const crypterFor = (passphrase: string, encodedSalt: string, salt: string): Crypter => {
  const key = deriveKey(passphrase, encodedSalt);
  return { salt, encrypt: (text) => encrypt(key, text), decrypt: (text) => decrypt(key, text) };
};

// A million rounds take a good part of a second, so a key is derived once a process.
const deriveKey = (passphrase: string, encodedSalt: string) => {
  const id = `${encodedSalt}:${passphrase}`;
  const key =
    keys.get(id) ?? pbkdf2Sync(passphrase, Buffer.from(encodedSalt, 'base64'), 1_000_000, 32, 'sha256');
  keys.set(id, key);
  return key;
};

const encrypt = (key: Buffer, text: string) => {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `v1:${nonce.toString('base64')}:${sealed.toString('base64')}`;
};

const decrypt = (key: Buffer, ciphertext: string) => {
  const [version, nonce = '', sealed = ''] = ciphertext.split(':');
  if (version !== 'v1') throw new Error('malformed ciphertext');
  const bytes = Buffer.from(sealed, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64'));
  decipher.setAuthTag(bytes.subarray(-16));
  return Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString('utf8');
};

const attempt = <T>(run: () => T) => {
  try {
    return run();
  } catch {
    return undefined;
  }
};
