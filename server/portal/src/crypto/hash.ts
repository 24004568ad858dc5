// SPDX-License-Identifier: Apache-2.0
// SHA-256's relatives, from WebCrypto.
import {concat, utf8, type Bytes} from '../base/bytes';

async function hmacKey(key: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', key, {name: 'HMAC', hash: 'SHA-256'}, false, ['sign']);
}

export async function hmacSha256(key: Bytes, message: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.sign('HMAC', await hmacKey(key), message));
}

// derive_key of docs/spec/conventions.md: HKDF-SHA256 without salt, info = label ‖ context, 32 bytes.
export async function deriveKey(secret: Bytes, label: string, context: Uint8Array): Promise<Bytes> {
  const key = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits']);
  const info = concat(utf8(label), context);
  const parameters = {name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info};
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, 256));
}
