// SPDX-License-Identifier: Apache-2.0
// One request and its answer: clocks that go wrong, answers that are lost, servers that answer oddly.
import assert from 'node:assert/strict';
import test from 'node:test';

import {loadSodium} from '../src/crypto/sodium';
import {Fields} from '../src/protocol/fields';
import {requestKey, type RequestKey} from '../src/protocol/request_signature';
import {Server} from '../src/protocol/server';
import {refuses} from './support';

await loadSodium();

interface Sent {
  path: string;
  headers: Record<string, string>;
  init: RequestInit;
}
type Answer = Response | Error;

// Answers what was written down, in its order.
function serverThat(...answers: Answer[]) {
  const sent: Sent[] = [];
  const server = new Server({
    authority: 'cardea.example',
    fetch: async (path, init) => {
      sent.push({path, headers: init.headers as Record<string, string>, init});
      const answer = answers.shift();
      assert.ok(answer, 'more requests than written down');
      if (answer instanceof Error) throw answer;
      return answer;
    },
    random: (size) => crypto.getRandomValues(new Uint8Array(size)),
    now: () => 1800000000,
    millis: () => 0,
  });
  return {server, sent};
}

function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), {status, headers: {'Content-Type': 'application/json'}});
}

function problem(name: string, status: number, headers: Record<string, string> = {}): Response {
  const body = JSON.stringify({type: `urn:cardea:problem:${name}`, status});
  return new Response(body, {status, headers: {'Content-Type': 'application/problem+json', ...headers}});
}

const key: RequestKey = await requestKey('00'.repeat(16), new Uint8Array(64));
const post = {method: 'POST', path: '/v1/x', body: {a: 1}, key} as const;
const createdOf = ({headers}: Sent) => Number(/;created=(\d+);/.exec(headers['Signature-Input'] ?? '')?.[1]);

test('a wrong clock is set by the server’s, once', async () => {
  const late = () => problem('clock-skewed', 401, {Date: 'Fri, 15 Jan 2027 09:00:00 GMT'});
  const {server, sent} = serverThat(late(), json({}), json({}));
  await server.call(post);
  await server.call(post);
  const wanted = Date.parse('Fri, 15 Jan 2027 09:00:00 GMT') / 1000;
  assert.deepEqual(sent.map(createdOf), [1800000000, wanted, wanted]);
  const twice = serverThat(late(), problem('clock-skewed', 401));
  await assert.rejects(twice.server.call(post), refuses('clock-skewed'));
});

test('a request whose answer was lost goes again under the same key, freshly signed', async () => {
  const {server, sent} = serverThat(new TypeError('connection lost'), json({b: 2}));
  assert.deepEqual(await server.call(post), {b: 2});
  const [first, second] = sent as [Sent, Sent];
  assert.match(first.headers['Idempotency-Key'] ?? '', /^[0-9a-f]{32}$/);
  assert.equal(first.headers['Idempotency-Key'], second.headers['Idempotency-Key']);
  assert.notEqual(first.headers['Signature-Input'], second.headers['Signature-Input']);
});

test('a guess is never sent twice', async () => {
  const {server} = serverThat(new TypeError('connection lost'));
  const start = {method: 'POST', path: '/v1/opaque/a/start', body: {}} as const;
  await assert.rejects(server.call(start), refuses('server-unreachable'));
});

test('nothing of the browser’s goes along, and no redirect is followed', async () => {
  const {server, sent} = serverThat(json({}));
  await server.call(post);
  const {credentials, mode, redirect, cache, referrerPolicy} = (sent[0] as Sent).init;
  assert.deepEqual(
    [credentials, mode, redirect, cache, referrerPolicy],
    ['omit', 'same-origin', 'error', 'no-store', 'no-referrer'],
  );
});

test('refusals by their names; others are the server’s fault', async () => {
  const failure = async (answer: Response) => {
    const {server} = serverThat(answer, answer.clone());
    try {
      await server.call({...post, method: 'DELETE'});
    } catch (error) {
      return error as {code: string; waitSeconds: number};
    }
    throw new Error('not refused');
  };
  assert.equal((await failure(problem('account-closed', 403))).code, 'account-closed');
  const slow = await failure(problem('rate-limited', 429, {'Retry-After': '61'}));
  assert.deepEqual([slow.code, slow.waitSeconds], ['rate-limited', 61]);
  assert.equal((await failure(problem('rate-limited', 429, {'Retry-After': '-1'}))).waitSeconds, 0);
  assert.equal((await failure(problem('identity-not-accepted', 500))).code, 'server-refused');
  assert.equal((await failure(problem('something-new', 400))).code, 'server-refused');
  assert.equal((await failure(new Response('<h1>hello</h1>', {status: 404}))).code, 'server-misbehaved');
  assert.equal((await failure(new Response('', {status: 502}))).code, 'server-unreachable');
  assert.equal((await failure(new Response('hello', {status: 200}))).code, 'server-misbehaved');
  const odd = {headers: {'Content-Type': 'application/json'}};
  assert.equal((await failure(new Response('{', odd))).code, 'server-misbehaved');
  assert.equal((await failure(new Response(Uint8Array.of(0x22, 0xff, 0x22), odd))).code, 'server-misbehaved');
  assert.equal((await failure(json('x'.repeat(300_000)))).code, 'server-misbehaved');
});

test('an answer without an end is not read to it, and one that was torn is asked for again', async () => {
  let given = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      given += 1000;
      controller.enqueue(new Uint8Array(1000).fill(0x20));
    },
  });
  const type = {headers: {'Content-Type': 'application/json'}};
  await assert.rejects(serverThat(new Response(endless, type)).server.call({...post, method: 'DELETE'}), refuses('server-misbehaved'));
  assert.ok(given < 300_000, `${given} bytes were taken`);
  const torn = () =>
    new Response(
      new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(Uint8Array.of(0x7b));
          controller.error(new TypeError('network error'));
        },
      }),
      type,
    );
  const {server, sent} = serverThat(torn(), json({}));
  await server.call(post);
  assert.equal(sent[0]?.headers['Idempotency-Key'], sent[1]?.headers['Idempotency-Key']);
  await assert.rejects(serverThat(torn(), torn()).server.call(post), refuses('server-unreachable'));
});

test('fields of an answer are what they should be, or the answer is none', () => {
  const fields = new Fields({n: 5, t: 'x', b: 'AAAA', h: '00ff', l: [1], o: {}}, 'test');
  assert.equal(fields.integer('n', 0, 5), 5);
  const odd: (() => unknown)[] = [
    () => new Fields(null, 'test'),
    () => new Fields([], 'test'),
    () => fields.integer('n', 0, 4),
    () => fields.integer('t', 0, 4),
    () => fields.text('t', 2, 4),
    () => fields.text('constructor', 0, 4),
    () => fields.bytes('b', 4),
    () => fields.bytes('h', 1, 2).subarray(9, fields.integer('missing', 0, 1)),
    () => fields.id('h', 1),
    () => fields.choice('t', 'y'),
    () => fields.object('l'),
    () => fields.list('o', 9, () => 0),
    () => fields.list('l', 0, () => 0),
    () => fields.list('l', 9, (item) => item),
    () => new Fields({t: 'a\u0007'}, 'test').text('t', 0, 9),
  ];
  for (const [index, read] of odd.entries()) assert.throws(read, refuses('server-misbehaved'), String(index));
});
