// SPDX-License-Identifier: Apache-2.0
// Envelopes, HPKE, signatures, request signatures and answers against the vectors of other implementations.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import test from 'node:test';

import {concat, fromBase64Url, lp, toBase64Url, toHex, uint, utf8} from '../src/base/bytes';
import {importRecoveryKey, objectContext, openAead, openHpke} from '../src/crypto/envelope';
import {deriveKey} from '../src/crypto/hash';
import {loadSodium, systemRandom} from '../src/crypto/sodium';
import {verifySignature} from '../src/crypto/signature';
import {normaliseAnswer, passwordAndAnswerInput, passwordInput} from '../src/protocol/password_input';
import {requestKey, signatureBase, signRequest} from '../src/protocol/request_signature';
import {hex, refuses, vectors} from './support';

interface Envelopes {
  context: {user_id: string; object_type: string; object_id: string; version: number; epoch: number; encoded: string};
  derive_key: {label: string; secret: string; context: string; key: string}[];
  aead: {secret: string; plaintext: string; envelope: string}[];
  hpke: {recipient: string; plaintext: string; envelope: string}[];
  signatures: {kind: string; spki: string; message: string; signature: string}[];
  refused_keys: {name: string; spki: string}[];
}

const file = vectors<Envelopes>('envelopes.json');
const label = 'cardea/v1/test-a';
const {context: named} = file;
const context = objectContext(
  utf8(named.user_id),
  named.object_type,
  utf8(named.object_id),
  named.version,
  named.epoch,
);
await loadSodium();

test('contexts and derived keys', async () => {
  assert.equal(toHex(context), named.encoded);
  for (const {label: purpose, secret, context: bytes, key} of file.derive_key) {
    assert.equal(toHex(await deriveKey(hex(secret), purpose, hex(bytes))), key);
  }
});

test('AEAD envelopes open, and with anything changed they do not', async () => {
  for (const {secret, plaintext, envelope} of file.aead) {
    assert.equal(toHex(await openAead(hex(secret), label, context, hex(envelope))), plaintext);
    const other = objectContext(utf8(named.user_id), named.object_type, utf8(named.object_id), named.version, 3);
    await assert.rejects(openAead(hex(secret), label, other, hex(envelope)), refuses('decrypt-failed'));
    await assert.rejects(openAead(hex(secret), 'cardea/v1/test-b', context, hex(envelope)), refuses('decrypt-failed'));
  }
  const [one] = file.aead;
  assert.ok(one);
  const good = hex(one.envelope);
  for (let at = 0; at < good.length; ++at) {
    const bad = good.slice();
    bad[at] = (bad[at] ?? 0) ^ 1;
    await assert.rejects(openAead(hex(one.secret), label, context, bad), refuses(at < 2 ? 'unknown-format' : 'decrypt-failed'));
  }
  await assert.rejects(openAead(hex(one.secret), label, context, good.slice(0, 61)), refuses('decrypt-failed'));
});

test('HPKE envelopes open with the right key only', async () => {
  for (const {recipient, plaintext, envelope} of file.hpke) {
    const key = await importRecoveryKey(hex(recipient));
    const peer = crypto.createECDH('prime256v1');
    peer.setPrivateKey(Buffer.from(recipient, 'hex'));
    assert.equal(toHex(key.point), peer.getPublicKey('hex'));
    assert.equal(toHex(await openHpke(key, label, context, hex(envelope))), plaintext);
    const another = await importRecoveryKey(hex('11'.repeat(32)));
    await assert.rejects(openHpke(another, label, context, hex(envelope)), refuses('decrypt-failed'));
    await assert.rejects(openHpke(key, 'cardea/v1/test-b', context, hex(envelope)), refuses('decrypt-failed'));
    const bad = hex(envelope);
    bad[bad.length - 1] = (bad.at(-1) ?? 0) ^ 1;
    await assert.rejects(openHpke(key, label, context, bad), refuses('decrypt-failed'));
    await assert.rejects(openHpke(key, label, context, hex(file.aead[0]?.envelope).fill(1, 0, 2)), refuses('decrypt-failed'));
  }
  for (const scalar of ['00'.repeat(32), 'ff'.repeat(32), '01']) {
    await assert.rejects(importRecoveryKey(hex(scalar)), refuses('key-invalid'), scalar);
  }
});

test('signatures of cards and servers', async () => {
  assert.equal(file.signatures.length, 3);
  for (const {kind, spki, message, signature} of file.signatures) {
    await verifySignature(hex(spki), hex(message), hex(signature));
    const bad = hex(signature);
    bad[10] = (bad[10] ?? 0) ^ 1;
    await assert.rejects(verifySignature(hex(spki), hex(message), bad), refuses('signature-invalid'), kind);
    await assert.rejects(verifySignature(hex(spki), utf8('other'), hex(signature)), refuses('signature-invalid'), kind);
    await assert.rejects(verifySignature(hex(spki), hex(message), bad.slice(1)), refuses('signature-invalid'), kind);
  }
});

test('keys of other kinds are refused', async () => {
  // What WebCrypto can't be asked about an RSA key is left to the server and the native client.
  const notSeen = ['RSA 2040', 'RSA exponent 3', 'RSA 4104'];
  for (const {name, spki} of file.refused_keys.filter((key) => !notSeen.includes(key.name))) {
    await assert.rejects(verifySignature(hex(spki), utf8('x'), new Uint8Array(64)), refuses('key-invalid'), name);
  }
});

test('answers are normalised as the C++ code does it', () => {
  const cases = vectors<{input: string; output: string | null}[]>('answer-normalisation.json');
  for (const {input, output} of cases) assert.equal(normaliseAnswer(input), output, JSON.stringify(input));
  assert.equal(normaliseAnswer('x'.repeat(1025)), null);
  assert.equal(toHex(passwordAndAnswerInput('pw', ' Rex ')), toHex(concat(uint(2, 2), 'pw', uint(3, 2), 'rex')));
  assert.throws(() => passwordInput(''), refuses('invalid-argument'));
  assert.throws(() => passwordInput('x'.repeat(1025)), refuses('invalid-argument'));
  assert.throws(() => passwordInput('\ud800'), refuses('invalid-argument'));
  assert.throws(() => passwordAndAnswerInput('pw', ' '), refuses('invalid-argument'));
});

test('request signatures are the profile’s, and HMAC by another implementation', async () => {
  const key = await requestKey('00'.repeat(16), new Uint8Array(64).fill(9));
  const derived = crypto.hkdfSync('sha256', Buffer.alloc(64, 9), '', 'cardea/v1/request-signature', 32);
  assert.equal(toHex(key.hmacKey), Buffer.from(derived).toString('hex'));
  const target = {method: 'POST', authority: 'cardea.example', path: '/v1/access-keys/issue', query: ''};
  const headers = await signRequest(target, '{"a":1}', key, 1800000000, () => new Uint8Array(16));
  const digest = crypto.createHash('sha256').update('{"a":1}').digest('base64');
  assert.equal(headers['Content-Digest'], `sha-256=:${digest}:`);
  const parameters =
    '("@method" "@authority" "@path" "@query" "content-digest");created=1800000000;' +
    `nonce="AAAAAAAAAAAAAAAAAAAAAA";keyid="session:${'00'.repeat(16)}";alg="hmac-sha256"`;
  assert.equal(headers['Signature-Input'], `sig1=${parameters}`);
  const base =
    '"@method": POST\n"@authority": cardea.example\n"@path": /v1/access-keys/issue\n"@query": ?\n' +
    `"content-digest": sha-256=:${digest}:\n"@signature-params": ${parameters}`;
  assert.equal(signatureBase(target, headers['Content-Digest'] ?? '', parameters), base);
  const mac = crypto.createHmac('sha256', Buffer.from(derived)).update(base).digest('base64');
  assert.equal(headers['Signature'], `sig1=:${mac}:`);
});

test('base64url has one form', () => {
  for (let size = 0; size < 70; ++size) {
    const bytes = systemRandom(size);
    assert.equal(toBase64Url(bytes), Buffer.from(bytes).toString('base64url'));
    assert.deepEqual(fromBase64Url(toBase64Url(bytes)), bytes);
  }
  for (const bad of ['A', 'AB', 'AA=', 'A+AA', 'A/AA', 'AAA AA', 'AAAAA', 'ÄÄ']) assert.equal(fromBase64Url(bad), null, bad);
  assert.equal(toHex(lp('ab')), '00026162');
  assert.throws(() => uint(65536, 2), RangeError);
  assert.throws(() => uint(-1, 2), RangeError);
});
