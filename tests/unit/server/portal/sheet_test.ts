// SPDX-License-Identifier: Apache-2.0
// The recovery sheet's code as a key: the pair that the C++ code has, the bytes that are signed, what is sent.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import test from 'node:test';

import {concat, fromBase64Url, toBase64Url, toHex, type Bytes} from '../src/base/bytes';
import {loadSodium, systemRandom} from '../src/crypto/sodium';
import {formatGroups} from '../src/protocol/grouped_code';
import {Server} from '../src/protocol/server';
import {sheetKey, sheetProof, useSheet} from '../src/protocol/sheet';
import {hex, refuses} from './support';

await loadSodium();

const kCode = Uint8Array.from({length: 20}, (_, i) => i);
const kSpkiPrefix = '302a300506032b6570032100';
const kPublic = 'e3ab71bc5b0607014c552b543daa3886b8ac565b53d982dcc754a5b285cc62db';
const kChallenge: Bytes = new Uint8Array(40).fill(7);

function serverThat(answers: Record<string, unknown>, sent: [string, Record<string, string>][] = []): Server {
  return new Server({
    authority: 'server.test',
    random: systemRandom,
    now: () => 1800000000,
    millis: () => 0,
    fetch: async (path, init) => {
      sent.push([path, JSON.parse(String(init.body)) as Record<string, string>]);
      return Response.json(answers[path]);
    },
  });
}

test('the code is the key pair that the server knows', async () => {
  assert.equal(toHex((await sheetKey(kCode.slice())).publicKey), kPublic);
});

test('a proof names server, challenge, account and purpose', () => {
  const digest = crypto.createHash('sha256').update(sheetProof('server.test', kChallenge, 'Anna', 'suspend')).digest('hex');
  assert.equal(digest, '0bc45efd6d417fd58307657c2eecfd67b3ec6d1cb9842e5edce596cd25a11048');
});

for (const [purpose, path, answer, gives] of [
  ['suspend', '/v1/sheet/suspend', {changed: 1, suspended: 2}, {changed: 1, suspended: 2}],
  ['reopen', '/v1/accounts/reopen', {reopened: true}, {changed: 0, suspended: 0}],
] as const) {
  test(`to ${purpose}, a fresh challenge is signed`, async () => {
    const sent: [string, Record<string, string>][] = [];
    const challenge = {challenge: toBase64Url(kChallenge), expires_at: 1800000300};
    const server = serverThat({'/v1/sessions/challenge': challenge, [path]: answer}, sent);
    assert.deepEqual(await useSheet(server, 'anna', ` ${formatGroups(kCode).toLowerCase()} `, purpose), gives);
    assert.deepEqual(sent.map(([to]) => to), ['/v1/sessions/challenge', path]);
    const body = sent[1]?.[1] ?? {};
    assert.deepEqual(Object.keys(body).sort(), ['account', 'challenge', 'signature']);
    const key = crypto.createPublicKey({key: Buffer.from(hex(kSpkiPrefix + kPublic)), format: 'der', type: 'spki'});
    const proof = sheetProof('server.test', kChallenge, 'anna', purpose);
    assert.ok(crypto.verify(null, proof, key, fromBase64Url(body['signature'] ?? '') ?? new Uint8Array()));
  });
}

test('a mistyped code is not sent, and its group named', async () => {
  const sent: [string, Record<string, string>][] = [];
  const typed = formatGroups(kCode).split('-');
  typed[2] = 'AAAAA';
  const refused = refuses('access-key-mistyped');
  await assert.rejects(useSheet(serverThat({}, sent), 'anna', typed.join('-'), 'suspend'), (error) => {
    return refused(error) && (error as {detail: string}).detail === '3';
  });
  await assert.rejects(useSheet(serverThat({}, sent), 'an na', formatGroups(kCode), 'suspend'), refuses('identity-not-accepted'));
  assert.deepEqual(sent, []);
});

test('an answer that says less is refused', async () => {
  const challenge = {challenge: toBase64Url(concat(kChallenge)), expires_at: 1800000300};
  const server = serverThat({'/v1/sessions/challenge': challenge, '/v1/sheet/suspend': {changed: -1, suspended: 1}});
  await assert.rejects(useSheet(server, 'anna', formatGroups(kCode), 'suspend'), refuses('server-misbehaved'));
});
