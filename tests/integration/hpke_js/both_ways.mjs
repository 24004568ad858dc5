// SPDX-License-Identifier: Apache-2.0
// What core/crypto/hpke.h seals, @hpke/core opens, and the other way round: the suite of docs/spec/envelopes.md
// (“Suite 2: HPKE”), with the labels and contexts of the seals that a browser meets. Anything changed on the way
// is refused by both. The C++ side is the program named by HPKE_PEER.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { webcrypto } from 'node:crypto';
import { createInterface } from 'node:readline';
import test, { after } from 'node:test';
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core';

const LABELS = { 'access-key-seal': 'cardea/v1/access-key-seal', 'holder-card': 'cardea/v1/holder-card' };
const HEADER = Buffer.from([1, 2]); // format version, suite
const POINT = 65;

const suite = new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
const peer = spawn(process.env.HPKE_PEER, { stdio: ['pipe', 'pipe', 'inherit'] });
const answers = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();
const gone = new Promise((resolve) => { peer.on('close', resolve); });
after(async () => {
  peer.stdin.end();
  assert.equal(await gone, 0, 'the C++ side ended with an error');
});

const hex = (bytes) => Buffer.from(bytes).toString('hex') || '-';
const bytes = (text) => (text === '-' ? Buffer.alloc(0) : Buffer.from(text, 'hex'));

async function ask(...words) {
  peer.stdin.write(`${words.join(' ')}\n`);
  const { value, done } = await answers.next();
  assert(!done, 'the C++ side has ended');
  const [verdict, ...rest] = value.split(' ');
  return { ok: verdict === 'ok', fields: rest };
}

// lp(user_id) ‖ lp(object type) ‖ lp(object id) ‖ u32 version ‖ u32 epoch
function contextOf(user, type, id, version, epoch) {
  const numbers = Buffer.alloc(8);
  numbers.writeUInt32BE(version, 0);
  numbers.writeUInt32BE(epoch, 4);
  const lp = (text) => Buffer.concat([Buffer.from([Buffer.byteLength(text) >> 8, Buffer.byteLength(text) & 255]), Buffer.from(text)]);
  return Buffer.concat([lp(user), lp(type), lp(id), numbers]);
}

async function newKey() {
  const pair = await suite.kem.generateKeyPair();
  const scalar = Buffer.from((await webcrypto.subtle.exportKey('jwk', pair.privateKey)).d, 'base64url');
  return { pair, scalar, point: Buffer.from(await suite.kem.serializePublicKey(pair.publicKey)) };
}

const infoOf = (label, context) => Buffer.concat([Buffer.from(LABELS[label]), context]);

async function sealHere(point, label, context, plaintext, aad = context) {
  const recipientPublicKey = await suite.kem.deserializePublicKey(point);
  const sender = await suite.createSenderContext({ recipientPublicKey, info: infoOf(label, context) });
  const sealed = Buffer.from(await sender.seal(plaintext, aad));
  return Buffer.concat([HEADER, Buffer.from(sender.enc), sealed]);
}

async function openHere(key, label, context, envelope, aad = context) {
  assert.deepEqual(envelope.subarray(0, 2), HEADER);
  const enc = envelope.subarray(2, 2 + POINT);
  const recipient = await suite.createRecipientContext({ recipientKey: key.pair, enc, info: infoOf(label, context) });
  return Buffer.from(await recipient.open(envelope.subarray(2 + POINT), aad));
}

const flipped = (envelope, position) => {
  const copy = Buffer.from(envelope);
  copy[position] ^= 1;
  return copy;
};

const contexts = {
  'access-key-seal': contextOf('0b5c', 'access-key', 'computer-1', 7, 0),
  'holder-card': contextOf('0b5c', 'holder-card', 'card', 1, 3),
};
const plaintexts = [Buffer.alloc(0), Buffer.from('k'), webcrypto.getRandomValues(Buffer.alloc(32)), webcrypto.getRandomValues(Buffer.alloc(4096))];

for (const [label, context] of Object.entries(contexts)) {
  test(`${label}: sealed in C++, opened in JavaScript`, async () => {
    const key = await newKey();
    for (const plaintext of plaintexts) {
      const sealed = await ask('seal', label, hex(key.point), hex(context), hex(plaintext));
      assert(sealed.ok);
      const envelope = bytes(sealed.fields[0]);
      assert.equal(envelope.length, 2 + POINT + plaintext.length + 16);
      assert.deepEqual(await openHere(key, label, context, envelope), plaintext);
    }
  });

  test(`${label}: sealed in JavaScript, opened in C++`, async () => {
    const key = await newKey();
    for (const plaintext of plaintexts) {
      const envelope = await sealHere(key.point, label, context, plaintext);
      const opened = await ask('open', label, hex(key.scalar), hex(context), hex(envelope));
      assert(opened.ok);
      assert.deepEqual(bytes(opened.fields[0]), plaintext);
    }
  });
}

// Where a change is made: both coordinates of enc, the first byte of the ciphertext, the last of the tag.
const changes = (envelope) => [2 + 1, 2 + 64, 2 + POINT, envelope.length - 1];

test('JavaScript refuses what was changed after C++ sealed it', async () => {
  const [key, stranger] = [await newKey(), await newKey()];
  const context = contexts['access-key-seal'];
  const sealed = await ask('seal', 'access-key-seal', hex(key.point), hex(context), hex(Buffer.from('seed')));
  const envelope = bytes(sealed.fields[0]);
  assert.equal((await openHere(key, 'access-key-seal', context, envelope)).toString(), 'seed');
  for (const position of changes(envelope)) {
    await assert.rejects(openHere(key, 'access-key-seal', context, flipped(envelope, position)), `changed at ${position}`);
  }
  const moved = contextOf('0b5c', 'access-key', 'computer-2', 7, 0);
  await assert.rejects(openHere(key, 'access-key-seal', moved, envelope), 'another computer');
  await assert.rejects(openHere(key, 'access-key-seal', context, envelope, moved), 'another aad');
  await assert.rejects(openHere(key, 'holder-card', context, envelope), 'another label');
  await assert.rejects(openHere(stranger, 'access-key-seal', context, envelope), 'another key');
});

test('C++ refuses what was changed after JavaScript sealed it', async () => {
  const [key, stranger] = [await newKey(), await newKey()];
  const context = contexts['access-key-seal'];
  const moved = contextOf('0b5c', 'access-key', 'computer-2', 7, 0);
  const envelope = await sealHere(key.point, 'access-key-seal', context, Buffer.from('seed'));
  const refused = async (text, label, scalar, at, what) => {
    const outcome = await ask('open', label, hex(scalar), hex(at), hex(what));
    assert.deepEqual(outcome, { ok: false, fields: ['decrypt-failed'] }, text);
  };
  assert((await ask('open', 'access-key-seal', hex(key.scalar), hex(context), hex(envelope))).ok);
  for (const position of changes(envelope)) {
    await refused(`changed at ${position}`, 'access-key-seal', key.scalar, context, flipped(envelope, position));
  }
  await refused('cut short', 'access-key-seal', key.scalar, context, envelope.subarray(0, envelope.length - 1));
  await refused('another computer', 'access-key-seal', key.scalar, moved, envelope);
  await refused('another aad', 'access-key-seal', key.scalar, context, await sealHere(key.point, 'access-key-seal', context, Buffer.from('seed'), moved));
  await refused('another label', 'holder-card', key.scalar, context, envelope);
  await refused('another key', 'access-key-seal', stranger.scalar, context, envelope);
  const old = Buffer.from(envelope);
  old[1] = 1;
  assert.deepEqual((await ask('open', 'access-key-seal', hex(key.scalar), hex(context), hex(old))).fields, ['unknown-format']);
});

test('several messages of one context keep their order', async () => {
  const key = await newKey();
  const info = Buffer.from('info');
  const sender = await suite.createSenderContext({ recipientPublicKey: key.pair.publicKey, info });
  const messages = [];
  for (let i = 0; i < 3; ++i) {
    const aad = Buffer.from(`aad ${i}`);
    messages.push(hex(aad), hex(await sender.seal(Buffer.from(`message ${i}`), aad)));
  }
  const head = ['raw-open', hex(key.scalar), hex(info), hex(sender.enc)];
  const opened = await ask(...head, ...messages);
  assert.deepEqual(opened.fields.map((field) => bytes(field).toString()), ['message 0', 'message 1', 'message 2']);
  const swapped = [...messages.slice(2, 4), ...messages.slice(0, 2), ...messages.slice(4)];
  assert.equal((await ask(...head, ...swapped)).ok, false);
});
