// SPDX-License-Identifier: Apache-2.0
// Two servers over one PostgreSQL: the one that a visit began at is far away, or is killed on the way, and the visit ends well at
// the other.
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import net from 'node:net';
import readline from 'node:readline';
import test from 'node:test';

import * as t from './harness.mjs';

async function freePort() {
  const probe = net.createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const {port} = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

async function startCluster() {
  const child = spawn(process.env.PORTAL_CLUSTER, {stdio: ['pipe', 'pipe', 'inherit']});
  t.atEnd(async () => {
    const ended = once(child, 'exit');
    child.stdin.end();
    await ended;
  });
  const {value} = await readline.createInterface({input: child.stdout})[Symbol.asyncIterator]().next();
  assert.ok(value, 'no PostgreSQL');
  return JSON.parse(value);
}

const servers = [];

async function startPair() {
  const [cluster, ...ports] = await Promise.all([startCluster(), freePort(), freePort()]);
  const urls = ports.map((port) => `https://127.0.0.1:${port}`);
  const config = (name, i, listen) =>
    t.writeConfig({
      name: `server-${name}.conf`,
      listen,
      more: `public_url = ${urls[i]}`,
      store: `url = ${cluster.url}\npassword_file = ${cluster.password_file}`,
      rest: `[servers]\nversion = 1\nurls = ${urls.join(' ')}\nregions = north south`,
    });
  const configs = ports.map((port, i) => config(i, i, `127.0.0.1:${port}`));
  const behind = config('behind', 0, '127.0.0.1:0');
  t.initSecrets(configs[0]);
  for (const one of configs) servers.push({config: one, behind, ...(await t.runServer(one))});
  return urls[0];
}

const world = await t.startWorld(startPair);
const other = () => servers[1].url.slice('https://'.length);
const kill = () => t.endOf(servers[0].server, 'SIGKILL');
const moved = (page) => page.locator('[role=status]', {hasText: `Your visit goes on at ${other()}.`});

async function restart() {
  Object.assign(servers[0], await t.runServer(servers[0].config));
}

// A way to a server on which everything a client sends takes so long. The server itself moves to another port.
async function slowWayTo(server, millis) {
  const {port} = new URL(server.url);
  await t.endOf(server.server, 'SIGTERM');
  const behind = await t.runServer(server.behind);
  const open = new Set();
  const relay = net.createServer((client) => {
    open.add(client);
    const target = net.connect(Number(new URL(behind.url).port), '127.0.0.1');
    client.on('data', (data) => setTimeout(() => target.write(data), millis));
    target.on('data', (data) => client.write(data));
    for (const [one, other] of [[client, target], [target, client]]) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  relay.listen(Number(port), '127.0.0.1');
  await once(relay, 'listening');
  return async () => {
    relay.close();
    for (const client of open) client.destroy();
    await t.endOf(behind.server, 'SIGTERM');
  };
}

test('its server is far away: while somebody reads, the visit goes to the near one', async () => {
  const account = await world.account();
  const end = await slowWayTo(servers[0], 120);
  try {
    await world.withPage({viewport: {width: 360, height: 740}}, async (page) => {
      const asked = [];
      await page.goto(`${world.url}/access-key`);
      await page.locator('[role=status]', {hasText: `${other()} answers faster from here.`}).waitFor();
      await t.accessible(page);
      await t.picture(page, 'faster-telephone');
      page.on('request', (request) => asked.push(new URL(request.url())));
      await t.enter(page, account);
      await t.titleIs(page, 'Your question');
      const calls = asked.filter(({pathname}) => pathname.startsWith('/v1/'));
      assert.ok(calls.length > 0);
      assert.deepEqual(new Set(calls.map(({host}) => host)), new Set([other()]));
      await t.answer(page);
      await t.titleIs(page, 'Which computer?');
    });
  } finally {
    await end();
    await restart();
  }
});

test('its server is killed between password and answer', async () => {
  const account = await world.account();
  await world.withPage(
    {},
    async (page) => {
      await page.goto(`${world.url}/access-key`);
      await t.enter(page, account);
      await t.titleIs(page, 'Your question');
      assert.equal(await moved(page).count(), 0);
      await t.accessible(page);
      await kill();
      await t.answer(page);
      await t.titleIs(page, 'Which computer?');
      await moved(page).waitFor();
      await t.accessible(page);
      await t.picture(page, 'failover');
      await page.locator('label.choice', {hasText: 'anna-laptop'}).click();
      await page.click('button[type=submit]');
      await t.titleIs(page, 'Your access key');
      await t.accessible(page);
      const key = await page.locator('#key').getAttribute('data-key');
      await restart();
      assert.deepEqual(await world.desk(`check ${account} anna-laptop ${key}`), {number: 1});
    },
    [t.kRefusedRequest],
  );
});

test('it is killed before the password', async () => {
  const account = await world.account();
  await world.withPage(
    {viewport: {width: 360, height: 740}},
    async (page) => {
      const listed = page.waitForResponse((response) => response.url().endsWith('/v1/servers'));
      await page.goto(`${world.url}/lost-card`);
      await listed;
      await kill();
      await t.enter(page, account);
      await moved(page).waitFor();
      await t.picture(page, 'failover-telephone');
      await t.titleIs(page, 'Suspend your card');
      assert.equal(await page.locator('#error').count(), 0);
      await t.accessible(page);
      await restart();
    },
    [t.kRefusedRequest],
  );
});

test('both are gone: the page says so, and keeps what was typed', async () => {
  const account = await world.account();
  await world.withPage(
    {},
    async (page) => {
      const listed = page.waitForResponse((response) => response.url().endsWith('/v1/servers'));
      await page.goto(`${world.url}/access-key`);
      await listed;
      await kill();
      await t.endOf(servers[1].server, 'SIGKILL');
      await t.enter(page, account);
      await page.locator('#error', {hasText: 'The server can’t be reached.'}).waitFor();
      assert.equal(await page.inputValue('#account'), account);
      await t.accessible(page);
    },
    [t.kRefusedRequest],
  );
});
