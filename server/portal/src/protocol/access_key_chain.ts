// SPDX-License-Identifier: Apache-2.0
// The one-time chain (docs/spec/access-key.md, "Chain"): from the opened seed to the key with the number the server gave
// out. Used by recovery.ts.
import {concat, uint, wipe, type Bytes} from '../base/bytes';
import {Failure} from '../base/failure';
import {deriveKey} from '../crypto/hash';
import {sha256} from '../crypto/sodium';

export const kChainLength = 1000;
const kKeySize = 15;

export interface ChainContext {
  computer: Bytes; // 32
  user: Bytes; // 16
  generation: number;
}

function encode(whose: ChainContext): Bytes {
  return concat(whose.computer, whose.user, uint(whose.generation, 4));
}

export function checkValue(key: Uint8Array, whose: ChainContext): Bytes {
  return sha256('cardea/v1/access-key-check', encode(whose), key);
}

// k_0 to k_1000.
export async function chain(seed: Bytes, whose: ChainContext): Promise<Bytes[]> {
  const context = encode(whose);
  const keys = [(await deriveKey(seed, 'cardea/v1/access-key', context)).slice(0, kKeySize)];
  for (let number = kChainLength; number > 0; --number) {
    const below = keys.at(-1) as Bytes;
    keys.push(sha256('cardea/v1/access-key-step', context, uint(number, 2), below).slice(0, kKeySize));
  }
  return keys.reverse();
}

// Keys number `index` and 0. access-key-exhausted when the chain has no such number.
export async function chainKeys(seed: Bytes, whose: ChainContext, index: number): Promise<{key: Bytes; root: Bytes}> {
  if (!Number.isInteger(index) || index < 0 || index > kChainLength) throw new Failure('access-key-exhausted');
  const keys = await chain(seed, whose);
  const [key, root] = [keys[index]?.slice(), keys[0]?.slice()];
  wipe(...keys);
  if (key === undefined || root === undefined) throw new Failure('internal');
  return {key, root};
}

export async function makeChainSeed(clientRandom: Bytes, serverRandom: Bytes): Promise<Bytes> {
  return deriveKey(concat(clientRandom, serverRandom), 'cardea/v1/access-key-seed', new Uint8Array(0));
}

// Seed of the Ed25519 key that enters the server.
export async function loginSeed(root: Bytes): Promise<Bytes> {
  return deriveKey(root, 'cardea/v1/access-key-login', new Uint8Array(0));
}
