// SPDX-License-Identifier: Apache-2.0
// The browser follows the audit chain: of an honest server to the end, of another one nowhere.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import test from 'node:test';

import {concat, lp, toBase64Url, toHex, uint, type Bytes} from '../src/base/bytes';
import {loadSodium, sha256} from '../src/crypto/sodium';
import {canonical, follow, readAudit, type AuditEvent, type AuditState} from '../src/protocol/audit';
import {Fields} from '../src/protocol/fields';
import {refuses} from './support';

await loadSodium();

const user = new Uint8Array(16).fill(1);
const {privateKey, publicKey} = crypto.generateKeyPairSync('ed25519');
const stranger = crypto.generateKeyPairSync('ed25519');

const spkiOf = (key: crypto.KeyObject) => new Uint8Array(key.export({type: 'spki', format: 'der'}));

// The chain as docs/spec/audit.md has it, written a second time.
class Chain {
  readonly events: AuditEvent[] = [];
  readonly heads: Bytes[] = [new Uint8Array(32)];

  add(kind: string, details: Record<string, unknown> = {}): void {
    const sequence = this.events.length + 1;
    const time = 1800000000 + sequence;
    const names = Object.keys(details).sort();
    const inner = names.map((name) => `${JSON.stringify(name)}:${JSON.stringify(details[name])}`).join(',');
    const text = `{"details":{${inner}},"kind":"${kind}","sequence":${sequence},"time":${time},"user":"${toHex(user)}"}`;
    this.heads.push(sha256(Uint8Array.of(1), this.heads.at(-1) as Bytes, text));
    this.events.push({sequence, time, kind, details});
  }

  audit(length = this.events.length, key = {privateKey, publicKey}): object {
    const head = this.heads[length] as Bytes;
    const signed = concat(lp('cardea/v1/checkpoint'), uint(length, 8), lp(head), uint(1800000000, 8));
    const signature = toBase64Url(new Uint8Array(crypto.sign(null, signed, key.privateKey)));
    const checkpoint = {time: 1800000000, signature, key: toBase64Url(spkiOf(key.publicKey))};
    return {length, head: toBase64Url(head), checkpoint};
  }

  known(length: number): AuditState {
    return {length, head: this.heads[length] as Bytes, key: spkiOf(publicKey)};
  }

  pages(size = 200, audit = () => this.audit()) {
    return async (after: number) =>
      new Fields({events: this.events.slice(after, after + size), audit: audit()}, 'audit');
  }
}

function made(length: number): Chain {
  const chain = new Chain();
  for (let i = 1; i <= length; ++i) chain.add('session-opened', {level: 'password', from: '192.0.2.0/24', n: i});
  return chain;
}

const misbehaves = refuses('server-misbehaved');

test('an honest chain is followed over several pages', async () => {
  const chain = made(25);
  const followed = await follow(chain.known(3), user, chain.pages(10));
  assert.equal(followed.state.length, 25);
  assert.deepEqual(followed.state.head, chain.heads[25]);
  assert.equal(followed.events.length, 22);
  const nothingNew = await follow(chain.known(25), user, chain.pages());
  assert.equal(nothingNew.events.length, 0);
});

test('an event written after the checkpoint waits for the next look', async () => {
  const chain = made(5);
  const followed = await follow(chain.known(2), user, chain.pages(200, () => chain.audit(4)));
  assert.equal(followed.state.length, 4);
});

test('a chain that was cut, changed, reordered or signed by another is refused', async () => {
  const short = made(4);
  await assert.rejects(follow({...made(9).known(9)}, user, short.pages()), misbehaves);

  const other = new Chain();
  for (let i = 1; i <= 9; ++i) other.add('registered', {n: i});
  await assert.rejects(follow(made(9).known(5), user, other.pages()), misbehaves);

  const missing = made(9);
  missing.events.splice(6, 1);
  await assert.rejects(follow(missing.known(3), user, missing.pages(200, () => missing.audit(9))), misbehaves);

  const changed = made(9);
  (changed.events[7] as AuditEvent).details = {level: 'answer'};
  await assert.rejects(follow(changed.known(3), user, changed.pages()), misbehaves);

  const foreign = made(9);
  await assert.rejects(follow(foreign.known(3), user, foreign.pages(200, () => foreign.audit(9, stranger))), misbehaves);

  const hidden = made(9);
  const empty = async () => new Fields({events: [], audit: hidden.audit()}, 'audit');
  await assert.rejects(follow(hidden.known(3), user, empty), misbehaves);
});

test('a key that the known one has signed is taken, and the old one is not believed again', async () => {
  const chain = made(5);
  const [second, third] = [crypto.generateKeyPairSync('ed25519'), crypto.generateKeyPairSync('ed25519')];
  const handover = (number: number, key: crypto.KeyObject, by: crypto.KeyObject) => {
    const signed = concat(lp('cardea/v1/checkpoint-key'), uint(number, 8), lp(spkiOf(key)));
    return {number, key: toBase64Url(spkiOf(key)), signature: toBase64Url(new Uint8Array(crypto.sign(null, signed, by)))};
  };
  const toSecond = handover(2, second.publicKey, privateKey);
  const toThird = handover(3, third.publicKey, second.privateKey);
  const shown = (key: typeof second, ...handovers: object[]) => {
    const audit = chain.audit(5, key) as {checkpoint: object};
    return chain.pages(200, () => ({...audit, checkpoint: {...audit.checkpoint, handovers}}));
  };
  const followed = await follow(chain.known(3), user, shown(third, toSecond, toThird));
  assert.deepEqual(followed.state.key, spkiOf(third.publicKey));
  const again = await follow(followed.state, user, shown(third, toSecond, toThird));
  assert.equal(again.events.length, 0);

  const first = {privateKey, publicKey};
  await assert.rejects(follow(followed.state, user, shown(first)), misbehaves);
  await assert.rejects(follow(followed.state, user, shown(second, toSecond)), misbehaves);
  await assert.rejects(follow(followed.state, user, shown(second, toSecond, toThird)), misbehaves);
  await assert.rejects(follow(chain.known(3), user, shown(third, toThird)), misbehaves); // a gap
  await assert.rejects(follow(chain.known(3), user, shown(third, toSecond)), misbehaves);
  await assert.rejects(follow(chain.known(3), user, shown(third, toThird, toSecond)), misbehaves);
  const forged = handover(2, stranger.publicKey, stranger.privateKey);
  await assert.rejects(follow(chain.known(3), user, shown(stranger, forged)), misbehaves);
  const renumbered = {...toSecond, number: 3};
  await assert.rejects(follow(chain.known(3), user, shown(second, renumbered)), misbehaves);
});

test('a chain of another user does not fit', async () => {
  const chain = made(5);
  await assert.rejects(follow(chain.known(2), new Uint8Array(16), chain.pages()), misbehaves);
});

test('a server that never comes to an end is left', async () => {
  const chain = made(30);
  await assert.rejects(follow(chain.known(0), user, chain.pages(1)), misbehaves);
});

test('a checkpoint is signed by the key that comes with it', async () => {
  const chain = made(3);
  const audit = chain.audit() as {length: number};
  assert.equal((await readAudit(new Fields(audit, 'audit'))).length, 3);
  await assert.rejects(readAudit(new Fields({...audit, length: 2}, 'audit')), misbehaves);
  await assert.rejects(readAudit(new Fields({...audit, length: -1}, 'audit')), misbehaves);
  await assert.rejects(readAudit(new Fields({...audit, length: 2.5}, 'audit')), misbehaves);
});

test('canonical JSON has no blanks, sorted names and integers only', () => {
  assert.equal(canonical({b: [1, 'ü"\n', null, true], a: {d: 1, c: {}}}), '{"a":{"c":{},"d":1},"b":[1,"ü\\"\\n",null,true]}');
  assert.throws(() => canonical({a: 0.5}), misbehaves);
  assert.throws(() => canonical({a: undefined}), misbehaves);
  const deep = (depth: number): unknown => (depth === 0 ? 1 : [deep(depth - 1)]);
  assert.throws(() => canonical(deep(20)), misbehaves);
});
