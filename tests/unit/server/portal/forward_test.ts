// SPDX-License-Identifier: Apache-2.0
// Where an account is that has moved: the statement that the C++ code's fuzz target begins with, signed here.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import {toBase64Url, type Bytes} from '../src/base/bytes';
import {isFailure} from '../src/base/failure';
import {loadSodium, sodium} from '../src/crypto/sodium';
import {Fields} from '../src/protocol/fields';
import {readForward} from '../src/protocol/forward';
import {Server} from '../src/protocol/server';
import {hex, refuses} from './support';

await loadSodium();

const file = path.join(process.env['CARDEA_SOURCE_DIR'] ?? '', 'tests/fuzz/corpus/relocation/forward');
const statement = new Uint8Array(fs.readFileSync(file)).slice(1); // behind the letter that chooses the reader
const {publicKey, privateKey} = sodium.crypto_sign_keypair();
const spki = new Uint8Array([...hex('302a300506032b6570032100'), ...publicKey]);

function signed(bytes: Bytes) {
  const signature = sodium.crypto_sign_detached(bytes, privateKey);
  return {statement: toBase64Url(bytes), signature: toBase64Url(signature), key: toBase64Url(spki)};
}
const read = (body: object) => readForward(new Fields(body, 'test'));

test('a forward names the server that has the account', async () => {
  assert.equal(await read(signed(statement)), 'https://south.example');
  await assert.rejects(read({...signed(statement), signature: toBase64Url(new Uint8Array(64))}), refuses('server-misbehaved'));
});

test('what is cut short, too long or another format is refused, however well signed', async () => {
  for (let size = 1; size < statement.length; ++size) {
    await assert.rejects(read(signed(statement.slice(0, size))), refuses('server-misbehaved'), `${size}`);
  }
  await assert.rejects(read(signed(new Uint8Array([...statement, 0]))), refuses('server-misbehaved'));
  const other = statement.slice();
  other[5] = 0x58;
  await assert.rejects(read(signed(other)), refuses('server-misbehaved'));
});

test('a path, or a name of someone else, is no server', async () => {
  const at = new TextDecoder().decode(statement).indexOf('https://');
  for (const [from, to] of [['/', 'x'], ['s', 'S'], [':', ';']] as const) {
    const changed = statement.slice();
    const i = [...changed].findIndex((byte, index) => index >= at && byte === from.charCodeAt(0));
    changed[i] = to.charCodeAt(0);
    await assert.rejects(read(signed(changed)), refuses('server-misbehaved'), `${from} to ${to}`);
  }
});

test('a refusal that carries one says where', async () => {
  const answer = (status: number, body: object) =>
    new Response(JSON.stringify({type: 'urn:cardea:problem:peer-not-trusted', ...body}), {
      status,
      headers: {'Content-Type': 'application/problem+json'},
    });
  const asks = (response: Response) =>
    new Server({
      authority: 'a.example',
      fetch: () => Promise.resolve(response),
      random: (size) => new Uint8Array(size),
      now: () => 1_800_000_000,
      millis: () => 0,
    }).call({method: 'GET', path: '/v1/account'});
  await assert.rejects(asks(answer(421, {forward: signed(statement)})), (error: unknown) => {
    assert.ok(isFailure(error, 'moved-away'));
    assert.equal(error.detail, 'https://south.example');
    return true;
  });
  await assert.rejects(asks(answer(421, {})), refuses('server-refused'));
  await assert.rejects(asks(answer(403, {forward: signed(statement)})), refuses('server-refused'));
});
