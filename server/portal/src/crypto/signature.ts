// SPDX-License-Identifier: Apache-2.0
// Checks signatures under a SubjectPublicKeyInfo, in the encodings of docs/spec/conventions.md and no others.
import {concat, equalBytes, fromHex, type Bytes} from '../base/bytes';
import {Failure} from '../base/failure';
import {sodium} from './sodium';

const kP256Prefix = fromHex('3059301306072a8648ce3d020106082a8648ce3d03010703420004') ?? new Uint8Array();
const kEd25519Prefix = fromHex('302a300506032b6570032100') ?? new Uint8Array();
const kRsaHead = fromHex('300d06092a864886f70d0101010500') ?? new Uint8Array();
const kRsa = {name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256'};

function startsWith(bytes: Bytes, prefix: Bytes): boolean {
  return equalBytes(bytes.slice(0, prefix.length), prefix);
}

async function importKey(spki: Bytes, algorithm: EcKeyImportParams | RsaHashedImportParams): Promise<CryptoKey> {
  try {
    return await crypto.subtle.importKey('spki', spki, algorithm, false, ['verify']);
  } catch {
    throw new Failure('key-invalid');
  }
}

async function verifyRsa(spki: Bytes, message: Bytes, signature: Bytes): Promise<boolean> {
  const key = await importKey(spki, kRsa);
  const {modulusLength} = key.algorithm as RsaHashedKeyAlgorithm;
  if (modulusLength < 2048 || modulusLength > 4096) throw new Failure('key-invalid');
  return crypto.subtle.verify(kRsa, key, signature, message);
}

// key-invalid: not a key of ours; signature-invalid.
export function ed25519Spki(publicKey: Bytes): Bytes {
  return concat(kEd25519Prefix, publicKey);
}

export async function verifySignature(spki: Bytes, message: Bytes, signature: Bytes): Promise<void> {
  let fits = false;
  if (spki.length === 44 && startsWith(spki, kEd25519Prefix)) {
    fits = signature.length === 64 && sodium.crypto_sign_verify_detached(signature, message, spki.slice(12));
  } else if (spki.length === 91 && startsWith(spki, kP256Prefix)) {
    const key = await importKey(spki, {name: 'ECDSA', namedCurve: 'P-256'});
    fits = await crypto.subtle.verify({name: 'ECDSA', hash: 'SHA-256'}, key, signature, message);
  } else if (spki.length > 270 && startsWith(spki.slice(4), kRsaHead)) {
    fits = await verifyRsa(spki, message, signature);
  } else {
    throw new Failure('key-invalid');
  }
  if (!fits) throw new Failure('signature-invalid');
}
