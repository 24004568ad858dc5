// SPDX-License-Identifier: Apache-2.0
// Ways through the pages with the keyboard alone; Get my access key and My Cardea have theirs in their own files.
import assert from 'node:assert/strict';
import test from 'node:test';

import * as t from './harness.mjs';
import {keyboardOf} from './keyboard.mjs';
import {addKey, plugKeyIn} from './security_key.mjs';

const world = await t.startWorld(t.startNamedServer);
for (const [name, ...role] of [['olaf'], ['weber', '--role', 'administrator']]) {
  const {line} = await world.desk(`officer ${name}`);
  world.admin('officers', 'add', ...line.split(' ').slice(0, role.length === 0 ? 3 : 2), ...role);
}

// A page, its keyboard, and with `officer` his security key, added beforehand.
async function withKeyboard(use, officer = '') {
  await world.withPage({}, async (page, context) => {
    if (officer !== '') {
      await plugKeyIn(page, context);
      await addKey(world, page, officer);
    }
    await use(page, keyboardOf(page));
  });
}

const said = (page, text) => page.locator('[role=status]', {hasText: text}).waitFor();

test('my card is lost: suspended, and let in again', async () => {
  const account = await world.account();
  await withKeyboard(async (page, keys) => {
    await page.goto(world.url);
    await t.titleIs(page, 'How can we help?');
    await keys.enterAt('My card is lost');
    await t.titleIs(page, 'My card is lost');
    await keys.typeAt('account', account);
    await keys.press('Tab');
    await keys.type(t.kPassword);
    await keys.press('Enter');
    await t.titleIs(page, 'Suspend your card');
    assert.equal(await keys.focused(), 'title');
    await keys.tabTo('Blue card');
    await keys.tabTo('I have lost it');
    await keys.press('ArrowDown');
    await keys.enterAt('Suspend this card now');
    await t.titleIs(page, 'Your card is suspended');
    assert.equal(await keys.focused(), 'title');
    assert.deepEqual(await world.desk(`card ${account}`), {state: 'suspended', reason: 'stolen'});
    await keys.enterAt('Let this card in again');
    await t.titleIs(page, 'Your question');
    await keys.typeAt('answer', t.kAnswer);
    await keys.press('Enter');
    await t.titleIs(page, 'Your card works again');
    await keys.enterAt('Finish');
    await t.titleIs(page, 'You are done');
    assert.equal((await world.desk(`card ${account}`)).state, 'active');
  });
});

test('my recovery sheet: all cards suspended', async () => {
  const {name, sheet} = await world.accountWithSheet();
  await withKeyboard(async (page, keys) => {
    await page.goto(`${world.url}/lost-card`);
    await t.titleIs(page, 'My card is lost');
    await keys.spaceAt('Use my recovery sheet instead');
    await t.titleIs(page, 'Suspend my cards with the recovery sheet');
    assert.equal(await keys.focused(), 'title');
    await keys.typeAt('account', name);
    await keys.press('Tab');
    assert.equal(await keys.focused(), 'code');
    await keys.type(sheet);
    await keys.press('Enter');
    await t.titleIs(page, 'Your cards are suspended');
    assert.deepEqual(await world.desk(`card ${name}`), {state: 'suspended', reason: 'lost'});
    await keys.enterAt('Back to the start');
    await t.titleIs(page, 'How can we help?');
  });
});

test('register: to the sheet and past it', async () => {
  await withKeyboard(async (page, keys) => {
    await page.goto(world.url);
    await t.titleIs(page, 'How can we help?');
    await keys.enterAt('Register');
    await t.titleIs(page, 'Prepare my account');
    await keys.typeAt('account', 'berta');
    await keys.typeAt('password', t.kPassword);
    await keys.spaceAt('Show what I type');
    assert.equal(await page.getAttribute('#password', 'type'), 'text');
    await keys.typeAt('again', t.kPassword);
    await keys.press('Enter');
    await t.titleIs(page, 'Your own question');
    assert.equal(await keys.focused(), 'title');
    await keys.typeAt('question', t.kQuestion);
    await keys.typeAt('answer', t.kAnswer);
    await keys.typeAt('again', t.kAnswer);
    await keys.enterAt('Continue');
    await t.titleIs(page, 'Print your recovery sheet');
    assert.equal(await keys.focused(), 'title');
    await keys.enterAt('I have it on paper: continue');
    await t.titleIs(page, 'Is it on paper?');
    await keys.tabTo('group');
  });
});

test('help desk: signed in, a person found, a key asked for and taken back', async () => {
  const account = await world.account();
  await world.desk(`seal ${account} anna-laptop olaf`);
  await withKeyboard(async (page, keys) => {
    await keys.enterAt('Continue');
    await t.titleIs(page, 'Help desk');
    await keys.enterAt('Sign in with your security key');
    await page.locator('#account').waitFor();
    await keys.typeAt('account', account);
    await keys.press('Enter');
    await t.titleIs(page, 'Who needs help');
    assert.equal(await keys.focused(), 'title');
    await keys.spaceAt('An access key for anna-laptop');
    await keys.spaceAt('Called back at a known number');
    await keys.typeAt('reason', 'Lost her bag in Paris');
    await keys.enterAt('Ask for it');
    const request = page.locator('section.aside', {hasText: account});
    await request.locator('text="Approved"').waitFor();
    await keys.enterAt('Take it back');
    await said(page, 'is closed');
    await keys.enterAt('Sign out');
    await t.titleIs(page, 'You are done');
  }, 'olaf');
});

test('administrator: a policy changed', async () => {
  await withKeyboard(async (page, keys) => {
    await keys.enterAt('Continue');
    await t.titleIs(page, 'Administrator');
    await keys.enterAt('Sign in with your security key');
    await t.titleIs(page, 'Computers');
    await keys.enterAt('Policies');
    await t.titleIs(page, 'Policies');
    await keys.enterAt('Change'); // of the first: New accounts
    await keys.tabTo('open');
    await keys.press('ArrowDown');
    await keys.enterAt('Change it, with my security key');
    await said(page, 'It is changed.');
    assert.equal(world.admin('policy', 'get', 'registration').value, 'closed');
    await keys.enterAt('Back to the default');
    await keys.enterAt('Cancel');
    await keys.enterAt('Sign out');
    await t.titleIs(page, 'You are done');
    assert.equal(world.admin('policy', 'get', 'registration').value, 'closed');
  }, 'weber');
});
