// SPDX-License-Identifier: Apache-2.0
// Administrator: computers, policies, servers, audit, with a security key (Chromium's virtual one); and who is not let in.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';

import * as t from './harness.mjs';
import {fitsWidth, guidePicture, kTelephone, pseudoLook} from './looks.mjs';
import {addKey, plugKeyIn} from './security_key.mjs';

const kEvil = '<img/src=x/onerror=document.title=1>';
const world = await t.startWorld(t.startNamedServer);
for (const [name, ...role] of [['weber', '--role', 'administrator'], ['olaf']]) {
  const {line} = await world.desk(`officer ${name}`);
  world.admin('officers', 'add', ...line.split(' ').slice(0, 2), ...role);
}
const account = await world.account();
await world.desk(`report ${account} anna-laptop fell-back 0.0.9 ${kEvil}`);

async function enter(page) {
  await page.click('text="Sign in with your security key"');
  await t.titleIs(page, 'Computers');
}

// `before`: what has to be there when the page begins, for it fetches the other language at once.
async function asAdministrator(use, settings = {}, expected = [], before = async () => {}) {
  await world.withPage(settings, async (page, context) => {
    await before(page);
    const key = await plugKeyIn(page, context);
    await addKey(world, page, 'weber');
    await page.click('text="Continue"');
    await t.titleIs(page, 'Administrator');
    await enter(page);
    await use(page, key);
  }, expected);
}

test('computers: what asks for attention, why, and a name that is only a name', async () => {
  await asAdministrator(async (page) => {
    const first = page.locator('.machine').first();
    await first.locator('text="secure mode fell back"').waitFor();
    await first.locator('text="old program"').waitFor();
    assert.ok((await first.innerText()).includes('0.0.9'));
    await t.accessible(page);
    await t.picture(page, 'admin-1-computers');
    await guidePicture(page, 'administrator', 960);
    await page.click('button[data-filter=all]');
    await page.locator('h2', {hasText: 'All'}).waitFor();
    await page.locator('.machine').nth(3).waitFor();
    assert.equal(await page.locator('.machine').count(), 4);
    await page.fill('#search', 'KITCHEN');
    await page.click('text="Search"');
    await page.locator('.machine', {hasText: 'kitchen-tablet'}).waitFor();
    await t.becomes(() => page.locator('.machine').count(), 1);
    await page.fill('#search', kEvil);
    await page.click('text="Search"');
    await page.locator('.machine', {hasText: kEvil}).waitFor();
    assert.equal(await page.locator('main img').count(), 0);
    await page.fill('#search', 'nobody%&');
    await page.click('text="Search"');
    await page.locator('text="There is none."').waitFor();
  });
});

test('policies: asked in words, changed by a touch, back to the default; a change meanwhile is not overwritten', async () => {
  await asAdministrator(async (page, {devtools, authenticatorId}) => {
    await page.click('nav >> text="Policies"');
    await t.titleIs(page, 'Policies');
    await t.accessible(page);
    await t.picture(page, 'admin-2-policies');
    const policy = page.locator('[data-policy=registration]');
    await policy.locator('text="Change"').click();
    await policy.locator('label', {hasText: 'closed'}).click();
    await t.accessible(page);
    await t.picture(page, 'admin-3-change');
    await policy.locator('button[type=submit]').click();
    await page.locator('[role=status]', {hasText: 'It is changed.'}).waitFor();
    assert.equal(world.admin('policy', 'get', 'registration').value, 'closed');
    await policy.locator('text="Back to the default"').click();
    await policy.locator('button[type=submit]').click();
    await page.locator('[role=status]', {hasText: 'It is changed.'}).waitFor();
    assert.equal(world.admin('policy', 'get', 'registration').set, false);
    // Nobody touches the key: nothing happens.
    const days = page.locator('[data-policy="fleet.silent-days"]');
    await days.locator('text="Change"').click();
    await page.fill('#value', '4000');
    await days.locator('button[type=submit]').click();
    assert.equal(await page.locator('#value:invalid').count(), 1);
    await page.fill('#value', '30');
    await devtools.send('WebAuthn.setUserVerified', {authenticatorId, isUserVerified: false});
    await days.locator('button[type=submit]').click();
    await page.locator('#error', {hasText: 'This was not accepted.'}).waitFor();
    await devtools.send('WebAuthn.setUserVerified', {authenticatorId, isUserVerified: true});
    world.admin('policy', 'set', 'relocation', 'off');
    await days.locator('button[type=submit]').click();
    await page.locator('#error').waitFor();
    assert.equal(world.admin('policy', 'get', 'fleet.silent-days').set, false);
    await page.click('nav >> text="Policies"');
    await page.locator('[data-policy=relocation] .value', {hasText: 'off'}).waitFor();
  }, {}, [t.kRefusedRequest]);
});

test('servers and audit: the state, the chain followed, the file that is the server’s own export', async () => {
  await asAdministrator(async (page) => {
    await page.click('nav >> text="Servers"');
    await t.titleIs(page, 'Servers');
    await page.locator('.state.good', {hasText: 'Answers and can write'}).waitFor();
    await t.accessible(page);
    await t.picture(page, 'admin-4-servers');
    await page.click('nav >> text="Audit"');
    await page.locator('#verdict.good').waitFor();
    await page.locator('.event', {hasText: 'officer-added'}).first().waitFor();
    await t.accessible(page);
    await t.picture(page, 'admin-5-audit');
    const saved = await save(page, () => page.click('text="Save as a file"'));
    const lines = saved.trimEnd().split('\n');
    const known = world.export().filter((line) => line.includes('"chain":"administration"'));
    assert.deepEqual(lines.slice(0, -1), known.slice(0, lines.length - 1));
    assert.equal(JSON.parse(lines.at(-1)).length, lines.length - 1);
    // Somebody's history: a touch, and he reads of it.
    await page.fill('#account', account);
    const history = await save(page, () => page.click('text="Read and save it"'));
    await page.locator('#history-verdict', {hasText: 'is whole'}).waitFor();
    assert.ok(history.includes('"history-read"') && !history.includes('"chain":"administration"'));
    assert.ok(world.export().some((line) => line.includes('"chain":"user"') && line.includes('"officer":"weber"')));
    await page.fill('#account', 'nobody-at-all');
    await page.click('text="Read and save it"');
    await page.locator('#error').waitFor();
    await page.click('text="Sign out"');
    await t.titleIs(page, 'You are done');
  }, {}, [t.kRefusedRequest]);
});

async function save(page, press) {
  const [download] = await Promise.all([page.waitForEvent('download'), press()]);
  return fs.readFileSync(await download.path(), 'utf8');
}

test('an officer of the help desk is no administrator, nor the other way round', async () => {
  await world.withPage({}, async (page, context) => {
    await plugKeyIn(page, context);
    await addKey(world, page, 'olaf');
    await page.goto(`${world.url}/administrator`);
    await t.accessible(page);
    await page.click('text="Sign in with your security key"');
    await page.locator('#error', {hasText: 'No security key of an administrator was used.'}).waitFor();
  });
  await asAdministrator(async (page) => {
    await page.goto(`${world.url}/help-desk`);
    await page.click('text="Sign in with your security key"');
    await page.locator('#error', {hasText: 'No security key of an officer was used.'}).waitFor();
  });
});

test('dark on a telephone, in German, at 320 px, with the keyboard, in any words', async () => {
  await asAdministrator(async (page) => {
    for (const [section, name] of [['computers', 'Computer'], ['policies', 'Richtlinien'], ['servers', 'Server'], ['audit', 'Verlauf']]) {
      if (section === 'computers') await page.click('text="Deutsch"');
      else await page.click(`nav >> text="${name}"`);
      await t.titleIs(page, name);
      await fitsWidth(page);
      await t.accessible(page);
      await t.picture(page, `admin-telephone-${section}`);
    }
    await page.setViewportSize({width: 320, height: 640});
    await fitsWidth(page);
  }, {...kTelephone, colorScheme: 'dark'});
  let look;
  await asAdministrator(async (page) => {
    await page.click('text="Deutsch"');
    await look('⟦Cömpütérs');
    for (const [section, title] of [['policies', '⟦Pölíçíés'], ['servers', '⟦Sérvérs'], ['audit', '⟦Åüdít']]) {
      await page.focus(`nav a[href="#${section}"]`);
      await page.keyboard.press('Enter');
      await look(title);
    }
  }, {viewport: {width: 320, height: 700}}, [], async (page) => {
    look = await pseudoLook(page, t.titleIs, []);
  });
});
