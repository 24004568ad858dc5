// SPDX-License-Identifier: Apache-2.0
// The code of the recovery sheet: cards suspended without a password, a closed account opened again.
import assert from 'node:assert/strict';
import test from 'node:test';

import * as t from './harness.mjs';
import {pseudoLook} from './looks.mjs';

const world = await t.startWorld();

async function sendSheet(page, account, code) {
  await page.fill('#account', account);
  await page.fill('#code', code);
  await page.click('button[type=submit]');
}

test('all cards are suspended with the sheet, without a password', async () => {
  const {name, sheet} = await world.accountWithSheet();
  await world.withPage({}, async (page) => {
    await page.goto(`${world.url}/lost-card`);
    await page.click('text="Use my recovery sheet instead"');
    await t.titleIs(page, 'Suspend my cards with the recovery sheet');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'title');
    await t.accessible(page);
    await t.picture(page, 'sheet-1-code');
    await sendSheet(page, name, sheet.replace(/^.{5}/, 'AAAAA'));
    await page.locator('#error', {hasText: 'Group 1 of the code is mistyped.'}).waitFor();
    await sendSheet(page, 'nobody', sheet);
    const refused = 'This is not the code of this account’s recovery sheet.';
    await page.locator('#error', {hasText: refused}).waitFor();
    await t.accessible(page);
    assert.equal((await world.desk(`card ${name}`)).state, 'active');
    await sendSheet(page, name, ` ${sheet.toLowerCase().replaceAll('-', ' ')} `);
    await t.titleIs(page, 'Your cards are suspended');
    await t.accessible(page);
    await t.picture(page, 'sheet-2-suspended');
    assert.deepEqual(await world.desk(`card ${name}`), {state: 'suspended', reason: 'lost'});
    await page.click('text="My cards"');
    await t.titleIs(page, 'My Cardea');
    await t.enter(page, name);
    await t.titleIs(page, 'My cards');
    await page.click('nav.sections a:has-text("What happened")');
    await page.locator('.event', {hasText: 'The recovery sheet was used to suspend the cards'}).waitFor();
    await page.locator('#verdict.good').waitFor();
  }, [t.kRefusedRequest]);
});

// Thirty wrong guesses take a day: the refusal is put in the answer's place, the reopening is the server's own.
test('a closed account is opened with the sheet, and its owner goes on', async () => {
  const {name, sheet} = await world.accountWithSheet();
  await world.withPage({}, async (page) => {
    const closed = {type: 'urn:cardea:problem:account-closed', title: 'Forbidden', status: 403};
    await page.route('**/v1/opaque/a/start', (route) =>
      route.fulfill({status: 403, contentType: 'application/problem+json', json: closed}),
    );
    await page.goto(`${world.url}/access-key`);
    await t.enter(page, name, 'wrong');
    await page.locator('#error', {hasText: 'This account is closed'}).waitFor();
    await t.picture(page, 'sheet-3-closed');
    await page.unroute('**/v1/opaque/a/start');
    await t.enter(page, name, 'wrong'); // one guess that is really counted
    await page.locator('#error', {hasText: 'Account or password is not right.'}).waitFor();
    await page.route('**/v1/opaque/a/start', (route) =>
      route.fulfill({status: 403, contentType: 'application/problem+json', json: closed}),
    );
    await t.enter(page, name, 'wrong');
    await page.click('text="Open my account with the recovery sheet"');
    await t.titleIs(page, 'Open my account with the recovery sheet');
    assert.equal(await page.inputValue('#account'), name);
    await t.accessible(page);
    await sendSheet(page, name, sheet);
    await t.titleIs(page, 'Your account is open again');
    await t.accessible(page);
    await t.picture(page, 'sheet-4-open');
    await page.unroute('**/v1/opaque/a/start');
    await page.click('text="Continue"');
    await t.enter(page, name);
    await t.titleIs(page, 'Your question');
  }, [t.kRefusedRequest]);
});

test('every text comes from the catalogue and may be half as long again, at 320 px', async () => {
  const {name, sheet} = await world.accountWithSheet();
  await world.withPage({viewport: {width: 320, height: 700}}, async (page) => {
    const look = await pseudoLook(page, t.titleIs, []);
    await page.goto(`${world.url}/lost-card?lang=de`);
    await page.click('button.secondary');
    await look('⟦Süspéñd my çárds');
    await sendSheet(page, name, sheet);
    await look('⟦Yöür çárds áré süspéñdéd');
  });
});
