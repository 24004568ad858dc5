// SPDX-License-Identifier: Apache-2.0
// How the pages look and speak: 320 px to 4K, light and dark, German, another language's length, no JavaScript, print.
import assert from 'node:assert/strict';
import test from 'node:test';

import * as t from './harness.mjs';
import {fitsWidth, kTelephone, pseudoLook} from './looks.mjs';

const world = await t.startWorld();

test('from 320 px to 4K nothing is cut off', async () => {
  const account = await world.account();
  await world.withPage({}, async (page) => {
    await t.getKey(page, world, account);
    await page.click('summary:has-text("Spell it out")');
    for (const [width, height] of [[320, 568], [390, 844], [768, 1024], [1280, 800], [3840, 2160]]) {
      await page.setViewportSize({width, height});
      await fitsWidth(page);
      const wrapped = await page.locator('#key .symbols').evaluateAll((all) => all.map((one) => one.getClientRects().length));
      assert.deepEqual(wrapped, Array(6).fill(1), `a group is broken at ${width} px`);
      await t.accessible(page);
      if (width === 320 || width === 3840) await t.picture(page, `key-${width}px`);
    }
  });
});

test('on a telephone, dark, in German', async () => {
  const account = await world.account();
  await world.withPage({...kTelephone, colorScheme: 'dark', locale: 'de-AT'}, async (page) => {
    await page.goto(world.url);
    await t.titleIs(page, 'Wie können wir helfen?');
    assert.equal(await page.getAttribute('html', 'lang'), 'de');
    await t.accessible(page);
    await fitsWidth(page);
    await t.picture(page, 'telephone-dark-home');
    await page.tap('a.door >> nth=0');
    await t.titleIs(page, 'Meinen Zugangsschlüssel holen');
    await t.accessible(page);
    await t.picture(page, 'telephone-dark-account');
    await t.enter(page, account);
    await t.titleIs(page, 'Ihre Frage');
    await t.answer(page);
    await t.titleIs(page, 'Welcher Computer?');
    await t.accessible(page);
    await t.picture(page, 'telephone-dark-computer');
    await page.locator('label.choice', {hasText: 'anna-laptop'}).tap();
    await page.tap('button[type=submit]');
    await t.titleIs(page, 'Ihr Zugangsschlüssel');
    await t.accessible(page);
    await fitsWidth(page);
    await t.picture(page, 'telephone-dark-key');
  });
});

test('on a telephone, light', async () => {
  const account = await world.account();
  await world.withPage(kTelephone, async (page) => {
    await page.goto(world.url);
    await t.picture(page, 'telephone-home');
    await t.getKey(page, world, account);
    await t.picture(page, 'guide-key', {fullPage: false, scale: 'css'});
    await page.goto(`${world.url}/lost-card`);
    await t.enter(page, account);
    await t.titleIs(page, 'Suspend your card');
    await t.picture(page, 'telephone-card');
    await page.tap('text="Suspend this card now"');
    await t.titleIs(page, 'Your card is suspended');
    await t.picture(page, 'telephone-card-suspended');
  });
});

test('the language is chosen on any step, and remembered', async () => {
  const account = await world.account();
  await world.withPage({}, async (page) => {
    await page.goto(`${world.url}/access-key`);
    await page.fill('#account', account);
    await page.click('text="Deutsch"');
    await t.titleIs(page, 'Meinen Zugangsschlüssel holen');
    assert.equal(await page.inputValue('#account'), account, 'what was typed is still there');
    assert.equal(await page.title(), 'Meinen Zugangsschlüssel holen – Cardea');
    await page.fill('#password', 'falsch');
    await page.click('button[type=submit]');
    await page.locator('#error', {hasText: 'Konto oder Passwort stimmt nicht.'}).waitFor();
    await page.goto(world.url);
    await t.titleIs(page, 'Wie können wir helfen?');
    await page.goto(`${world.url}/?lang=en`);
    await t.titleIs(page, 'How can we help?');
    await page.goto(`${world.url}/lost-card?lang=fr`);
    await t.titleIs(page, 'Meine Karte ist verloren');
  });
});

test('every text comes from the catalogue and may be half as long again', async () => {
  const account = await world.account();
  await world.withPage({viewport: {width: 320, height: 700}}, async (page) => {
    const look = await pseudoLook(page, t.titleIs, ['Blue card']);
    await page.goto(`${world.url}/?lang=de`);
    await look('⟦Höw çáñ wé hélp?');
    await page.goto(`${world.url}/access-key?lang=de`);
    await look('⟦Gét my áççéss kéy');
    await t.enter(page, account, 'wrong');
    await page.locator('#error').waitFor();
    await look('⟦Gét my áççéss kéy');
    await t.enter(page, account);
    await look('⟦Yöür qüéstíöñ');
    await t.answer(page);
    await look('⟦Whíçh çömpütér?');
    await page.locator('label.choice', {hasText: 'studio-tower'}).click();
    await page.click('button[type=submit]');
    await look('⟦Yöür áççéss kéy');
    await t.picture(page, 'pseudo-key');
    await page.locator('summary').first().click();
    await page.locator('main button', {hasText: 'Süspéñd my çárd'}).click();
    await look('⟦Süspéñd yöür çárd');
    await page.click('button[type=submit]');
    await look('⟦Yöür çárd ís süspéñdéd');
    await page.locator('main button', {hasText: 'Lét thís çárd'}).click();
    await look('⟦Yöür çárd wörks ágáíñ');
    await page.locator('main button.done').click();
    await page.locator('main button.done').click();
    await look('⟦Yöü áré döñé');
  });
});

test('without JavaScript every page says what to do, in both languages', async () => {
  await world.withPage({javaScriptEnabled: false}, async (page) => {
    for (const address of ['/', '/access-key', '/lost-card', '/register', '/account', '/help-desk', '/administrator']) {
      await page.goto(world.url + address);
      const text = await page.innerText('main');
      assert.ok(text.includes('This page needs JavaScript') && text.includes('Diese Seite braucht JavaScript'));
      const commands = ['recover', 'card suspend', 'register', 'status', 'officer', 'admin'];
      for (const command of commands) assert.ok(text.split(`cardea ${command}`).length >= 3, `${command}, in both languages`);
      assert.ok(!text.includes('One moment'));
      await fitsWidth(page);
    }
    await t.picture(page, 'without-javascript');
  });
});

test('on paper stand the key, its computer and what to do, and no buttons', async () => {
  const account = await world.account();
  await world.withPage({viewport: {width: 794, height: 1123}}, async (page) => {
    await t.getKey(page, world, account);
    await page.emulateMedia({media: 'print'});
    assert.equal(await page.locator('button:visible').count(), 0);
    assert.equal(await page.locator('#key .symbols:visible').count(), 6);
    assert.ok((await page.innerText('main')).includes('anna-laptop'));
    await t.picture(page, 'key-print');
  });
});
