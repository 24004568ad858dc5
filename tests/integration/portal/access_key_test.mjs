// SPDX-License-Identifier: Apache-2.0
// Get my access key: from account and password to a key that the computer accepts, and what goes wrong on the way.
import assert from 'node:assert/strict';
import test from 'node:test';

import * as t from './harness.mjs';
import {keyboardOf} from './keyboard.mjs';
import {guidePicture} from './looks.mjs';

const world = await t.startWorld();

test('with the keyboard alone, to a key that the computer accepts once', async () => {
  const account = await world.account();
  await world.withPage({}, async (page) => {
    const {type, press, focused, tabTo, enterAt, typeAt} = keyboardOf(page);
    await page.goto(world.url);
    await t.titleIs(page, 'How can we help?');
    await t.accessible(page);
    await t.picture(page, 'home');
    await press('Tab');
    assert.equal(await focused(), 'To the content');
    await enterAt('Get my access key');

    await t.titleIs(page, 'Get my access key');
    await t.accessible(page);
    await t.picture(page, 'key-1-account');
    await typeAt('account', account);
    await press('Tab');
    await type(t.kPassword);
    await press('Enter');

    await t.titleIs(page, 'Your question');
    assert.equal(await focused(), 'title');
    assert.equal(await page.textContent('.question'), t.kQuestion);
    await t.accessible(page);
    await t.picture(page, 'key-2-answer');
    await typeAt('answer', '  lake ZÜRICH ');
    await press('Enter');

    await t.titleIs(page, 'Which computer?');
    await t.accessible(page);
    await t.picture(page, 'key-3-computer');
    assert.equal(await page.locator('input[name=computer]:disabled').count(), 1);
    assert.deepEqual(await page.locator('label.choice strong').allTextContents(), [
      'anna-laptop',
      'studio-tower',
      'kitchen-tablet', // has no keys
    ]);
    await tabTo('anna-laptop');
    await press('ArrowDown');
    await press('ArrowUp');
    const chosen = page.locator('label.choice', {has: page.locator('input:checked')}).locator('strong');
    assert.equal(await chosen.textContent(), 'anna-laptop');
    await press('Enter');

    await t.titleIs(page, 'Your access key');
    assert.equal(await focused(), 'title');
    await t.accessible(page);
    await t.picture(page, 'key-4-key');
    await guidePicture(page, 'key-desktop');
    await page.locator('main .lead:visible', {hasText: /^It opens anna-laptop once\.$/}).waitFor();
    const key = await page.locator('#key').getAttribute('data-key');
    assert.match(key, /^([0-9A-HJKMNP-TV-Z]{5}-){5}[0-9A-HJKMNP-TV-Z]{5}$/);
    assert.equal((await page.locator('#key .symbols').allTextContents()).join('-'), key);
    await enterAt('Spell it out');
    await t.accessible(page);
    await t.picture(page, 'key-4-spelling');
    assert.equal(await page.locator('.spelling dd').count(), 6);

    assert.deepEqual(await world.desk(`check ${account} studio-tower ${key}`), {error: 'access-key-wrong'});
    assert.deepEqual(await world.desk(`check ${account} anna-laptop ${key}`), {number: 1});
    assert.deepEqual(await world.desk(`check ${account} anna-laptop ${key}`), {error: 'access-key-wrong'});

    await enterAt('I have the key');
    await t.titleIs(page, 'You are done');
    await t.accessible(page);
    assert.ok(!(await page.content()).includes(key.slice(0, 5)));
  });
});

test('the key can be copied, and stays without a network', async () => {
  const account = await world.account();
  const settings = {permissions: ['clipboard-read', 'clipboard-write']};
  await world.withPage(settings, async (page, context) => {
    const key = await t.getKey(page, world, account, 'studio-tower');
    await page.waitForLoadState('networkidle');
    await context.setOffline(true);
    await page.click('text="Copy"');
    await page.locator('.said', {hasText: 'The key is copied.'}).waitFor();
    await page.click('text="Deutsch"');
    await t.titleIs(page, 'Ihr Zugangsschlüssel');
    await page.locator('main .lead:visible', {hasText: /^Er öffnet studio-tower einmal\.$/}).waitFor();
    assert.equal(await page.locator('#key').getAttribute('data-key'), key);
    await context.setOffline(false);
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), key);
    assert.deepEqual(await world.desk(`check ${account} studio-tower ${key}`), {number: 1});
  });
});

test('each key is a new one, and the older dies with the use of the newer', async () => {
  const account = await world.account();
  await world.withPage({}, async (page) => {
    const first = await t.getKey(page, world, account);
    const second = await t.getKey(page, world, account);
    assert.notEqual(first, second);
    assert.deepEqual(await world.desk(`check ${account} anna-laptop ${second}`), {number: 2});
    assert.deepEqual(await world.desk(`check ${account} anna-laptop ${first}`), {error: 'access-key-wrong'});
  });
});

test('a wrong password and an unknown account are told in the same words', async () => {
  const account = await world.account();
  await world.withPage({}, async (page) => {
    const texts = [];
    for (const [name, password] of [[account, 'wrong'], ['nobody', t.kPassword], ['not a name', t.kPassword]]) {
      await page.goto(`${world.url}/access-key`);
      await t.enter(page, name, password);
      await page.locator('#error').waitFor();
      texts.push(await page.textContent('#error p'));
    }
    assert.deepEqual(texts, Array(3).fill('Account or password is not right. Please try again.'));
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'error');
    assert.equal(await page.inputValue('#password'), t.kPassword, 'what was typed is still there');
    await t.accessible(page);
    await t.picture(page, 'wrong-password');
    // And on the same form it goes on.
    await t.enter(page, account);
    await t.titleIs(page, 'Your question');
    assert.equal(await page.locator('#error').count(), 0);
  });
});

test('a wrong answer is asked again; too many are slowed down', async () => {
  const account = await world.account();
  await world.withPage({}, async (page) => {
    await page.goto(`${world.url}/access-key`);
    await t.enter(page, account); // the first guess
    await t.titleIs(page, 'Your question');
    await t.answer(page, 'Lake Geneva');
    await page.locator('#error', {hasText: 'This is not the answer that was given when you registered.'}).waitFor();
    await t.accessible(page);
    await t.picture(page, 'wrong-answer');
    // Five are free; the sixth has to wait.
    for (let guess = 3; guess <= 6; ++guess) {
      const finished = page.waitForResponse((response) => response.url().endsWith('/v1/opaque/b/start'));
      await t.answer(page, `Lake ${guess}`);
      await finished;
    }
    await page.locator('#error', {hasText: /Too many tries\. Please try again in \d+ seconds?\./}).waitFor();
  }, [t.kRefusedRequest]);
});

test('when the network fails between two steps, the same button goes on', async () => {
  const account = await world.account();
  await world.withPage({}, async (page) => {
    await page.goto(`${world.url}/access-key`);
    await t.enter(page, account);
    await t.titleIs(page, 'Your question');
    await page.route('**/v1/computers', (route) => route.abort('internetdisconnected'));
    await t.answer(page);
    await page.locator('#error', {hasText: 'The server can’t be reached.'}).waitFor();
    await page.unrouteAll();
    await page.click('button[type=submit]');
    await t.titleIs(page, 'Which computer?');
  }, [t.kRefusedRequest]);
});

test('an empty field is not sent', async () => {
  await world.withPage({}, async (page) => {
    let calls = 0;
    await page.route('**/v1/**', (route) => {
      if (!route.request().url().endsWith('/v1/servers')) ++calls; // asked by itself, and nothing of the form
      return route.continue();
    });
    await page.goto(`${world.url}/access-key`);
    await page.click('button[type=submit]');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'account');
    assert.equal(calls, 0);
  });
});
