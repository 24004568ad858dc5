// SPDX-License-Identifier: Apache-2.0
// Envelopes (docs/spec/envelopes.md): AEAD under a secret, HPKE to a key of this person or this browser.
import {Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256} from '@hpke/core';

import {concat, equalBytes, fromBase64Url, lp, uint, utf8, type Bytes} from '../base/bytes';
import {Failure} from '../base/failure';
import {deriveKey, hmacSha256} from './hash';
import type {Random} from './sodium';

const kVersion = 1;
const kSuiteAead = 1;
const kSuiteHpke = 2;
const kAeadOverhead = 62;
const kHpkeOverhead = 83;
const kMaxPlain = 1024 * 1024;

// The object context of docs/spec/conventions.md.
export function objectContext(user: Uint8Array, type: string, id: Uint8Array, version: number, epoch: number): Bytes {
  return concat(lp(user), lp(type), lp(id), uint(version, 4), uint(epoch, 4));
}

const refused = () => new Failure('decrypt-failed');

function checkHeader(envelope: Bytes, suite: number, overhead: number): void {
  if (envelope.length < overhead || envelope.length > overhead + kMaxPlain) throw refused();
  if (envelope[0] !== kVersion || envelope[1] !== suite) throw new Failure('unknown-format');
}

export async function openAead(secret: Bytes, label: string, context: Bytes, envelope: Bytes): Promise<Bytes> {
  checkHeader(envelope, kSuiteAead, kAeadOverhead);
  const key = await deriveKey(secret, label, context);
  const commitment = await hmacSha256(key, utf8('cardea/v1/commit'));
  if (!equalBytes(commitment, envelope.slice(2, 34))) throw refused();
  const aes = await crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['decrypt']);
  const parameters = {
    name: 'AES-GCM',
    iv: envelope.slice(34, 46),
    additionalData: concat(envelope.slice(0, 2), context),
  };
  try {
    return new Uint8Array(await crypto.subtle.decrypt(parameters, aes, envelope.slice(46)));
  } catch {
    throw refused();
  }
}

export async function sealAead(
  secret: Bytes,
  label: string,
  context: Bytes,
  plain: Bytes,
  random: Random,
): Promise<Bytes> {
  const key = await deriveKey(secret, label, context);
  const header = Uint8Array.of(kVersion, kSuiteAead);
  const commitment = await hmacSha256(key, utf8('cardea/v1/commit'));
  const aes = await crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt']);
  const iv = random(12);
  const parameters = {name: 'AES-GCM', iv, additionalData: concat(header, context)};
  const sealed = new Uint8Array(await crypto.subtle.encrypt(parameters, aes, plain));
  return concat(header, commitment, iv, sealed);
}

const kem = new DhkemP256HkdfSha256();
const suite = new CipherSuite({kem, kdf: new HkdfSha256(), aead: new Aes256Gcm()});

// The private half of the recovery key, and the point that belongs to it.
export interface RecoveryKey {
  key: CryptoKey;
  point: Bytes;
}

// key-invalid when the 32 bytes are no P-256 private key.
export async function importRecoveryKey(scalar: Bytes): Promise<RecoveryKey> {
  try {
    const key = await kem.importKey('raw', scalar.slice().buffer, false);
    const jwk = await crypto.subtle.exportKey('jwk', key);
    const coordinate = (text = '') =>
      Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
    const point = concat(uint(4, 1), coordinate(jwk.x), coordinate(jwk.y));
    if (point.length !== 65) throw new Failure('key-invalid');
    return {key, point};
  } catch {
    throw new Failure('key-invalid', 'not a P-256 private key');
  }
}

// A new one, with the private half as bytes, to be sealed and wiped.
export async function makeRecoveryKey(): Promise<{scalar: Bytes; point: Bytes}> {
  const made = await crypto.subtle.generateKey({name: 'ECDH', namedCurve: 'P-256'}, true, ['deriveBits']);
  const point = new Uint8Array(await crypto.subtle.exportKey('raw', made.publicKey));
  const {d = ''} = await crypto.subtle.exportKey('jwk', made.privateKey);
  const scalar = fromBase64Url(d);
  if (scalar?.length !== 32) throw new Failure('key-invalid', 'P-256');
  return {scalar, point};
}

// A key pair of this browser that can't leave it, and its point.
export interface SealKey {
  key: CryptoKeyPair;
  point: Bytes;
}

export async function makeSealKey(): Promise<SealKey> {
  const key = await crypto.subtle.generateKey({name: 'ECDH', namedCurve: 'P-256'}, false, ['deriveBits']);
  return {key, point: new Uint8Array(await crypto.subtle.exportKey('raw', key.publicKey))};
}

export async function openHpke(
  recipient: {key: CryptoKey | CryptoKeyPair},
  label: string,
  context: Bytes,
  envelope: Bytes,
): Promise<Bytes> {
  checkHeader(envelope, kSuiteHpke, kHpkeOverhead);
  const info = concat(utf8(label), context).buffer;
  const sealed = {recipientKey: recipient.key, enc: envelope.slice(2, 67).buffer, info};
  try {
    return new Uint8Array(await suite.open(sealed, envelope.slice(67).buffer, context.slice().buffer));
  } catch {
    throw refused();
  }
}
