// SPDX-License-Identifier: Apache-2.0
// An account that is prepared in the browser: what the server is sent, that it opens as the client opens it, and that nothing is
// sent before the sheet was typed back.
import assert from 'node:assert/strict';
import test from 'node:test';

import {fromBase64Url, fromUtf8, toBase64Url, type Bytes} from '../src/base/bytes';
import {importRecoveryKey, makeRecoveryKey, objectContext, openAead, sealAead} from '../src/crypto/envelope';
import {ed25519Spki} from '../src/crypto/signature';
import {loadSodium, sodium, systemRandom} from '../src/crypto/sodium';
import {Drafting, questionTellsAnswer} from '../src/protocol/drafting';
import {formatGroups, isGroupOf, kSheetGroups, parseGroups} from '../src/protocol/grouped_code';
import {Server} from '../src/protocol/server';
import {sheetKey} from '../src/protocol/sheet';
import {refuses} from './support';

await loadSodium();

const kUser = '000102030405060708090a0b0c0d0e0f';
const kEnds = 1_800_604_800;

type Sent = [string, Record<string, string>][];

// Evaluates with one key, as no honest server does; this one is not asked for more.
function fakeServer(sent: Sent): Server {
  const evaluate = (blinded = '') => {
    const element = sodium.crypto_scalarmult_ristretto255(new Uint8Array(32).fill(3), fromBase64Url(blinded) ?? new Uint8Array());
    const publicKey = sodium.crypto_scalarmult_ristretto255_base(new Uint8Array(32).fill(5));
    return toBase64Url(Uint8Array.from([...element, ...publicKey]));
  };
  return new Server({
    authority: 'server.test',
    random: systemRandom,
    now: () => 1_800_000_000,
    millis: () => 0,
    fetch: async (path, init) => {
      const body = JSON.parse(String(init.body)) as Record<string, string>;
      sent.push([path, body]);
      if (path === '/v1/drafts') return Response.json({expires_at: kEnds}, {status: 201});
      return Response.json({
        registration_id: 'token',
        user_id: kUser,
        opaque_a_response: evaluate(body['opaque_a_request']),
        opaque_b_response: evaluate(body['opaque_b_request']),
        expires_at: 1_800_003_600,
      });
    },
  });
}

test('nothing is kept before one group of the sheet was typed back', async () => {
  const sent: Sent = [];
  const drafting = new Drafting(fakeServer(sent));
  drafting.choose('anna', 'correct horse battery');
  await drafting.make('Where did you learn to swim?', 'Lake');
  const {typed, group} = drafting.sheet();
  assert.deepEqual(await drafting.keep('AAAAA'), {fits: false, expiresAt: 0});
  const another = typed.split('-')[group % kSheetGroups] ?? '';
  assert.deepEqual(await drafting.keep(another), {fits: false, expiresAt: 0});
  assert.deepEqual(sent.map(([path]) => path), ['/v1/registrations/start']);
  assert.deepEqual(await drafting.keep(typed.split('-')[group - 1] ?? ''), {fits: true, expiresAt: kEnds});
  assert.equal(sent.length, 2);
  const [, body] = sent[1] ?? ['', {}];
  const {publicKey} = await sheetKey(parseGroups(typed, kSheetGroups));
  assert.equal(body['sheet_check'], toBase64Url(ed25519Spki(publicKey)));
  assert.equal(fromBase64Url(body['opaque_a_record'] ?? '')?.length, 192);
  assert.equal(fromBase64Url(body['recovery_public'] ?? '')?.length, 65);
  const all = JSON.stringify(sent);
  for (const secret of ['correct horse', 'Lake', 'swim', typed, typed.slice(0, 5)]) assert.equal(all.includes(secret), false, secret);
  await assert.rejects(drafting.keep(''), refuses('session-expired')); // it is forgotten
});

test('a new recovery key is the pair that its scalar makes, and is sealed for its user', async () => {
  const {scalar, point} = await makeRecoveryKey();
  assert.deepEqual((await importRecoveryKey(scalar)).point, point);
  const key: Bytes = new Uint8Array(64).fill(9);
  const context = objectContext(new Uint8Array(16), 'question', new Uint8Array(0), 1, 0);
  const seal = await sealAead(key, 'cardea/v1/question', context, new TextEncoder().encode('Who?'), systemRandom);
  assert.equal(fromUtf8(await openAead(key, 'cardea/v1/question', context, seal)), 'Who?');
});

test('one group is known as people type it', () => {
  const code = Uint8Array.from({length: 20}, (_, i) => i * 11);
  const groups = formatGroups(code).split('-');
  groups.forEach((group, index) => {
    assert.ok(isGroupOf(code, index + 1, ` ${group.toLowerCase()} `));
    assert.ok(isGroupOf(code, index + 1, group.replaceAll('0', 'o').replaceAll('1', 'l')));
    assert.equal(isGroupOf(code, ((index + 1) % kSheetGroups) + 1, group), false);
  });
  for (const typed of ['', '-', formatGroups(code), 'x'.repeat(300)]) assert.equal(isGroupOf(code, 1, typed), false);
});

test('what can be no name, password, question or answer is refused before anybody is asked', async () => {
  const sent: Sent = [];
  const drafting = new Drafting(fakeServer(sent));
  for (const [account, password] of [['an na', 'x'], ['', 'x'], ['anna', ''], ['anna', 'x'.repeat(1025)]] as const) {
    assert.throws(() => drafting.choose(account, password), refuses('invalid-argument'));
  }
  drafting.choose('anna', 'correct horse battery');
  for (const [question, answer] of [['', 'x'], ['Who\u0007?', 'x'], ['Who?', '  '], ['x'.repeat(1025), 'x']] as const) {
    await assert.rejects(drafting.make(question, answer), refuses('invalid-argument'));
  }
  assert.throws(() => drafting.sheet(), refuses('session-expired'));
  assert.deepEqual(sent, []);
});

test('a question that tells its answer', () => {
  assert.ok(questionTellsAnswer('Is it lake  ZÜRICH?', 'Lake Zürich'));
  assert.equal(questionTellsAnswer('Where did you learn to swim?', 'Lake Zürich'), false);
});
