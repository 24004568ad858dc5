// SPDX-License-Identifier: Apache-2.0
// libsodium, compiled to WebAssembly: ristretto255, SHA-512, Argon2id, Ed25519. `loadSodium` is awaited once, when the
// worker (or a test) starts; everything else here is synchronous.
import library from 'libsodium-wrappers-sumo';

import {concat, type Bytes} from '../base/bytes';

export async function loadSodium(): Promise<void> {
  await library.ready;
}

export const sodium = library;

// libsodium's results are views of their own memory; the type says so from here on.
export function own(bytes: Uint8Array): Bytes {
  return bytes as Bytes;
}

export type Random = (size: number) => Bytes;

export const systemRandom: Random = (size) => crypto.getRandomValues(new Uint8Array(size));

export function sha256(...parts: (Uint8Array | string)[]): Bytes {
  return own(sodium.crypto_hash_sha256(concat(...parts)));
}

export function sha512(...parts: (Uint8Array | string)[]): Bytes {
  return own(sodium.crypto_hash_sha512(concat(...parts)));
}

export function hmacSha512(key: Uint8Array, ...parts: (Uint8Array | string)[]): Bytes {
  const state = sodium.crypto_auth_hmacsha512_init(key);
  sodium.crypto_auth_hmacsha512_update(state, concat(...parts));
  return own(sodium.crypto_auth_hmacsha512_final(state));
}

// RFC 5869 with SHA-512.
export function hkdfSha512Expand(key: Uint8Array, info: Uint8Array | string, size: number): Bytes {
  let out = new Uint8Array(0);
  let block = new Uint8Array(0);
  for (let i = 1; out.length < size; ++i) {
    block = hmacSha512(key, block, info, Uint8Array.of(i));
    out = concat(out, block);
  }
  return out.slice(0, size);
}
