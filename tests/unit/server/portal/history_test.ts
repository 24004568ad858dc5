// SPDX-License-Identifier: Apache-2.0
// What happened, as the browser checks it: an honest history fits; every way of changing one is found and placed.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import test from 'node:test';

import {concat, fromBase64Url, lp, toBase64Url, uint, type Bytes} from '../src/base/bytes';
import {loadSodium} from '../src/crypto/sodium';
import {nextHead, type AuditEvent, type AuditState} from '../src/protocol/audit';
import {Fields} from '../src/protocol/fields';
import {History, userChain, type Finding, type ShownEvent} from '../src/protocol/history';
import {fingerprint} from '../src/protocol/owner';
import {hex, refuses} from './support';

await loadSodium();

const user = new Uint8Array(16).fill(1);
const server = crypto.generateKeyPairSync('ed25519');
const stranger = crypto.generateKeyPairSync('ed25519');
const spkiOf = (key: crypto.KeyObject) => new Uint8Array(key.export({type: 'spki', format: 'der'}));

type Shown = AuditEvent & {hash: string};
interface Lie {
  events?: (events: Shown[]) => Shown[];
  length?: number;
  head?: Bytes;
  key?: crypto.KeyPairKeyObjectResult;
  signature?: string;
}

function chainOf(count: number): {events: Shown[]; heads: Bytes[]} {
  const heads: Bytes[] = [new Uint8Array(32)];
  const events = Array.from({length: count}, (_, i) => {
    const event = {sequence: i + 1, time: 1800000000 + i, kind: 'card-state', details: {n: i, from: '192.0.2.0/24'}};
    heads.push(nextHead(heads[i] as Bytes, user, event));
    return {...event, hash: toBase64Url(heads[i + 1] as Bytes)};
  });
  return {events, heads};
}

const {events: kEvents, heads: kHeads} = chainOf(9);

function auditOf({length = 9, head = kHeads[length] as Bytes, key = server, signature}: Lie): object {
  const signed = concat(lp('cardea/v1/checkpoint'), uint(length, 8), lp(head), uint(1800000000, 8));
  const made = toBase64Url(new Uint8Array(crypto.sign(null, signed, key.privateKey)));
  const checkpoint = {time: 1800000000, signature: signature ?? made, key: toBase64Url(spkiOf(key.publicKey))};
  return {length, head: toBase64Url(head), checkpoint};
}

async function read(lie: Lie = {}, known: Partial<AuditState> = {}, page = 4) {
  const shown = lie.events?.(structuredClone(kEvents)) ?? kEvents;
  const pages = async (after: number) => {
    const events = shown.filter(({sequence}) => sequence > after).slice(0, page);
    return new Fields({events, audit: auditOf(lie)}, 'audit');
  };
  const state = {length: 5, head: kHeads[5] as Bytes, key: spkiOf(server.publicKey), ...known};
  const history = new History(userChain(user), state, pages);
  const events: ShownEvent[] = [];
  for (;;) {
    const part = await history.next();
    events.push(...part.events);
    if (part.done) return {events, findings: part.findings, end: part.end};
  }
}

const found = (what: Finding['what'], first = 0, last = first): Finding[] => [{what, first, last}];

test('an honest history fits from the first event to the last', async () => {
  const {events, findings} = await read();
  assert.deepEqual(findings, []);
  assert.deepEqual(events.map(({sequence}) => sequence), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.ok(events.every(({fits}) => fits));
});

test('an event whose words were changed is named, and only this one', async () => {
  const {events, findings} = await read({
    events: (all) => all.map((event) => (event.sequence === 3 ? {...event, kind: 'session-opened'} : event)),
  });
  assert.deepEqual(findings, found('changed', 3));
  assert.deepEqual(events.filter(({fits}) => !fits).map(({sequence}) => sequence), [3]);
});

test('a chain that was made anew behind a changed event does not lead to the head that is signed, nor through the known one', async () => {
  const rewritten = (all: Shown[]) => {
    let head: Bytes = new Uint8Array(32);
    return all.map((event) => {
      const changed = event.sequence === 3 ? {...event, kind: 'session-opened'} : event;
      head = nextHead(head, user, changed);
      return {...changed, hash: toBase64Url(head)};
    });
  };
  const {findings} = await read({events: rewritten});
  assert.deepEqual(findings, [...found('changed', 5), ...found('other-end')]);
});

test('what was taken out of the middle, or from the end, is missing', async () => {
  const without = (...gone: number[]) => ({events: (all: Shown[]) => all.filter(({sequence}) => !gone.includes(sequence))});
  const {events, findings} = await read(without(7));
  assert.deepEqual(findings, found('missing', 7));
  assert.ok(events.every(({fits}) => fits), 'the event behind the gap is not called changed');
  assert.deepEqual((await read(without(2, 3))).findings, found('missing', 2, 3));
  assert.deepEqual((await read(without(8, 9))).findings, found('missing', 8, 9));
});

test('a history that is shorter than what this visit knew is missing its end', async () => {
  const {findings} = await read({length: 3}, {});
  assert.deepEqual(findings, found('missing', 4, 5));
});

test('a forged checkpoint', async () => {
  assert.deepEqual((await read({signature: toBase64Url(new Uint8Array(64))})).findings, found('unsigned'));
  assert.deepEqual((await read({key: stranger})).findings, found('other-key'));
  assert.deepEqual((await read({head: new Uint8Array(32).fill(3)})).findings, found('other-end'));
});

test('events out of order, or again, are refused', async () => {
  const again = (all: Shown[]) => [...all.slice(0, 2), all[1] as Shown, ...all.slice(2)];
  await assert.rejects(read({events: again}), refuses('server-misbehaved'));
});

test('the lines of the file can be followed by another program', async () => {
  const {events, end} = await read();
  let head: Buffer = Buffer.alloc(32);
  for (const {line} of events) {
    const {event, hash} = /^{"event":(?<event>.*),"hash":"(?<hash>[0-9a-f]{64})"}$/.exec(line)?.groups ?? {};
    head = crypto.createHash('sha256').update(Buffer.concat([Buffer.of(1), head, Buffer.from(String(event))])).digest();
    assert.equal(head.toString('hex'), hash);
  }
  const {length, head: shown, checkpoint} = JSON.parse(end) as {length: number; head: string; checkpoint: {key: string}};
  assert.deepEqual([length, shown], [9, head.toString('hex')]);
  assert.deepEqual(fromBase64Url(checkpoint.key), spkiOf(server.publicKey));
});

test('the fingerprint of a key is what cardea status shows', () => {
  const key = hex('302a300506032b6570032100e3ab71bc5b0607014c552b543daa3886b8ac565b53d982dcc754a5b285cc62db');
  assert.equal(fingerprint(key), '1aed f7d8 3fbb dd9a 5c3b eecd f3b1 7072');
});
