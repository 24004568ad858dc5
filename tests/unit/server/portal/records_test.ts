// SPDX-License-Identifier: Apache-2.0
// Sealed records and pairings: the vectors that the C++ code answers to, what is sealed here opened again, and a server that
// mixes things up.
import assert from 'node:assert/strict';
import {before, test} from 'node:test';

import {fromUtf8, toBase64Url, toHex, utf8, type Bytes} from '../src/base/bytes';
import {openHpke, sealAead, objectContext} from '../src/crypto/envelope';
import {loadSodium, systemRandom} from '../src/crypto/sodium';
import {formatGroups} from '../src/protocol/grouped_code';
import {answerContext, makeCode, readPairingAnswer} from '../src/protocol/pairing';
import {Records} from '../src/protocol/records';
import {keysFrom, openRecord, readBody, recordsKey, sealRecord, writeBody} from '../src/protocol/sealed_record';
import {hex, refuses, scripted, vectors} from './support';

interface Pairing {
  authority: string;
  seal_private: string;
  session_spki: string;
  seal_key: string;
  blind: string;
  code: string;
  cover: string;
  user_id: string;
  session_id: string;
  expires_at: number;
  account: string;
  card_label: string;
  records_keys: {epoch: number; key: string}[];
  on_card: {record_id: string; version: number; epoch: number}[];
  answer: string;
  answer_without_records: string;
}
interface Vectors {
  user_id: string;
  root_key: string;
  records_keys: {epoch: number; key: string}[];
  records: {record_id: string; version: number; epoch: number; body: string; envelope: string}[];
  pairing: Pairing;
}

const given = vectors<Vectors>('records.json');
const user = hex(given.user_id);
const keys = new Map(given.records_keys.map(({epoch, key}) => [epoch, hex(key)]));
const records = given.records.map(({record_id: id, version, epoch, body, envelope}) => {
  return {id: hex(id), version, epoch, body, envelope: hex(envelope)};
});
const one = records[0];
assert.ok(one);

before(loadSodium);

test('records keys are those of the vectors', async () => {
  for (const [epoch, key] of keys) assert.equal(toHex(await recordsKey(hex(given.root_key), user, epoch)), toHex(key));
});

test('sealed records open', async () => {
  assert.equal(records.length, 4);
  for (const record of records) assert.equal(fromUtf8(await openRecord(keys, user, record)), record.body);
});

test('a record under another name, version, epoch or user, or with a changed byte, does not open', async () => {
  const refused = refuses('decrypt-failed');
  await assert.rejects(openRecord(keys, user, {...one, id: hex('00'.repeat(16))}), refused);
  await assert.rejects(openRecord(keys, user, {...one, version: 2}), refused);
  await assert.rejects(openRecord(keys, user, {...one, epoch: 3}), refused);
  await assert.rejects(openRecord(keys, user, {...one, epoch: 9}), refuses('holder-missing'));
  await assert.rejects(openRecord(keys, hex('00'.repeat(16)), one), refused);
  for (const at of [0, 1, 5, 60, 95, 100, one.envelope.length - 1]) {
    const envelope = one.envelope.slice();
    envelope[at] = (envelope[at] ?? 0) ^ 1;
    await assert.rejects(openRecord(keys, user, {...one, envelope}), at < 2 ? refused : (error: Error) => error.name === 'Failure');
  }
  for (const size of [0, 1, 95, 96, 97, 200]) {
    await assert.rejects(openRecord(keys, user, {...one, envelope: one.envelope.slice(0, size)}));
  }
});

test('what is sealed here is what the vectors have', async () => {
  for (const name of ['b', 'd']) {
    const record = records[name === 'b' ? 1 : 3];
    assert.ok(record);
    const sealed = await sealRecord(keys, user, record, utf8(record.body), systemRandom);
    assert.equal(sealed.epoch, 3);
    assert.equal(sealed.envelope.length, record.envelope.length);
    assert.equal(fromUtf8(await openRecord(keys, user, sealed)), record.body);
    // The length of a secret can't be seen: the sizes go by steps.
    assert.equal((sealed.envelope.length - 96 - 62) % 256, 0);
  }
  await assert.rejects(sealRecord(keys, user, one, new Uint8Array(24 * 1024 + 1), systemRandom), refuses('record-too-large'));
});

test('other padding is refused', async () => {
  const key = keys.get(2) as Bytes;
  const recordKey = systemRandom(32);
  const wrapped = await sealAead(key, 'cardea/v1/records', objectContext(user, 'record-key', one.id, 1, 2), recordKey, systemRandom);
  const withPadding = async (padded: Bytes) => {
    const sealed = await sealAead(recordKey, 'cardea/v1/record-body', objectContext(user, 'record', one.id, 1, 0), padded, systemRandom);
    const envelope = new Uint8Array([0, 94, ...wrapped, ...sealed]);
    return openRecord(keys, user, {...one, envelope});
  };
  const padded = new Uint8Array(256);
  padded[3] = 5;
  assert.equal((await withPadding(padded)).length, 5);
  padded[255] = 1;
  await assert.rejects(withPadding(padded), refuses('decrypt-failed'));
  const long = new Uint8Array(512);
  long[3] = 5;
  await assert.rejects(withPadding(long), refuses('decrypt-failed'));
  await assert.rejects(withPadding(new Uint8Array(256).fill(255)), refuses('decrypt-failed'));
});

test('epoch seals lead from the newest root key to the older ones', async () => {
  const roots = [1, 2, 3].map(() => systemRandom(32));
  const expected = await Promise.all(roots.map((root, i) => recordsKey(root, user, i + 1)));
  const seal = async (epoch: number) => ({
    epoch,
    envelope: await sealAead(
      roots[epoch] as Bytes,
      'cardea/v1/epoch-seal',
      objectContext(user, 'epoch', new Uint8Array(0), 1, epoch),
      roots[epoch - 1] as Bytes,
      systemRandom,
    ),
  });
  const seals = [await seal(1), await seal(2)];
  const root = (roots[2] as Bytes).slice();
  const found = await keysFrom(root, 3, user, seals);
  assert.deepEqual([...found.keys()], [3, 2, 1]);
  expected.forEach((key, i) => assert.equal(toHex(found.get(i + 1) as Bytes), toHex(key)));
  assert.ok(root.every((byte) => byte === 0));
});

test('bodies that are no object are text', () => {
  assert.deepEqual(readBody(utf8('{"a":1}')), {members: {a: 1}});
  assert.deepEqual(readBody(utf8('just words')), {text: 'just words'});
  assert.deepEqual(readBody(utf8('[1]')), {text: '[1]'});
  assert.deepEqual(readBody(Uint8Array.of(0xff)), {text: ''});
  const members = {title: 'x', later: {deep: [1, 'é']}};
  assert.deepEqual(readBody(writeBody(members)), {members});
});

const {pairing} = given;
const pairingKeys = {sessionSpki: hex(pairing.session_spki), sealKey: hex(pairing.seal_key)};

async function sealPair(): Promise<{key: CryptoKeyPair}> {
  const [x, y, d] = [hex(pairing.seal_key).slice(1, 33), hex(pairing.seal_key).slice(33), hex(pairing.seal_private)];
  const jwk = {kty: 'EC', crv: 'P-256', x: toBase64Url(x), y: toBase64Url(y)};
  const curve = {name: 'ECDH', namedCurve: 'P-256'};
  const publicKey = await crypto.subtle.importKey('jwk', jwk, curve, true, []);
  const privateKey = await crypto.subtle.importKey('jwk', {...jwk, d: toBase64Url(d)}, curve, false, ['deriveBits']);
  return {key: {publicKey, privateKey}};
}

async function opened(answer: string, code = pairing.code): Promise<Bytes> {
  const context = answerContext(pairing.authority, pairingKeys, hex(code), hex(pairing.blind));
  return openHpke(await sealPair(), 'cardea/v1/pairing-answer', context, hex(answer));
}

test('the code is that of the vectors', async () => {
  const id = hex(pairing.code).slice(0, 5);
  const random = scripted(id, hex(pairing.blind), hex(pairing.cover).slice(34, 46));
  const made = await makeCode(pairing.authority, pairingKeys, random);
  assert.equal(toHex(made.code), pairing.code);
  assert.equal(toHex(made.cover), pairing.cover);
  assert.equal(random.rest(), 0);
  assert.match(formatGroups(made.code), /^([0-9A-Z]{5}-){5}[0-9A-Z]{5}$/);
});

test('an answer opens with the code that it was made for', async () => {
  const answer = readPairingAnswer(await opened(pairing.answer));
  assert.equal(toHex(answer.user), pairing.user_id);
  assert.equal(toHex(answer.session), pairing.session_id);
  assert.equal(answer.expiresAt, pairing.expires_at);
  assert.equal(answer.account, pairing.account);
  assert.equal(answer.cardLabel, pairing.card_label);
  assert.deepEqual([...(answer.keys ?? [])].map(([epoch, key]) => ({epoch, key: toHex(key)})), pairing.records_keys);
  assert.deepEqual(
    answer.onCard.map(({id, version, epoch}) => ({record_id: toHex(id), version, epoch})),
    pairing.on_card,
  );
  assert.equal(readPairingAnswer(await opened(pairing.answer_without_records)).keys, null);
  // A server that makes one up does not know the code.
  const other = hex(pairing.code);
  other[14] = (other[14] ?? 0) ^ 1;
  await assert.rejects(opened(pairing.answer, toHex(other)), refuses('decrypt-failed'));
});

test('an answer that is changed in any byte is refused or makes sense', async () => {
  const plain = await opened(pairing.answer);
  for (let size = 0; size < plain.length; ++size) assert.throws(() => readPairingAnswer(plain.slice(0, size)));
  assert.throws(() => readPairingAnswer(new Uint8Array([...plain, 0])), refuses('server-misbehaved'));
  let state = 1;
  for (let round = 0; round < 3000; ++round) {
    const changed = plain.slice();
    for (let i = 0; i < 3; ++i) {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      changed[state % changed.length] = (state >>> 16) & 255;
    }
    try {
      const answer = readPairingAnswer(changed);
      assert.ok(answer.onCard.length <= 31 && /^[A-Za-z0-9_.@-]{1,64}$/.test(answer.account));
    } catch (error) {
      assert.equal((error as Error).name, 'Failure');
    }
  }
});

// A server that answers for the wrong record, or lists without end.
function server(answers: Record<string, unknown>) {
  const asked: string[] = [];
  const call = async ({method, path, query = ''}: {method: string; path: string; query?: string}) => {
    const target = `${method} ${path}${query}`;
    asked.push(target);
    assert.ok(target in answers, target);
    return answers[target];
  };
  return {asked, session: {user, audit: {length: 0, head: new Uint8Array(32), key: new Uint8Array(44)}, call}};
}

const usage = {records: 1, max_records: 4096, trashed: 1, max_trashed: 512, trash_days: 30, bytes: 414};
const entry = (record: (typeof records)[number], deleted = false) => ({
  ...{record_id: toHex(record.id), version: record.version, epoch: record.epoch, size: record.envelope.length},
  ...{deleted, changed: 1_795_000_000},
});
const content = (record: (typeof records)[number], version = record.version) => ({
  ...{record_id: toHex(record.id), version, epoch: record.epoch, envelope: toBase64Url(record.envelope)},
});

test('a list shows what is known, and what does not open is listed too', async () => {
  const [a, b] = [one, records[1] as typeof one];
  const {session} = server({
    'GET /v1/records': {records: [entry(a), entry(b), entry(records[2] as typeof one, true)], cursor: '3', more: false},
    'GET /v1/account/usage': usage,
    [`GET /v1/records/${toHex(a.id)}`]: content(a),
    [`GET /v1/records/${toHex(b.id)}`]: content(a), // another record's content
  });
  const onCard = [{id: a.id, version: 1, epoch: 2}, {id: hex('ff'.repeat(16)), version: 1, epoch: 2}];
  const part = await new Records(session, systemRandom, () => 0, keys, onCard).next(true);
  assert.equal(part.done, true);
  assert.equal(part.cardOnly, 1);
  assert.deepEqual(
    part.records.map(({title, readable, place}) => ({title, readable, place})),
    [
      {title: 'Mail', readable: true, place: 'both'},
      {title: '', readable: false, place: 'server'},
    ],
  );
  assert.ok(!JSON.stringify(part).includes('s3cret'));
});

test('the trash is opened in the version that was deleted', async () => {
  const id = toHex(one.id);
  const {session} = server({
    'GET /v1/records?trash=1': {records: [{...entry(one, true), version: 2}], cursor: '0', more: false},
    [`GET /v1/records/${id}?trash=1`]: content(one, 2),
    [`POST /v1/records/${id}/restore`]: {record_id: id, version: 1, epoch: 2},
  });
  const store = new Records(session, systemRandom, () => 0, keys, null);
  const [listed] = await store.trash();
  assert.equal(listed?.title, 'Mail');
  await store.restore(id, listed?.version ?? 0);
});

test('a change keeps what it does not know, under the next version', async () => {
  const record = records[1] as typeof one;
  const id = toHex(record.id);
  const answers: Record<string, unknown> = {[`GET /v1/records/${id}`]: content(record)};
  const {session} = server(answers);
  const put: {body?: unknown; ifMatch?: number} = {};
  const call: typeof session.call = async (asked) => {
    if (asked.method !== 'PUT') return session.call(asked);
    Object.assign(put, asked);
    return {record_id: id, version: 3, epoch: 3};
  };
  const store = new Records({...session, call}, systemRandom, () => 77, keys, null);
  await assert.rejects(store.change(id, 1, {}), refuses('precondition-failed'));
  await store.change(id, 2, {title: 'Office', secret: 'new'});
  assert.equal(put.ifMatch, 2);
  const {epoch, envelope} = put.body as {epoch: number; envelope: string};
  assert.equal(epoch, 3);
  const sealed = {id: record.id, version: 3, epoch, envelope: Uint8Array.from(Buffer.from(envelope, 'base64url'))};
  const members = {title: 'Office', set: 'Paris', colour: {x: [1, 2]}, secret: 'new', updated: 77};
  assert.deepEqual(JSON.parse(fromUtf8(await openRecord(keys, user, sealed))), members);
});

test('a list without an end is not followed', async () => {
  const {session} = server({'GET /v1/records': {records: [], cursor: '', more: true}});
  const store = new Records(session, systemRandom, () => 0, keys, null);
  await assert.rejects(store.next(true), refuses('server-misbehaved'));
});
