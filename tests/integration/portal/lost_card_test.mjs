// SPDX-License-Identifier: Apache-2.0
// My card is lost: suspended with the password alone, resumed with the answer, from both doors.
import assert from 'node:assert/strict';
import test from 'node:test';

import * as t from './harness.mjs';

const world = await t.startWorld();

test('suspended with the password, let in again with the answer', async () => {
  const account = await world.account();
  await world.withPage({}, async (page) => {
    await page.goto(`${world.url}/lost-card`);
    await t.titleIs(page, 'My card is lost');
    await t.accessible(page);
    await t.enter(page, account);
    await t.titleIs(page, 'Suspend your card');
    await t.accessible(page);
    await t.picture(page, 'card-1-which');
    assert.deepEqual(await world.desk(`card ${account}`), {state: 'active', reason: ''});
    await page.locator('label.reason', {hasText: 'It was stolen'}).click();
    await page.click('text="Suspend this card now"');
    await t.titleIs(page, 'Your card is suspended');
    assert.deepEqual(await world.desk(`card ${account}`), {state: 'suspended', reason: 'stolen'});
    await t.accessible(page);
    await t.picture(page, 'card-2-suspended');

    await page.click('text="Let this card in again"');
    await t.titleIs(page, 'Your question');
    await t.answer(page, 'Lake Geneva');
    await page.locator('#error').waitFor();
    assert.deepEqual(await world.desk(`card ${account}`), {state: 'suspended', reason: 'stolen'});
    await t.answer(page);
    await t.titleIs(page, 'Your card works again');
    assert.equal((await world.desk(`card ${account}`)).state, 'active');
    await t.accessible(page);
    await page.click('text="Finish"');
    await t.titleIs(page, 'You are done');
  });
});

test('who has suspended his card goes on to an access key without a second login', async () => {
  const account = await world.account();
  await world.withPage({}, async (page) => {
    await page.goto(`${world.url}/lost-card`);
    await t.enter(page, account);
    await page.click('text="Suspend this card now"');
    await page.click('text="Get an access key for it"');
    await t.titleIs(page, 'Your question');
    await t.answer(page);
    await t.titleIs(page, 'Which computer?');
    await page.locator('label.choice', {hasText: 'anna-laptop'}).click();
    await page.click('button[type=submit]');
    await t.titleIs(page, 'Your access key');
    const key = await page.locator('#key').getAttribute('data-key');
    assert.deepEqual(await world.desk(`check ${account} anna-laptop ${key}`), {number: 1});
  });
});

test('who has a key suspends his card and comes back to the key', async () => {
  const account = await world.account();
  await world.withPage({}, async (page) => {
    const key = await t.getKey(page, world, account);
    await page.click('text="Suspend my card"');
    await t.titleIs(page, 'Suspend your card');
    await page.click('text="Suspend this card now"');
    await t.titleIs(page, 'Your card is suspended');
    await page.click('text="Let this card in again"'); // the answer was given already
    await t.titleIs(page, 'Your card works again');
    await page.click('text="Your access key"');
    await t.titleIs(page, 'Your access key');
    assert.equal(await page.locator('#key').getAttribute('data-key'), key);
  });
});

test('a card that is suspended already can be let in again', async () => {
  const account = await world.account();
  await world.desk(`suspend ${account}`);
  await world.withPage({}, async (page) => {
    await page.goto(`${world.url}/lost-card`);
    await t.enter(page, account);
    await page.locator('.lead', {hasText: 'No card of this account is in use.'}).waitFor();
    await t.accessible(page);
    await page.click('text="Let this card in again"');
    await t.answer(page);
    await t.titleIs(page, 'Your card works again');
  });
});

test('a change from elsewhere in the meantime is said', async () => {
  const account = await world.account();
  await world.withPage({}, async (page) => {
    await page.goto(`${world.url}/lost-card`);
    await t.enter(page, account);
    await t.titleIs(page, 'Suspend your card');
    await world.desk(`suspend ${account}`);
    await page.click('text="Suspend this card now"');
    await page.locator('#error', {hasText: 'The card was changed from somewhere else'}).waitFor();
  }, [t.kRefusedRequest]);
});
