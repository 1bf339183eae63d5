import { AEAD_AES_256_GCM, CipherSuite, KDF_HKDF_SHA256, KEM_DHKEM_P256_HKDF_SHA256 } from 'hpke';
import { describe, expect, it } from 'vitest';
import { associatedData, concat, fromBase64Url, toBase64Url, utf8, type Bytes } from './bytes.ts';
import { generateClaimKeys, open, publicPoint, type ClaimKeys } from './hpke.ts';

const bytes = (hex: string): Bytes => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));

const privateKey = '317f915db7bc629c48fe765587897e01e282d3e8445f79f27f65d031a88082b2';
const point = '04abc7e49a4c6b3566d77d0304addc6ed0e98512ffccf505e6a8e3eb25c685136f853148544876de76c0f2ef99cdc3a05ccf5ded7860c7c021238f9e2073d2356c';
const enc = bytes('04c06b4f6bebc7bb495cb797ab753f911aff80aefb86fd8b6fcc35525f3ab5f03e0b21bd31a86c6048af3cb2d98e0d3bf01da5cc4c39ff5370d331a4f1f7d5a4e0');

async function knownKeys(): Promise<ClaimKeys> {
  const algorithm = { name: 'ECDH', namedCurve: 'P-256' };
  const raw = bytes(point);
  const jwk = { kty: 'EC', crv: 'P-256', d: toBase64Url(bytes(privateKey)), x: toBase64Url(raw.slice(1, 33)), y: toBase64Url(raw.slice(33)) };
  return {
    publicKey: await crypto.subtle.importKey('raw', raw, algorithm, true, []),
    privateKey: await crypto.subtle.importKey('jwk', jwk, algorithm, false, ['deriveBits']),
  };
}

const release = {
  info: associatedData('SecureChat release v1', 'shop'),
  aad: associatedData('conversation-1', 'request-1', 'claim-1', 'value-1', 'pan'),
  ciphertext: bytes('9353543ad5c758c0fff72c4c9753a797015d971f9d3b06f718b6efbc71c8a4e3'),
};

describe('HPKE open', () => {
  it('answers what RFC 9180 says for P-256, HKDF-SHA256, AES-256-GCM', async () => {
    const opened = await open(
      await knownKeys(), enc, bytes('58c61a45059d0c5704560e9d88b564a8b63f1364b8d1fcb3c4c6ddc1d291742465e902cd216f8908da49f8f96f'), utf8('Ode on a Grecian Urn'), utf8('Count-0'));
    expect(new TextDecoder().decode(opened)).toBe('Beauty is truth, truth beauty');
  });

  it('opens the documented release', async () => {
    const opened = await open(await knownKeys(), enc, release.ciphertext, release.info, release.aad);
    expect(new TextDecoder().decode(opened)).toBe('4242424242424242');
  });

  it('opens nothing for another field, application, key or changed byte', async () => {
    const keys = await knownKeys();
    const other = associatedData('conversation-1', 'request-1', 'claim-1', 'value-1', 'cvc');
    await expect(open(keys, enc, release.ciphertext, release.info, other)).rejects.toThrow();
    await expect(open(keys, enc, release.ciphertext, associatedData('SecureChat release v1', 'shop2'), release.aad)).rejects.toThrow();
    await expect(open(await generateClaimKeys(), enc, release.ciphertext, release.info, release.aad)).rejects.toThrow();
    for (let at = 0; at < release.ciphertext.length; at += 5) {
      const changed = release.ciphertext.slice();
      changed[at]! ^= 1;
      await expect(open(keys, enc, changed, release.info, release.aad)).rejects.toThrow();
    }
  });

  it('opens what another implementation sealed, of any length', async () => {
    const suite = new CipherSuite(KEM_DHKEM_P256_HKDF_SHA256, KDF_HKDF_SHA256, AEAD_AES_256_GCM);
    for (const length of [0, 1, 16, 63, 1000, 4000]) {
      const keys = await generateClaimKeys();
      const value = crypto.getRandomValues(new Uint8Array(length));
      const recipient = await suite.DeserializePublicKey(await publicPoint(keys));
      const { encapsulatedSecret, ciphertext } = await suite.Seal(recipient, value, { info: release.info, aad: release.aad });
      expect(await open(keys, concat(encapsulatedSecret), concat(ciphertext), release.info, release.aad)).toEqual(value);
    }
  });

  it('makes keys that cannot leave the browser', async () => {
    const keys = await generateClaimKeys();
    expect(keys.privateKey.extractable).toBe(false);
    await expect(crypto.subtle.exportKey('jwk', keys.privateKey)).rejects.toThrow();
    expect((await publicPoint(keys)).length).toBe(65);
  });
});

describe('associated data', () => {
  it('never has the same bytes for other parts', () => {
    expect(associatedData('ab', 'c')).not.toEqual(associatedData('a', 'bc'));
    expect(associatedData('é')).toEqual(bytes('00000002c3a9'));
  });
});

describe('base64url', () => {
  it('goes there and back', () => {
    for (let length = 0; length < 70; length++) {
      const random = crypto.getRandomValues(new Uint8Array(length));
      expect(fromBase64Url(toBase64Url(random))).toEqual(random);
    }
  });
});
