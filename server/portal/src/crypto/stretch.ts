// SPDX-License-Identifier: Apache-2.0
// Key stretching of OPAQUE (docs/spec/opaque.md, Parameters). The costs are written here and nowhere else: no message of
// the server has a field for them, and whoever calls with less is refused.
import {Failure} from '../base/failure';
import type {Bytes} from '../base/bytes';
import {own, sodium} from './sodium';

export interface Argon2idCost {
  memoryKib: number;
  passes: number;
}

export const kArgon2idCost: Argon2idCost = {memoryKib: 64 * 1024, passes: 3};
const kMost: Argon2idCost = {memoryKib: 1024 * 1024, passes: 16};

// 64 bytes of OPRF output to 64 stretched bytes.
export type KeyStretch = (oprfOutput: Bytes) => Bytes;

// kdf-too-weak below 64 MiB or 3 passes, limit-exceeded above 1 GiB or 16 passes.
export function argon2idStretch(cost: Argon2idCost = kArgon2idCost): KeyStretch {
  if (!(cost.memoryKib >= kArgon2idCost.memoryKib && cost.passes >= kArgon2idCost.passes)) {
    throw new Failure('kdf-too-weak');
  }
  if (cost.memoryKib > kMost.memoryKib || cost.passes > kMost.passes) throw new Failure('limit-exceeded');
  return (oprfOutput) =>
    own(
      sodium.crypto_pwhash(
        64,
        oprfOutput,
        new Uint8Array(16), // the OPRF's output is salted already
        cost.passes,
        cost.memoryKib * 1024,
        sodium.crypto_pwhash_ALG_ARGON2ID13,
      ),
    );
}
