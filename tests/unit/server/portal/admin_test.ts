// SPDX-License-Identifier: Apache-2.0
// The administrator's side of the browser: the administration's chain is followed to a checkpoint of its own kind, and a
// touch of the security key is for one thing and used once.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import test from 'node:test';

import {concat, fromHex, lp, toBase64Url, uint, utf8, type Bytes} from '../src/base/bytes';
import {loadSodium} from '../src/crypto/sodium';
import {Administration} from '../src/protocol/admin';
import {nextAdminHead, type AuditEvent} from '../src/protocol/audit';
import type {Officer} from '../src/protocol/officer';
import {Server, type Call} from '../src/protocol/server';
import type {Touched} from '../src/worker/admin_messages';
import {refuses} from './support';

await loadSodium();

const session = '00112233445566778899aabbccddeeff';
const officer = {session: () => ({keyid: `officer:${session}`, privateKey: new Uint8Array(64)})} as unknown as Officer;
const challenge = new Uint8Array(40).fill(7);
const signer = crypto.generateKeyPairSync('ed25519');
const assertion = {
  credential: new Uint8Array(16),
  clientData: new Uint8Array(8),
  authenticatorData: new Uint8Array(37),
  signature: new Uint8Array(64),
};

type Event = AuditEvent & {hash: string};

function chain(count: number): {events: Event[]; head: Bytes} {
  let head: Bytes = new Uint8Array(32);
  const events = Array.from({length: count}, (_, i) => {
    const event = {sequence: i + 1, time: 1800000000 + i, actor: i === 0 ? 'root' : 'weber', kind: 'policy-set', details: {name: 'Ä', n: i}};
    head = nextAdminHead(head, event);
    return {...event, hash: toBase64Url(head)};
  });
  return {events, head};
}

function auditOf(length: number, head: Bytes, label = 'cardea/v1/administration-checkpoint'): object {
  const signed = concat(lp(label), uint(length, 8), lp(head), uint(1800000000, 8));
  const signature = toBase64Url(new Uint8Array(crypto.sign(null, signed, signer.privateKey)));
  const key = toBase64Url(new Uint8Array(signer.publicKey.export({type: 'spki', format: 'der'})));
  return {length, head: toBase64Url(head), checkpoint: {time: 1800000000, signature, key}};
}

// A server that answers what `answer` says, and notes what it was asked.
function visit(answer: (call: Call) => unknown) {
  const calls: Call[] = [];
  const server = new Server({authority: 'cardea.test', fetch: () => Promise.reject(new Error('none')), random: (n) => new Uint8Array(n), now: () => 0, millis: () => 0});
  server.call = async (call) => {
    calls.push(call);
    return call.path === '/v1/sessions/challenge' ? {challenge: toBase64Url(challenge), expires_at: 1800000300} : answer(call);
  };
  return {administration: new Administration(officer, server), calls};
}

async function readChain(events: Event[], audit: object) {
  const {administration} = visit(({query}) => {
    const after = Number(/after=(\d+)/.exec(query ?? '')?.[1]);
    return {events: events.filter(({sequence}) => sequence > after).slice(0, 2), audit};
  });
  for (let start = true; ; start = false) {
    const part = await administration.chain(start);
    if (part.done) return part;
  }
}

test('the administration’s chain is followed to its signed end', async () => {
  const {events, head} = chain(5);
  const part = await readChain(events, auditOf(5, head));
  assert.deepEqual(part.findings, []);
  assert.match(part.fingerprint, /^[0-9a-f]{4}( [0-9a-f]{4}){7}$/);
  const line = JSON.parse(part.events.at(-1)?.line ?? '');
  assert.deepEqual(Object.keys(line), ['chain', 'sequence', 'time', 'actor', 'kind', 'details', 'hash']);
  assert.equal(line.hash, Buffer.from(head).toString('hex'));
});

test('another actor, an event left out, and a user’s checkpoint are found', async () => {
  const {events, head} = chain(5);
  const renamed = events.map((event) => (event.sequence === 3 ? {...event, actor: 'root'} : event));
  assert.deepEqual((await readChain(renamed, auditOf(5, head))).findings, [{what: 'changed', first: 3, last: 3}]);
  const without = events.filter(({sequence}) => sequence !== 3);
  assert.deepEqual((await readChain(without, auditOf(5, head))).findings, [{what: 'missing', first: 3, last: 3}]);
  const other = await readChain(events, auditOf(5, head, 'cardea/v1/checkpoint'));
  assert.deepEqual(other.findings, [{what: 'unsigned', first: 0, last: 0}]);
});

test('what is touched for is signed: this session, this change', async () => {
  const what: Touched = {do: 'policy-set', name: 'registration', value: 'closed', version: 4};
  const text = '{"do":"policy-set","name":"registration","value":"closed","version":4}';
  const id = fromHex(session) ?? new Uint8Array();
  const signed = concat(lp('cardea/v1/officer-touch'), lp('cardea.test'), lp(challenge), lp(id), lp(utf8(text)));
  const {administration} = visit(() => ({}));
  assert.deepEqual(Buffer.from(await administration.challenge(what)), crypto.createHash('sha256').update(signed).digest());
});

test('a touch is used once, and for nothing else', async () => {
  const {administration, calls} = visit(() => ({version: 5, policies: []}));
  await administration.challenge({do: 'policy-set', name: 'registration', value: null, version: 4});
  await administration.setPolicy(assertion);
  const call = calls.at(-1);
  assert.equal(call?.ifMatch, 4);
  assert.equal(call?.method, 'PUT');
  assert.deepEqual(Object.keys(call?.body ?? {}), ['touch'], 'the default has no value');
  await assert.rejects(administration.setPolicy(assertion), refuses('internal'));
  await administration.challenge({do: 'history-read', account: 'anna'});
  await assert.rejects(administration.setPolicy(assertion), refuses('internal'));
});

test('a name is text, whatever it is; another state than the known ones is none', async () => {
  const computer = {
    ...{computer_id: '11'.repeat(32), user_id: '22'.repeat(16), account: 'anna', serial: '', fit: 'ok', gate: 'on'},
    ...{program: '1.2.3', last_seen: 0, retired: false, attention: ['silent', '<b>'], name: '<img src=x onerror=alert(1)>'},
  };
  const {administration} = visit(() => ({computers: [computer], more: false}));
  const {computers} = await administration.computers('all', 'a&filter=retired', true);
  assert.deepEqual(computers[0]?.attention, ['silent']);
  assert.equal(computers[0]?.name, computer.name);
  const odd = visit(() => ({computers: [{...computer, gate: 'ajar'}], more: false}));
  await assert.rejects(odd.administration.computers('all', '', true), refuses('server-misbehaved'));
});
