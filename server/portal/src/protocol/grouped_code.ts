// SPDX-License-Identifier: Apache-2.0
// The typed form of access keys and sheet codes (docs/spec/access-key.md, "Typed form"): groups of four symbols and a check
// symbol. Used by the pages and by protocol/recovery.ts.
import {utf8, type Bytes} from '../base/bytes';
import {Failure} from '../base/failure';
import {kAlphabet, kReadings, type Meaning, type Reading} from './keyboard_reading';

export const kAccessKeyGroups = 6;
export const kSheetGroups = 8;
const kSymbols = 4;
const kTyped = kSymbols + 1;
const kMaxTypedBytes = 256;

// x * alpha in GF(32) = GF(2)[x] / (x^5 + x^2 + 1).
function timesAlpha(value: number): number {
  const shifted = value << 1;
  return (shifted & 0x20) !== 0 ? shifted ^ 0x25 : shifted;
}

export function checkSymbol(symbols: readonly number[], group: number): number {
  return symbols.reduceRight((sum, symbol) => timesAlpha(sum ^ symbol), 0) ^ (group + 1);
}

// "7Q4KX-…": the secret's bits, most significant first. Its size is a multiple of 5 bytes.
export function formatGroups(secret: Uint8Array): string {
  const symbolAt = (index: number) => {
    const bit = index * 5;
    const pair = ((secret[bit >> 3] ?? 0) << 8) | (secret[(bit >> 3) + 1] ?? 0);
    return (pair >> (11 - (bit & 7))) & 31;
  };
  const groups = Array.from({length: (secret.length * 8) / 20}, (_, group) => {
    const symbols = Array.from({length: kSymbols}, (_, i) => symbolAt(group * kSymbols + i));
    return [...symbols, checkSymbol(symbols, group)].map((symbol) => kAlphabet[symbol]).join('');
  });
  return groups.join('-');
}

interface ReadText {
  symbols: Exclude<Meaning, 'separator'>[];
  chunks: number[]; // how many symbols stood between separators
}

function readText(typed: string, reading: Reading): ReadText {
  const text: ReadText = {symbols: [], chunks: []};
  let inChunk = false;
  for (const character of typed) {
    const meaning = reading(character);
    if (meaning === 'separator') {
      inChunk = false;
      continue;
    }
    if (!inChunk) text.chunks.push(0);
    inChunk = true;
    text.chunks[text.chunks.length - 1] = (text.chunks.at(-1) ?? 0) + 1;
    text.symbols.push(meaning);
  }
  return text;
}

function groupFits(text: ReadText, group: number): boolean {
  const symbols = text.symbols.slice(group * kTyped, (group + 1) * kTyped);
  if (symbols.length !== kTyped || symbols.includes(null)) return false;
  const values = symbols as number[];
  return checkSymbol(values.slice(0, kSymbols), group) === values[kSymbols];
}

// The first group, from 1, that is not as it should be; 0 when all are.
function firstMistyped(text: ReadText, groups: number): number {
  const rightLength = text.symbols.length === groups * kTyped;
  if (!rightLength && text.chunks.length === groups) {
    const other = text.chunks.findIndex((size) => size !== kTyped);
    if (other >= 0) return other + 1;
  }
  for (let group = 0; group < groups; ++group) {
    if (!groupFits(text, group)) return group + 1;
  }
  return rightLength ? 0 : groups;
}

// Whether this is the group, from 1, of the secret as it stands on paper.
export function isGroupOf(secret: Uint8Array, group: number, typed: string): boolean {
  const written = formatGroups(secret).split('-')[group - 1] ?? '?';
  const expected = Array.from(written, (symbol) => kAlphabet.indexOf(symbol));
  if (utf8(typed).length > kMaxTypedBytes) return false;
  return kReadings.some((reading) => {
    const {symbols} = readText(typed, reading);
    return symbols.length === kTyped && symbols.every((symbol, index) => symbol === expected[index]);
  });
}

function secretOf(text: ReadText, groups: number): Bytes {
  const secret = new Uint8Array((groups / 2) * 5);
  let buffer = 0;
  let bits = 0;
  let used = 0;
  for (let i = 0; i < groups * kTyped; ++i) {
    if (i % kTyped === kSymbols) continue;
    buffer = (buffer << 5) | (text.symbols[i] ?? 0);
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    secret[used++] = buffer >> bits;
    buffer &= (1 << bits) - 1;
  }
  return secret;
}

// access-key-mistyped with the group's number as its detail.
export function parseGroups(typed: string, groups: number): Bytes {
  let mistyped = groups; // of a text that is too long to be looked at
  if (utf8(typed).length <= kMaxTypedBytes) {
    for (const [index, reading] of kReadings.entries()) {
      const text = readText(typed, reading);
      const bad = firstMistyped(text, groups);
      if (bad === 0) return secretOf(text, groups);
      if (index === 0) mistyped = bad;
    }
  }
  throw new Failure('access-key-mistyped', String(mistyped));
}
