// SPDX-License-Identifier: Apache-2.0
// My Cardea: one visit, three sections; what an owner sees there and does.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';

import * as t from './harness.mjs';
import {keyboardOf} from './keyboard.mjs';
import {fitsWidth, kTelephone, pseudoLook} from './looks.mjs';

const world = await t.startWorld();

async function signIn(page, account, section = '') {
  await page.goto(`${world.url}/account${section}`);
  await t.enter(page, account);
  await page.locator('nav.sections a[aria-current=page]').waitFor();
}
const thing = (page, name) => page.locator('.thing', {has: page.locator('h2', {hasText: name})});
const section = (page, name) => page.click(`nav.sections a:has-text("${name}")`);
const said = (page, text) => page.locator('.said', {hasText: text}).waitFor();

test('with the keyboard alone: one sign-in for all sections, and out again', async () => {
  const account = await world.account();
  await world.withPage({}, async (page) => {
    const {press, focused, enterAt, typeAt} = keyboardOf(page);
    await page.goto(world.url);
    await t.titleIs(page, 'How can we help?');
    await enterAt('My Cardea');
    await t.titleIs(page, 'My Cardea');
    await t.accessible(page);
    await typeAt('account', account);
    await press('Tab');
    await page.keyboard.type(t.kPassword);
    await press('Enter');
    await t.titleIs(page, 'My computers');
    assert.equal(await focused(), 'title');
    assert.equal(await page.title(), 'My computers – Cardea');
    await page.reload();
    await t.titleIs(page, 'My Cardea'); // nothing of the visit outlives its page
    await t.enter(page, account);
    await t.titleIs(page, 'My computers');
    await enterAt('What happened');
    await t.titleIs(page, 'What happened');
    assert.equal(new URL(page.url()).hash, '#history');
    await page.goBack();
    await t.titleIs(page, 'My computers');
    await enterAt('Sign out');
    await t.titleIs(page, 'You are done');
    assert.equal(await page.locator('nav.sections').count(), 0);
  });
});

test('my computers: what they are, new access keys, and the computer hears it', async () => {
  const account = await world.account();
  await world.withPage({}, async (page) => {
    await signIn(page, account);
    assert.deepEqual(await page.locator('.thing h2').allTextContents(), ['anna-laptop', 'kitchen-tablet', 'studio-tower']);
    assert.match(await thing(page, 'anna-laptop').innerText(), /Fits: an access key from here opens it[^]*Set 1: 0 given out, 0 used/);
    assert.match(await thing(page, 'kitchen-tablet').innerText(), /Was never in contact/);
    await t.accessible(page);
    await t.picture(page, 'account-computers');
    assert.deepEqual(await world.desk(`contact ${account} anna-laptop`), {fit: 'ok', rotate: false});

    await thing(page, 'anna-laptop').getByRole('button', {name: 'New access keys'}).click();
    await t.accessible(page);
    await page.click('text="Cancel"');
    await thing(page, 'anna-laptop').getByRole('button', {name: 'New access keys'}).click();
    await page.click('text="Ask for new access keys"');
    await t.titleIs(page, 'Your question');
    await t.accessible(page);
    await page.click('text="Cancel"');
    await t.titleIs(page, 'My computers');
    assert.deepEqual(await world.desk(`contact ${account} anna-laptop`), {fit: 'ok', rotate: false});
    await page.click('text="Ask for new access keys"');
    await t.answer(page);
    await said(page, 'anna-laptop makes new access keys at its next contact.');
    await t.picture(page, 'account-computers-asked');
    assert.deepEqual(await world.desk(`contact ${account} anna-laptop`), {fit: 'ok', rotate: true});
    await world.desk(`new-keys ${account} anna-laptop`);
    await section(page, 'My computers');
    await page.locator('.thing dd', {hasText: 'Set 2: 0 given out, 0 used'}).waitFor();
    assert.equal(await page.locator('text=are asked for since').count(), 0);
  });
});

test('access keys that do not fit are told, and when the computer was last in contact', async () => {
  const account = await world.account();
  const at = () => new Intl.DateTimeFormat('en-GB', {dateStyle: 'medium', timeStyle: 'short'}).format(new Date());
  await world.withPage({}, async (page) => {
    const before = at();
    assert.equal((await world.desk(`contact ${account} anna-laptop other`)).fit, 'mismatch');
    const moments = [before, at()];
    await signIn(page, account);
    const laptop = thing(page, 'anna-laptop');
    await laptop.locator('.state.bad', {hasText: 'Does not fit'}).waitFor();
    assert.ok(moments.includes(await laptop.locator('time').first().textContent()));
    await thing(page, 'studio-tower').locator('.state.good', {hasText: 'Fits'}).waitFor();
    await t.accessible(page);
    await t.picture(page, 'account-mismatch');
    // It makes new keys, and all is well.
    await world.desk(`new-keys ${account} anna-laptop`);
    await section(page, 'My computers');
    await laptop.locator('.state.good', {hasText: 'Fits'}).waitFor();
  });
});

test('a computer is retired after its name was typed, and hears it', async () => {
  const account = await world.account();
  await world.withPage({}, async (page) => {
    await signIn(page, account);
    await thing(page, 'studio-tower').getByRole('button', {name: 'Retire'}).click();
    await t.accessible(page);
    await t.picture(page, 'account-retire');
    await page.fill('#typed', 'anna-laptop');
    await page.click('text="Retire this computer"');
    await page.locator('#error', {hasText: 'This is not the name of the computer.'}).waitFor();
    await page.fill('#typed', 'studio-tower');
    await page.click('text="Retire this computer"');
    await t.answer(page);
    await said(page, 'studio-tower has left your account.');
    await t.becomes(() => page.locator('.thing h2').allTextContents(), ['anna-laptop', 'kitchen-tablet']);
    assert.deepEqual(await world.desk(`contact ${account} studio-tower`), {error: 'state-forbidden'});
    await section(page, 'What happened');
    await page.locator('.event', {hasText: 'The computer studio-tower was retired'}).waitFor();
  });
});

test('my cards: suspended with the password, let in again with the answer, given up for good', async () => {
  const account = await world.account();
  await world.withPage({}, async (page) => {
    await signIn(page, account, '#cards');
    await t.titleIs(page, 'My cards');
    const card = thing(page, 'Blue card');
    assert.match(await card.innerText(), /In use since[^]*anna-laptop[^]*0815-4711/);
    await t.accessible(page);
    await t.picture(page, 'account-cards');
    await card.getByRole('button', {name: 'Suspend'}).click();
    await t.accessible(page);
    await t.picture(page, 'account-card-suspend');
    await page.locator('label.reason', {hasText: 'It was stolen'}).click();
    await page.click('text="Suspend this card now"');
    await said(page, 'Blue card is suspended.');
    assert.deepEqual(await world.desk(`card ${account}`), {state: 'suspended', reason: 'stolen'});
    await t.accessible(page);
    await card.getByRole('button', {name: 'Let in again'}).click();
    await page.click('text="Let this card in again"');
    await t.answer(page);
    await said(page, 'Blue card works again.');
    assert.equal((await world.desk(`card ${account}`)).state, 'active');
    await card.getByRole('button', {name: 'Give up for good'}).click();
    await page.locator('label.reason', {hasText: 'I have lost it'}).click();
    await page.click('text="Give up this card for good"'); // the answer was given
    await said(page, 'Blue card is dead.');
    assert.deepEqual(await world.desk(`card ${account}`), {state: 'revoked', reason: 'lost'});
    await page.click('summary:has-text("Earlier cards (1)")');
    await t.accessible(page);
    await t.picture(page, 'account-cards-earlier');
  });
});

test('what happened: in words, checked, and as a file', async () => {
  const account = await world.account();
  await world.desk(`suspend ${account}`);
  await world.withPage({acceptDownloads: true}, async (page) => {
    await signIn(page, account, '#history');
    await t.titleIs(page, 'What happened');
    await page.locator('#verdict.good', {hasText: 'Checked in this browser'}).waitFor();
    const texts = (await page.locator('.event div').allInnerTexts()).map((text) => text.split('\n')[0]);
    assert.equal(texts[0], 'Signed in with the password');
    assert.equal(texts.at(-1), 'The account was made, with the card “Blue card” at anna-laptop');
    assert.ok(texts.includes('The card “Blue card” was suspended'));
    assert.ok(texts.includes('The computer studio-tower was added'));
    assert.ok(texts.includes('anna-laptop made new access keys (set 1)'));
    assert.match(await page.locator('.fingerprint').innerText(), /^([0-9a-f]{4} ){7}[0-9a-f]{4}$/);
    await t.accessible(page);
    await t.picture(page, 'account-history');
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('text="Save as a file (JSON lines)"')]);
    assert.equal(download.suggestedFilename(), 'cardea-history.jsonl');
    const lines = fs.readFileSync(await download.path(), 'utf8').trim().split('\n').map((line) => JSON.parse(line));
    assert.equal(lines.length, texts.length + 1);
    assert.deepEqual(lines.slice(0, -1).map(({event}) => event.sequence), texts.map((_, i) => i + 1));
    assert.equal(lines.at(-1).length, texts.length);
  });
});

test('on a telephone, dark, in German', async () => {
  const account = await world.account();
  await world.withPage({...kTelephone, colorScheme: 'dark', locale: 'de-AT'}, async (page) => {
    await signIn(page, account);
    for (const [name, title] of [['Computer', 'Meine Computer'], ['Karten', 'Meine Karten'], ['geschehen', 'Was geschehen ist']]) {
      await page.tap(`nav.sections a:has-text("${name}")`);
      await t.titleIs(page, title);
      await t.accessible(page);
      await fitsWidth(page);
      await t.picture(page, `telephone-dark-account-${name.toLowerCase()}`);
    }
  });
});

test('on a telephone, light', async () => {
  const account = await world.account();
  await world.withPage(kTelephone, async (page) => {
    await signIn(page, account);
    await t.picture(page, 'telephone-account-computers');
    await t.picture(page, 'guide-computers', {fullPage: false, scale: 'css'});
    await section(page, 'My cards');
    await thing(page, 'Blue card').getByRole('button', {name: 'Suspend'}).click();
    await t.picture(page, 'telephone-account-suspend');
    await section(page, 'What happened');
    await page.locator('#verdict').waitFor();
    await t.picture(page, 'telephone-account-history', {fullPage: false});
  });
});

test('every text comes from the catalogue and may be half as long again, at 320 px', async () => {
  const account = await world.account();
  await world.withPage({viewport: {width: 320, height: 700}}, async (page) => {
    const look = await pseudoLook(page, t.titleIs, ['Blue card']);
    await page.goto(`${world.url}/account?lang=de`);
    await look('⟦My Cárdéá');
    await t.enter(page, account);
    await look('⟦My çömpütérs');
    await thing(page, 'studio-tower').locator('button.danger').click();
    await look('⟦My çömpütérs');
    await page.click('nav.sections a >> nth=1');
    await look('⟦My çárds');
    await thing(page, 'Blue card').locator('button.danger').click();
    await look('⟦My çárds');
    await page.click('nav.sections a >> nth=3');
    await look('⟦Whát háppéñéd');
    await t.picture(page, 'pseudo-account');
  });
});
