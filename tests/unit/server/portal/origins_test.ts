// SPDX-License-Identifier: Apache-2.0
// The list of the other servers, and a visit that goes on at one of them.
import assert from 'node:assert/strict';
import test from 'node:test';

import {toBase64Url} from '../src/base/bytes';
import {loadSodium} from '../src/crypto/sodium';
import {Fields} from '../src/protocol/fields';
import {readServerList, shuffled} from '../src/protocol/origins';
import {requestKey} from '../src/protocol/request_signature';
import {Server} from '../src/protocol/server';
import {hex, refuses, vectors} from './support';

await loadSodium();

interface Vectors {
  key: string;
  servers: [string, string][];
  cases: {name: string; list: string; signature: string; error: string}[];
}
const given = vectors<Vectors>('server-list.json');
const bodyOf = ({list, signature}: {list: string; signature: string}) => ({
  list: toBase64Url(hex(list)),
  signature: toBase64Url(hex(signature)),
  key: toBase64Url(hex(given.key)),
});
const good = given.cases.find(({name}) => name === 'good') ?? assert.fail();

test('lists are read, or refused, as the C++ code does', async () => {
  for (const one of given.cases) {
    const read = readServerList(new Fields(bodyOf(one), 'test'));
    if (one.error !== '') await assert.rejects(read, refuses('server-misbehaved'), one.name);
    else assert.ok((await read).length > 0, one.name);
  }
  const urls = await readServerList(new Fields(bodyOf(good), 'test'));
  assert.deepEqual(urls, given.servers.map(([url]) => url));
});

test('a shuffle keeps each, and has every order', () => {
  const seen = new Set<string>();
  const random = (size: number) => crypto.getRandomValues(new Uint8Array(size));
  for (let i = 0; i < 300; ++i) seen.add(shuffled(['a', 'b', 'c'], random).join(''));
  assert.equal(seen.size, 6);
});

const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), {status, headers: {'Content-Type': 'application/json'}});
const key = await requestKey('00'.repeat(16), new Uint8Array(64));

// The visit began at a.example; `down` are the origins that do not answer.
function visit(down: Set<string>, list: () => Response = () => json(bodyOf(good))) {
  const asked: {origin: string; mode: string | undefined; headers: Record<string, string>}[] = [];
  const moved: string[] = [];
  const server = new Server({
    authority: 'a.example',
    moved: (authority) => moved.push(authority),
    fetch: async (url, init) => {
      const origin = url.startsWith('/') ? 'https://a.example' : new URL(url).origin;
      if (url.endsWith('/v1/servers')) return list();
      asked.push({origin, mode: init.mode, headers: init.headers as Record<string, string>});
      if (down.has(origin)) throw new TypeError('network error');
      return json({origin});
    },
    random: (size) => crypto.getRandomValues(new Uint8Array(size)),
    now: () => 1800000000,
  });
  return {server, asked, moved};
}
const get = {method: 'GET', path: '/v1/x', key} as const;
const post = {method: 'POST', path: '/v1/x', body: {a: 1}, key} as const;
const guess = {...post, never: true} as const;

test('when its server fails a visit goes on at another one, and stays there', async () => {
  const down = new Set<string>();
  const {server, asked, moved} = visit(down);
  await server.learn();
  assert.deepEqual(await server.call(get), {origin: 'https://a.example'});
  down.add('https://a.example');
  const {origin} = (await server.call(post)) as {origin: string};
  assert.notEqual(origin, 'https://a.example');
  assert.equal(server.authority, origin.slice(8));
  assert.deepEqual(moved, [server.authority]);
  const [, first, second] = asked;
  assert.deepEqual([first?.mode, second?.mode], ['same-origin', 'cors']);
  assert.equal(first?.headers['Idempotency-Key'], second?.headers['Idempotency-Key']);
  assert.notEqual(first?.headers['Signature'], second?.headers['Signature']);
  assert.deepEqual(await server.call(get), {origin});
});

test('a guess is not sent to another server, but the next one is', async () => {
  const down = new Set(['https://a.example']);
  const {server, asked} = visit(down);
  await server.learn();
  await assert.rejects(server.call(guess), refuses('server-unreachable'));
  assert.equal(asked.length, 1);
  assert.notEqual(((await server.call(guess)) as {origin: string}).origin, 'https://a.example');
});

test('when all fail the visit says so, after each was asked once', async () => {
  const {server, asked} = visit(new Set(given.servers.map(([url]) => url)));
  await server.learn();
  await assert.rejects(server.call(get), refuses('server-unreachable'));
  assert.deepEqual(asked.map(({origin}) => origin).sort(), given.servers.map(([url]) => url).sort());
});

test('without a list, or with a forged one, the visit stays where it is', async () => {
  const forged = given.cases.find(({error}) => error === 'signature-invalid') ?? assert.fail();
  const lists = [
    () => new Response(null, {status: 204}),
    () => json({}, 404),
    () => json(bodyOf(forged)),
    () => json('garbage'),
    () => {
      throw new TypeError('network error');
    },
  ];
  for (const list of lists) {
    const {server, asked, moved} = visit(new Set(['https://a.example']), list);
    await server.learn();
    await assert.rejects(server.call(get), refuses('server-unreachable'));
    assert.deepEqual(new Set(asked.map(({origin}) => origin)), new Set(['https://a.example']));
    assert.deepEqual(moved, []);
  }
});
