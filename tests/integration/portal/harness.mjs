// SPDX-License-Identifier: Apache-2.0
// A real cardea-server that serves the built portal, the desk (desk.cpp), and Debian's Chromium: started for one test file,
// ended by it. Every page that a test opens is watched: an error on its console or a violation of its policy fails the test.
import assert from 'node:assert/strict';
import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import {createRequire} from 'node:module';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import {after} from 'node:test';
import {isDeepStrictEqual} from 'node:util';

const {CARDEA_SERVER, CARDEA_SERVER_ADMIN, PORTAL_DESK, PORTAL_OUT, PORTAL_NODE, PORTAL_PICTURES} = process.env;
const require = createRequire(path.join(PORTAL_NODE, 'package.json'));
const kAxe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const kChromium = '/usr/bin/chromium';
const kRoot = process.getuid() === 0;

export const kPassword = 'correct horse battery';
export const kAnswer = 'Lake Zürich';
export const kQuestion = 'Where did you learn to swim?';

export const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cardea-portal-'));
const ends = [];
export const atEnd = (end) => ends.push(end);
after(async () => {
  for (const end of ends.reverse()) await end();
  fs.rmSync(folder, {recursive: true, force: true});
});

// `more` follows in [server], `rest` at the end.
export function writeConfig({name = 'server.conf', listen = '127.0.0.1:0', more = '', store = '', rest = ''} = {}) {
  const file = (wanted) => path.join(folder, wanted);
  const text = `[server]
listen = ${listen}
certificate = ${file('certificate.pem')}
private_key = ${file('private.pem')}
portal = ${PORTAL_OUT}
log_level = notice
${more}
[store]
${store || `url = sqlite://${file('cardea.db')}`}
[secrets]
oprf_seed_file = ${file('oprf')}
ake_key_file = ${file('ake')}
checkpoint_key_file = ${file('checkpoint')}
[limits]
guesses_per_prefix = 1000
connections_per_prefix = 256
${rest}
`;
  fs.writeFileSync(file(name), text, {mode: 0o600});
  return file(name);
}

export async function endOf(child, signal) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

export function initSecrets(config, host = '127.0.0.1') {
  const init = spawnSync(CARDEA_SERVER, ['--config', config, '--init-secrets', '--init-certificate', host]);
  assert.equal(init.status, 0, String(init.stderr));
}

// The process, and where it listens.
export async function runServer(config) {
  const server = spawn(CARDEA_SERVER, ['--config', config], {stdio: ['ignore', 'ignore', 'pipe']});
  atEnd(() => endOf(server, 'SIGTERM'));
  const lines = [];
  for await (const line of readline.createInterface({input: server.stderr})) {
    lines.push(line);
    const found = /listening on 127\.0\.0\.1:(\d+)/.exec(line);
    if (found) {
      server.stderr.resume();
      return {server, url: `https://127.0.0.1:${found[1]}`};
    }
  }
  throw new Error(`the server does not listen: ${lines.join('\n')}`);
}

async function startServer() {
  const config = writeConfig();
  initSecrets(config);
  return (await runServer(config)).url;
}

// One that is called localhost, as security keys want a name.
export async function startNamedServer() {
  const listener = net.createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const {port} = listener.address();
  listener.close();
  await once(listener, 'close');
  const url = `https://localhost:${port}`;
  const config = writeConfig({listen: `127.0.0.1:${port}`, more: `public_url = ${url}`});
  initSecrets(config, 'localhost');
  await runServer(config);
  return url;
}

async function startDesk(url) {
  const child = spawn(PORTAL_DESK, [url, path.join(folder, 'ca.pem')], {stdio: ['pipe', 'pipe', 'inherit']});
  ends.push(() => endOf(child, 'SIGTERM'));
  const lines = readline.createInterface({input: child.stdout})[Symbol.asyncIterator]();
  return async (command) => {
    child.stdin.write(`${command}\n`);
    const {value} = await lines.next();
    const answer = JSON.parse(value);
    assert.equal(answer.failed, undefined, `${command}: ${answer.failed}`);
    return answer;
  };
}

async function startBrowser() {
  if (!fs.existsSync(kChromium)) throw new Error('prerequisite: chromium is missing; run packaging/install-prerequisites');
  const browser = await require('playwright-core').chromium.launch({
    executablePath: kChromium,
    // Chromium's own sandbox is not to be had for root; the pages are ours and on loopback.
    args: ['--disable-gpu', '--disable-dev-shm-usage', ...(kRoot ? ['--no-sandbox'] : [])],
    env: {...process.env, HOME: folder, XDG_CONFIG_HOME: folder, XDG_CACHE_HOME: folder, LC_ALL: 'C.UTF-8'},
  });
  ends.push(() => browser.close());
  return browser;
}

// `start` gives the address of the server that pages are opened at.
export async function startWorld(start = startServer) {
  const url = await start();
  const [desk, browser] = await Promise.all([startDesk(url), startBrowser()]);
  let users = 0;
  return {
    url,
    desk,
    // A new account; each has its own budget of guesses.
    async account() {
      const {name} = await this.accountWithSheet();
      return name;
    },
    async accountWithSheet() {
      const name = `anna${++users}`;
      const {sheet} = await desk(`register ${name}`);
      return {name, sheet};
    },
    // `cardea admin WORDS…`
    admin(...words) {
      const done = spawnSync(CARDEA_SERVER_ADMIN, ['--config', path.join(folder, 'server.conf'), ...words, '--json']);
      assert.equal(done.status, 0, `${words.join(' ')}: ${done.stdout}${done.stderr}`);
      return JSON.parse(String(done.stdout));
    },
    // The lines of `cardea admin audit export`.
    export() {
      const config = path.join(folder, 'server.conf');
      const done = spawnSync(CARDEA_SERVER_ADMIN, ['--config', config, 'audit', 'export'], {encoding: 'utf8'});
      assert.equal(done.status, 0, done.stderr);
      return done.stdout.trimEnd().split('\n');
    },
    // Runs `use` with a fresh page; `expected` are complaints of the console that belong to the test.
    async withPage(settings, use, expected = []) {
      const context = await browser.newContext({ignoreHTTPSErrors: true, locale: 'en-GB', ...settings});
      const page = await context.newPage();
      page.setDefaultTimeout(45_000);
      const complaints = [];
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(String(error)));
      // Asked before a window with a key in it is closed.
      page.on('dialog', (dialog) => dialog.accept().catch(() => {}));
      try {
        await use(page, context);
      } catch (error) {
        await picture(page, `failed-${process.pid}`).catch(() => {});
        throw new Error(`${error.message}\nconsole: ${complaints.join('\n')}`, {cause: error});
      } finally {
        await context.close();
      }
      const unexpected = complaints.filter((text) => !expected.some((known) => text.includes(known)));
      assert.deepEqual(unexpected, [], 'the console complains');
    },
  };
}

// What Chromium writes when a request is answered with a refusal that the test wants.
export const kRefusedRequest = 'Failed to load resource';

export async function picture(page, name, settings = {}) {
  fs.mkdirSync(PORTAL_PICTURES, {recursive: true});
  const file = path.join(PORTAL_PICTURES, `portal-${name}.png`);
  await page.screenshot({path: file, fullPage: true, animations: 'disabled', ...settings});
}

// WCAG 2.2 AA, as far as a program can tell.
export async function accessible(page) {
  await page.evaluate(kAxe);
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const {violations} = await page.evaluate((values) => globalThis.axe.run(document, {runOnly: {type: 'tag', values}}), tags);
  const told = violations.map(({id, nodes}) => `${id}: ${nodes.map(({html, failureSummary}) => `${html}\n  ${failureSummary}`).join('\n')}`);
  assert.deepEqual(told, []);
}

export async function titleIs(page, text) {
  await page.locator('h1', {hasText: text}).waitFor();
}

// What is read from a page some time after an action; it is asked until it is so, or the page's patience is over.
export async function becomes(read, expected) {
  const until = Date.now() + 45_000;
  let now = await read();
  while (!isDeepStrictEqual(now, expected) && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    now = await read();
  }
  assert.deepEqual(now, expected);
}

export async function enter(page, account, password = kPassword) {
  await page.fill('#account', account);
  await page.fill('#password', password);
  await page.click('button[type=submit]');
}

export async function answer(page, text = kAnswer) {
  await page.fill('#answer', text);
  await page.click('button[type=submit]');
}

// From the first field to the key of a computer.
export async function getKey(page, world, account, computer = 'anna-laptop') {
  await page.goto(`${world.url}/access-key`);
  await enter(page, account);
  await titleIs(page, 'Your question');
  await answer(page);
  await titleIs(page, 'Which computer?');
  await page.locator('label.choice', {hasText: computer}).click();
  await page.click('button[type=submit]');
  await titleIs(page, 'Your access key');
  return page.locator('#key').getAttribute('data-key');
}
