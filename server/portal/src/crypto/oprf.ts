// SPDX-License-Identifier: Apache-2.0
// OPRF(ristretto255, SHA-512), mode 0 (RFC 9497): the client's half. Used by opaque.ts.
import {concat, lp, uint, utf8, type Bytes} from '../base/bytes';
import {Failure} from '../base/failure';
import {own, sha512, sodium, type Random} from './sodium';

function domain(purpose: string): Bytes {
  return utf8(`${purpose}OPRFV1-\0-ristretto255-SHA512`);
}

// expand_message_xmd (RFC 9380 section 5.3.1) with SHA-512 for 64 bytes, which is one block.
function expandMessage(message: Uint8Array, tag: Uint8Array): Bytes {
  const tail = concat(tag, uint(tag.length, 1));
  const first = sha512(new Uint8Array(128), message, uint(64, 2), uint(0, 1), tail);
  return sha512(first, uint(1, 1), tail);
}

// Refuses what is not canonical, and the identity.
export function multiply(scalar: Bytes, element: Bytes): Bytes {
  try {
    return own(sodium.crypto_scalarmult_ristretto255(scalar, element));
  } catch {
    throw new Failure('key-invalid', 'not a group element');
  }
}

export function randomScalar(random: Random): Bytes {
  return own(sodium.crypto_core_ristretto255_scalar_reduce(random(64)));
}

// Refuses zero: what a login attempt that has ended has left of its blind.
function invert(scalar: Bytes): Bytes {
  try {
    return own(sodium.crypto_core_ristretto255_scalar_invert(scalar));
  } catch {
    throw new Failure('key-invalid', 'zero');
  }
}

export interface Blinded {
  blind: Bytes;
  element: Bytes;
}

export function oprfBlind(input: Bytes, random: Random): Blinded {
  const blind = randomScalar(random);
  const point = own(sodium.crypto_core_ristretto255_from_hash(expandMessage(input, domain('HashToGroup-'))));
  return {blind, element: multiply(blind, point)};
}

export function oprfFinalize(input: Bytes, blind: Bytes, evaluated: Bytes): Bytes {
  return sha512(lp(input), lp(multiply(invert(blind), evaluated)), 'Finalize');
}

// DeriveKeyPair (RFC 9497 section 3.2.1) with the info of RFC 9807 section 6.4.
export function deriveDiffieHellmanKeyPair(seed: Bytes): {privateKey: Bytes; publicKey: Bytes} {
  const info = lp('OPAQUE-DeriveDiffieHellmanKeyPair');
  for (let counter = 0; counter <= 255; ++counter) {
    const uniform = expandMessage(concat(seed, info, uint(counter, 1)), domain('DeriveKeyPair'));
    const privateKey = own(sodium.crypto_core_ristretto255_scalar_reduce(uniform));
    if (privateKey.some((byte) => byte !== 0)) {
      return {privateKey, publicKey: own(sodium.crypto_scalarmult_ristretto255_base(privateKey))};
    }
  }
  throw new Failure('internal');
}
