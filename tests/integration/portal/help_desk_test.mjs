// SPDX-License-Identifier: Apache-2.0
// Help desk: two officers with security keys (Chromium's virtual ones) help somebody who has lost card and password.
import assert from 'node:assert/strict';
import test from 'node:test';

import * as t from './harness.mjs';
import {guidePicture, pseudoLook} from './looks.mjs';
import {addKey as addKeyOf, plugKeyIn} from './security_key.mjs';

const world = await t.startWorld(t.startNamedServer);
world.admin('policy', 'set', 'officer.second', 'always');
world.admin('policy', 'set', 'officer.verification', 'call-back');
for (const name of ['olaf', 'otto']) {
  const {line} = await world.desk(`officer ${name}`);
  world.admin('officers', 'add', ...line.split(' '));
}

async function addKey(page, officer) {
  const code = await addKeyOf(world, page, officer);
  await page.click('text="Continue"');
  await page.locator('text="Sign in with your security key"').waitFor();
  return code;
}

async function signIn(page) {
  await page.click('text="Sign in with your security key"');
  await page.locator('#account').waitFor();
}

// Runs `use` with the page of an officer who is signed in.
async function asOfficer(name, use, settings = {}, expected = []) {
  await world.withPage(settings, async (page, context) => {
    await plugKeyIn(page, context);
    await addKey(page, name);
    await signIn(page);
    await use(page);
  }, expected);
}

async function askForKey(page, account) {
  await page.fill('#account', account);
  await page.click('text="Look up"');
  await t.titleIs(page, 'Who needs help');
  await page.locator('label.choice', {hasText: 'anna-laptop'}).click();
  await page.locator('label.reason', {hasText: 'Called back'}).click();
  await page.fill('#reason', 'Lost her bag in Paris');
  await page.click('text="Ask for it"');
  await page.locator('[role=status]', {hasText: 'Another officer must approve it.'}).waitFor();
}

test('asked, approved by another officer, made with the card; it opens the computer once', async () => {
  const account = await world.account();
  await world.desk(`seal ${account} anna-laptop olaf`);
  await asOfficer('olaf', async (page) => {
    await t.accessible(page);
    await page.fill('#account', account);
    await page.click('text="Look up"');
    await t.titleIs(page, 'Who needs help');
    await t.accessible(page);
    await t.picture(page, 'desk-1-person');
    assert.ok(await page.locator('label.choice', {hasText: 'studio-tower'}).locator('input').isDisabled());
    // What policy demands is asked for before anything is sent.
    await page.locator('label.choice', {hasText: 'anna-laptop'}).click();
    await page.fill('#reason', 'Lost her bag in Paris');
    await page.click('text="Ask for it"');
    assert.equal(await page.locator('input:invalid').getAttribute('value'), 'call-back');
    await page.locator('label.reason', {hasText: 'Called back'}).click();
    await page.click('text="Ask for it"');
    const mine = page.locator('section.aside', {hasText: account});
    await mine.locator('text="Waiting for a second officer"').waitFor();
    assert.equal(await mine.locator('text="Approve"').count(), 0, 'he could approve it himself');
    await t.picture(page, 'desk-2-waiting');
    await asOfficer('otto', async (other) => {
      const theirs = other.locator('section.aside', {hasText: account});
      await theirs.locator('text="Reason: Lost her bag in Paris"').waitFor();
      await t.accessible(other);
      await t.picture(other, 'desk-3-approve');
      await theirs.locator('text="Approve"').click();
      await other.locator('[role=status]', {hasText: 'is approved'}).waitFor();
    });
    await page.click('text="Look again"');
    const command = await mine.locator('code').textContent();
    await t.accessible(page);
    await t.picture(page, 'desk-4-approved');
    await guidePicture(page, 'help-desk', 960);
    const request = /^cardea officer issue --request ([0-9a-f]{32})$/.exec(command)[1];
    const {key} = await world.desk(`issue olaf ${request}`);
    assert.deepEqual(await world.desk(`check ${account} anna-laptop ${key}`), {number: 1});
    assert.deepEqual(await world.desk(`check ${account} anna-laptop ${key}`), {error: 'access-key-wrong'});
    await page.click('text="Sign out"');
    await t.titleIs(page, 'You are done');
  });
});

test('declined, taken back, and a card suspended without a second officer', async () => {
  const account = await world.account();
  await world.desk(`seal ${account} anna-laptop olaf`);
  await asOfficer('olaf', async (page) => {
    await askForKey(page, account);
    await asOfficer('otto', async (other) => {
      await other.locator('section.aside', {hasText: account}).locator('text="Decline"').click();
      await other.locator('[role=status]', {hasText: 'is closed'}).waitFor();
    });
    await askForKey(page, account);
    await page.locator('section.aside', {hasText: account}).locator('text="Take it back"').click();
    await page.locator('[role=status]', {hasText: 'is closed'}).waitFor();
    await page.fill('#account', account);
    await page.click('text="Look up"');
    await page.locator('label.choice', {hasText: 'Suspend a card'}).click();
    await page.locator('label.reason', {hasText: 'Called back'}).click();
    await page.fill('#reason', 'Stolen, she says');
    await page.click('text="Ask for it"');
    await page.locator('section.aside', {hasText: account}).locator('text="Do it now"').click();
    await page.locator('[role=status]', {hasText: 'Done for'}).waitFor();
    assert.deepEqual(await world.desk(`card ${account}`), {state: 'suspended', reason: 'lost'});
  });
});

test('an unknown account, a code used twice, a key nobody knows, nobody there', async () => {
  await world.withPage({}, async (page, context) => {
    const {devtools, authenticatorId} = await plugKeyIn(page, context);
    await page.goto(`${world.url}/help-desk`);
    await t.titleIs(page, 'Help desk');
    await t.accessible(page);
    await page.click('text="Sign in with your security key"');
    await page.locator('#error', {hasText: 'No security key of an officer was used.'}).waitFor();
    const code = await addKey(page, 'olaf');
    await page.goto(`${world.url}/help-desk`);
    await devtools.send('WebAuthn.setUserVerified', {authenticatorId, isUserVerified: false});
    await page.click('text="Sign in with your security key"');
    await page.locator('#error', {hasText: 'No security key of an officer was used.'}).waitFor();
    await devtools.send('WebAuthn.setUserVerified', {authenticatorId, isUserVerified: true});
    await signIn(page);
    await page.fill('#account', 'nobody-at-all');
    await page.click('text="Look up"');
    await page.locator('#error', {hasText: 'There is no account of this name.'}).waitFor();
    // Suspended: out with the next click.
    world.admin('officers', 'suspend', 'olaf');
    await page.click('text="Look again"');
    await page.locator('#error', {hasText: 'This took too long.'}).waitFor();
    world.admin('officers', 'resume', 'olaf');
    await page.goto(`${world.url}/help-desk?again#${code}`);
    await page.fill('#label', 'second key');
    await page.click('button[type=submit]');
    await page.locator('#error', {hasText: 'The key was not added.'}).waitFor();
  }, [t.kRefusedRequest]);
});

test('on a telephone, in German, with the keyboard only, without JavaScript', async () => {
  const account = await world.account();
  await world.desk(`seal ${account} anna-laptop otto`);
  const telephone = {viewport: {width: 320, height: 640}, locale: 'de-DE'};
  await world.withPage(telephone, async (page, context) => {
    await plugKeyIn(page, context);
    const {code} = await world.desk('officer-code otto');
    await page.goto(`${world.url}/help-desk#${code}`);
    await t.titleIs(page, 'Einen Sicherheitsschlüssel hinzufügen');
    await page.focus('#label');
    await page.keyboard.type('Diensttelefon');
    await page.keyboard.press('Enter');
    await t.titleIs(page, 'Der Schlüssel ist hinzugefügt');
    await t.accessible(page);
    await page.locator('main button').focus();
    await page.keyboard.press('Enter');
    await t.titleIs(page, 'Hilfestelle');
    await page.locator('main button[type=submit]').focus();
    await page.keyboard.press('Enter');
    await page.locator('#account').focus();
    await page.keyboard.type(account);
    await page.keyboard.press('Enter');
    await t.titleIs(page, 'Wer Hilfe braucht');
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 320, `${wide} pixels wide`);
    await t.accessible(page);
    await t.picture(page, 'desk-telephone');
  });
  await world.withPage({javaScriptEnabled: false}, async (page) => {
    await page.goto(`${world.url}/help-desk`);
    await page.locator('text="This page needs JavaScript"').waitFor();
  });
});

test('every text comes from the catalogue and may be half as long again, at 320 px', async () => {
  const account = await world.account();
  await world.desk(`seal ${account} anna-laptop olaf`);
  await world.withPage({viewport: {width: 320, height: 700}}, async (page, context) => {
    const look = await pseudoLook(page, t.titleIs, []);
    await plugKeyIn(page, context);
    const {code} = await world.desk('officer-code olaf');
    await page.goto(`${world.url}/help-desk?lang=de#${code}`);
    await look('⟦Ådd á séçüríty kéy');
    await page.fill('#label', 'blue key');
    await page.click('button[type=submit]');
    await look('⟦Thé kéy ís áddéd');
    await page.click('main button');
    await look('⟦Hélp désk');
    await page.click('button[type=submit]');
    await page.locator('#account').waitFor();
    await look('⟦Hélp désk');
    await page.fill('#account', 'nobody-at-all');
    await page.click('button[type=submit]');
    await page.locator('#error').waitFor();
    await look('⟦Hélp désk');
    await page.fill('#account', account);
    await page.click('button[type=submit]');
    await look('⟦Whö ñééds hélp');
    await page.locator('label.choice input:enabled').first().check();
    await page.locator('input[value=call-back]').check();
    await page.fill('#reason', 'Lost her bag');
    await page.click('button[type=submit]');
    await page.locator('[role=status]').waitFor();
    await look('⟦Hélp désk');
    await t.picture(page, 'pseudo-desk');
    await page.locator('section.aside', {hasText: account}).locator('button').click();
    await page.locator('section.aside', {hasText: account}).waitFor({state: 'detached'});
    await look('⟦Hélp désk');
    await page.locator('.actions button').last().click();
    await look('⟦Yöü áré döñé');
  }, [t.kRefusedRequest]);
});
