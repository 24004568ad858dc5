// SPDX-License-Identifier: Apache-2.0
// The list of the other servers, and a visit that goes on at one of them.
import assert from 'node:assert/strict';
import test from 'node:test';

import {toBase64Url} from '../src/base/bytes';
import {loadSodium} from '../src/crypto/sodium';
import {byTime} from '../src/protocol/fastest';
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
function visit(down: Set<string>, list: (url: string) => Response = () => json(bodyOf(good)), millis: Record<string, number> = {}) {
  const asked: {origin: string; mode: string | undefined; headers: Record<string, string>}[] = [];
  const moved: string[] = [];
  const server = new Server({
    authority: 'a.example',
    moved: (authority, why) => moved.push(why === 'failed' ? authority : `${authority} ${why}`),
    fetch: async (url, init) => {
      const origin = url.startsWith('/') ? 'https://a.example' : new URL(url).origin;
      await new Promise((resolve) => setTimeout(resolve, millis[origin] ?? 0));
      if (url.endsWith('/v1/servers') && (url.startsWith('/') || !down.has(origin))) return list(url);
      asked.push({origin, mode: init.mode, headers: init.headers as Record<string, string>});
      if (down.has(origin)) throw new TypeError('network error');
      return json({origin});
    },
    random: (size) => crypto.getRandomValues(new Uint8Array(size)),
    now: () => 1800000000,
    millis: () => performance.now(),
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

test('only a server that is clearly faster takes the place of the one in use', () => {
  const order = (...millis: (number | undefined)[]) => {
    const times = new Map(['a', 'b', 'c'].flatMap((name, i) => (millis[i] === undefined ? [] : [[name, millis[i]]])));
    return byTime(['a', 'b', 'c'], times as Map<string, number>).join('');
  };
  assert.equal(order(100, 99, 101), 'abc');
  assert.equal(order(100, 80, 71), 'acb');
  assert.equal(order(100, 69, 200), 'bac');
  assert.equal(order(30, 6, 3), 'cba');
  assert.equal(order(20, 6, 3), 'acb'); // too little to gain
  assert.equal(order(Infinity, Infinity, 900), 'cab');
  assert.equal(order(undefined, undefined, undefined), 'abc');
  assert.equal(order(Infinity, Infinity, Infinity), 'abc');
  assert.deepEqual(byTime([''], new Map()), ['']);
});

const [first, ...others] = given.servers.map(([url]) => url);

test('a visit that has not asked anything yet goes to the fastest, and says so', async () => {
  const near = others[0] ?? assert.fail();
  const far = Object.fromEntries([first, ...others].map((url) => [url, 150]));
  const {server, moved} = visit(new Set(), undefined, {...far, [near]: 0});
  await server.learn();
  await server.measure();
  assert.deepEqual(moved, [`${near.slice(8)} faster`]);
  assert.equal(((await server.call(get)) as {origin: string}).origin, near);
});

test('one that has begun stays where it is, and leaves for the fastest when that fails', async () => {
  const near = others.at(-1) ?? assert.fail();
  const far = Object.fromEntries([first, ...others].map((url) => [url, 150]));
  const down = new Set<string>();
  const {server, moved} = visit(down, undefined, {...far, [near]: 0});
  await server.learn();
  await server.call(get);
  await server.measure();
  assert.deepEqual(moved, []);
  assert.equal(server.authority, 'a.example');
  down.add('https://a.example');
  assert.equal(((await server.call(get)) as {origin: string}).origin, near);
});

test('one that has died since the page came is left, and not called slow', async () => {
  let times = 0;
  const {server, moved} = visit(new Set(), (url) => {
    if (url.startsWith('/') && ++times > 1) throw new TypeError('network error');
    return json(bodyOf(good));
  });
  await server.learn();
  await server.measure();
  assert.deepEqual(moved, [server.authority]);
  assert.notEqual(server.authority, 'a.example');
});

test('servers that do not answer are the last, and a visit with one server measures nothing', async () => {
  const down = new Set(others);
  const {server, moved} = visit(down);
  await server.learn();
  await server.measure();
  assert.deepEqual(moved, []);
  assert.equal(server.authorities[0], 'a.example');
  const alone = visit(new Set(), () => new Response(null, {status: 204}));
  await alone.server.learn();
  await alone.server.measure();
  assert.deepEqual(alone.moved, []);
});
