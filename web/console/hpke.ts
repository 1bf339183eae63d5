import { concat, utf8, type Bytes } from './bytes.ts';

/*
 * Opening a release envelope: HPKE (RFC 9180), base mode, single shot, DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
 * Written on WebCrypto alone, so that the code that handles values has no dependency. Only opening: the console never seals.
 */

const kemSuite = concat(utf8('KEM'), Uint8Array.of(0x00, 0x10));
const suite = concat(utf8('HPKE'), Uint8Array.of(0x00, 0x10, 0x00, 0x01, 0x00, 0x02));
const version = utf8('HPKE-v1');
const none = new Uint8Array(0);

/** Every output here is at most one block, so HKDF is one HMAC to extract and one to expand. */
async function hmac(key: Bytes, data: Bytes): Promise<Bytes> {
  // WebCrypto refuses an empty key; HMAC fills a short one up with zeros, so 32 zeros are the same key.
  const imported = await crypto.subtle.importKey('raw', key.length === 0 ? new Uint8Array(32) : key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, data));
}

const extract = (id: Bytes, salt: Bytes, label: string, secret: Bytes): Promise<Bytes> =>
  hmac(salt, concat(version, id, utf8(label), secret));

async function expand(id: Bytes, key: Bytes, label: string, info: Bytes, length: number): Promise<Bytes> {
  const block = await hmac(key, concat(Uint8Array.of(0, length), version, id, utf8(label), info, Uint8Array.of(1)));
  return block.slice(0, length);
}

export interface ClaimKeys {
  readonly publicKey: CryptoKey;
  readonly privateKey: CryptoKey;
}

/** A key pair for one claim. The private half cannot leave the browser, not even by script of this page. */
export function generateClaimKeys(): Promise<ClaimKeys> {
  return crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, false, ['deriveBits']);
}

/** The uncompressed point, 65 bytes. */
export async function publicPoint(keys: ClaimKeys): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.exportKey('raw', keys.publicKey));
}

/** Opens an envelope. Throws when it was not sealed to these keys for exactly this `info` and `aad`. */
export async function open(keys: ClaimKeys, encapsulated: Bytes, ciphertext: Bytes, info: Bytes, aad: Bytes): Promise<Bytes> {
  const ephemeral = await crypto.subtle.importKey('raw', encapsulated, { name: 'ECDH', namedCurve: 'P-256' }, false, []);
  const dh = new Uint8Array(await crypto.subtle.deriveBits({ name: 'ECDH', public: ephemeral }, keys.privateKey, 256));
  const context = concat(encapsulated, await publicPoint(keys));
  const shared = await expand(kemSuite, await extract(kemSuite, none, 'eae_prk', dh), 'shared_secret', context, 32);

  const schedule = concat(Uint8Array.of(0), await extract(suite, none, 'psk_id_hash', none), await extract(suite, none, 'info_hash', info));
  const secret = await extract(suite, shared, 'secret', none);
  const key = await crypto.subtle.importKey('raw', await expand(suite, secret, 'key', schedule, 32), 'AES-GCM', false, ['decrypt']);
  const iv = await expand(suite, secret, 'base_nonce', schedule, 12);
  return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData: aad }, key, ciphertext));
}
