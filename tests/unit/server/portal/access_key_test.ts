// SPDX-License-Identifier: Apache-2.0
// Chains and the typed form against tests/vectors/access-key.json, which the C++ code answers, too.
import assert from 'node:assert/strict';
import test from 'node:test';

import {concat, toHex} from '../src/base/bytes';
import {loadSodium, sha256} from '../src/crypto/sodium';
import {chain, chainKeys, checkValue, loginSeed, makeChainSeed} from '../src/protocol/access_key_chain';
import {formatGroups, kAccessKeyGroups, kSheetGroups, parseGroups} from '../src/protocol/grouped_code';
import {isFailure} from '../src/base/failure';
import {hex, refuses, vectors} from './support';

interface File {
  chains: {
    computer: string;
    user: string;
    generation: number;
    client_random: string;
    server_random: string;
    seed: string;
    login_seed: string;
    keys: {index: number; key: string; check: string; typed: string}[];
    all_keys_sha256: string;
  }[];
  forms: {secret: string; typed: string; readings: Record<string, string>}[];
  sheets: {secret: string; typed: string}[];
}

const file = vectors<File>('access-key.json');
await loadSodium();

test('chains are those of the specification', async () => {
  assert.ok(file.chains.length >= 3);
  for (const one of file.chains) {
    const whose = {computer: hex(one.computer), user: hex(one.user), generation: one.generation};
    const seed = await makeChainSeed(hex(one.client_random), hex(one.server_random));
    assert.equal(toHex(seed), one.seed);
    for (const expected of one.keys) {
      const {key, root} = await chainKeys(seed, whose, expected.index);
      assert.equal(toHex(key), expected.key, `key ${expected.index}`);
      assert.equal(toHex(checkValue(key, whose)), expected.check);
      assert.equal(formatGroups(key), expected.typed);
      assert.equal(toHex(root), one.keys[0]?.key);
      assert.equal(toHex(await loginSeed(root)), one.login_seed);
    }
  }
});

test('every key of a chain is there', async () => {
  for (const {computer, user, generation, seed, all_keys_sha256: all} of file.chains) {
    const whose = {computer: hex(computer), user: hex(user), generation};
    const keys = await chain(hex(seed), whose);
    assert.equal(keys.length, 1001);
    assert.equal(toHex(sha256(concat(...keys))), all);
    for (const index of [-1, 1001, 0.5, Number.NaN]) {
      await assert.rejects(chainKeys(hex(seed), whose, index), refuses('access-key-exhausted'));
    }
  }
});

test('every typed form and every reading of it gives the key', () => {
  for (const form of file.forms) {
    assert.equal(formatGroups(hex(form.secret)), form.typed);
    assert.equal(toHex(parseGroups(form.typed, kAccessKeyGroups)), form.secret);
    for (const [name, typed] of Object.entries(form.readings)) {
      assert.equal(toHex(parseGroups(typed, kAccessKeyGroups)), form.secret, `${name}: ${typed}`);
    }
  }
  for (const sheet of file.sheets) {
    assert.equal(formatGroups(hex(sheet.secret)), sheet.typed);
    assert.equal(toHex(parseGroups(sheet.typed, kSheetGroups)), sheet.secret);
  }
});

function mistypedGroup(typed: string): number {
  try {
    parseGroups(typed, kAccessKeyGroups);
  } catch (error) {
    assert.ok(isFailure(error, 'access-key-mistyped'));
    return Number(error.detail);
  }
  return 0;
}

test('each wrong symbol is noticed, and its group named', () => {
  const good = file.forms[3]?.typed ?? '';
  const symbols = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  let other = 0;
  for (let at = 0; at < good.length; ++at) {
    if (good[at] === '-') continue;
    for (const symbol of symbols) {
      if (symbol === good[at]) continue;
      const bad = good.slice(0, at) + symbol + good.slice(at + 1);
      const group = mistypedGroup(bad);
      // In another keyboard's reading it may be a key, a wrong one (docs/spec/access-key.md, "Reading").
      if (group === 0) ++other;
      else assert.equal(group, Math.floor(at / 6) + 1, bad);
    }
  }
  assert.ok(other < 10, String(other));
});

test('texts of another length name the group that is', () => {
  const good = file.forms[3]?.typed ?? '';
  assert.equal(mistypedGroup(good.slice(0, -1)), 6);
  assert.equal(mistypedGroup(good.replace('-', '-Z')), 2);
  assert.equal(mistypedGroup(''), 1);
  assert.equal(mistypedGroup(`${good}-00000`), 6);
  assert.equal(mistypedGroup('ü'.repeat(200)), 6);
  assert.equal(mistypedGroup(`${good.slice(0, -1)}\0`), 6);
});
