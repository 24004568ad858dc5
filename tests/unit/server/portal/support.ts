// SPDX-License-Identifier: Apache-2.0
/// <reference types="node" />
// What the portal's unit tests share: vectors as data, bytes that were written down before, a refusal by its code.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import {webcrypto} from 'node:crypto';

import {fromHex, type Bytes} from '../src/base/bytes';
import {Failure, type FailureCode} from '../src/base/failure';
import type {Random} from '../src/crypto/sodium';

// Debian 12's Node.js has it under this name only.
if (!('crypto' in globalThis)) Object.defineProperty(globalThis, 'crypto', {value: webcrypto});

export function vectors<T>(name: string): T {
  return JSON.parse(fs.readFileSync(`${process.env['CARDEA_SOURCE_DIR']}/tests/vectors/${name}`, 'utf8')) as T;
}

export function hex(text: string | undefined): Bytes {
  const bytes = fromHex(text ?? '?');
  assert.ok(bytes, `not hexadecimal: ${text}`);
  return bytes;
}

// Gives out what was written down; the sizes must fit, and at the end nothing may be left.
export function scripted(...pieces: Bytes[]): Random & {rest: () => number} {
  const random = (size: number) => {
    const piece = pieces.shift();
    assert.ok(piece, 'more randomness drawn than written down');
    const out = new Uint8Array(size);
    out.set(piece);
    return out;
  };
  return Object.assign(random, {rest: () => pieces.length});
}

export function refuses(code: FailureCode): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof Failure, String(error));
    assert.equal(error.code, code);
    return true;
  };
}
