// SPDX-License-Identifier: Apache-2.0
// What the generators of this folder share: the primitives and envelopes of docs/spec/envelopes.md, from the page and over
// Node's own cryptography.
import crypto from 'node:crypto';

export const hex = (bytes) => Buffer.from(bytes).toString('hex');
export const hmac = (key, ...parts) => parts.reduce((h, p) => h.update(p), crypto.createHmac('sha256', key)).digest();
export const be = (value, size) => { const b = Buffer.alloc(size); b.writeUIntBE(value, 0, size); return b; };
export const lp = (text) => { const b = Buffer.from(text); return Buffer.concat([be(b.length, 2), b]); };
export const hkdf = (secret, info, size) => Buffer.from(crypto.hkdfSync('sha256', secret, '', info, size));
export const expand = (prk, info, size) => {
  let out = Buffer.alloc(0), block = Buffer.alloc(0);
  for (let i = 1; out.length < size; ++i) out = Buffer.concat([out, block = hmac(prk, block, info, be(i, 1))]);
  return out.subarray(0, size);
};
export const fixed = (seed, size) => Buffer.from(crypto.hkdfSync('sha256', 'cardea test vectors', '', seed, size));
export const contextOf = (c) => Buffer.concat([lp(c.user_id), lp(c.object_type), lp(c.object_id), be(c.version, 4), be(c.epoch, 4)]);
export const gcm = (key, nonce, aad, text) => {
  const cipher = crypto.createCipheriv(`aes-${key.length * 8}-gcm`, key, nonce);
  cipher.setAAD(aad);
  return Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
};

export const header = Buffer.from([1, 1]);
export function aead(secret, label, context, nonce, text) {
  const key = hkdf(secret, Buffer.concat([Buffer.from(label), context]), 32);
  return Buffer.concat([header, hmac(key, 'cardea/v1/commit'), nonce, gcm(key, nonce, Buffer.concat([header, context]), text)]);
}

export function hpke(recipientPoint, ephemeralScalar, label, context, text) {
  const ecdh = crypto.createECDH('prime256v1');
  ecdh.setPrivateKey(ephemeralScalar);
  const enc = ecdh.getPublicKey(), dh = ecdh.computeSecret(recipientPoint);
  const kem = Buffer.from('KEM\0\x10'), suite = Buffer.from('HPKE\0\x10\0\x01\0\x02');
  const extract = (id, salt, name, ikm) => hmac(salt, 'HPKE-v1', id, name, ikm);
  const labeled = (id, prk, name, info, size) =>
      expand(prk, Buffer.concat([be(size, 2), Buffer.from('HPKE-v1'), id, Buffer.from(name), info]), size);
  const shared = labeled(kem, extract(kem, '', 'eae_prk', dh), 'shared_secret', Buffer.concat([enc, recipientPoint]), 32);
  const info = Buffer.concat([Buffer.from(label), context]);
  const schedule = Buffer.concat([be(0, 1), extract(suite, '', 'psk_id_hash', ''), extract(suite, '', 'info_hash', info)]);
  const secret = extract(suite, shared, 'secret', '');
  const sealed = gcm(labeled(suite, secret, 'key', schedule, 32), labeled(suite, secret, 'base_nonce', schedule, 12), context, text);
  return Buffer.concat([Buffer.from([1, 2]), enc, sealed]);
}
