// SPDX-License-Identifier: Apache-2.0
// How the pages look and speak: 320 px to 4K, light and dark, German, another language's length, no JavaScript, print.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import * as t from './harness.mjs';

const world = await t.startWorld();
const kTelephone = {viewport: {width: 390, height: 844}, deviceScaleFactor: 2, isMobile: true, hasTouch: true};

async function fitsWidth(page) {
  const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(content <= window, `${content} px of content in ${window}`);
}

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
    await t.picture(page, 'telephone-key', {fullPage: false}); // docs/pictures/portal-key.png
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

// A catalogue in which every text is longer and in brackets shows what does not come from the catalogue, and what breaks.
function pseudo() {
  const folder = process.env.PORTAL_OUT;
  const name = fs.readdirSync(folder).find((entry) => /^de-.*\.js$/.test(entry));
  const english = JSON.parse(fs.readFileSync(path.join(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../../../server/portal/src/i18n/en.json'), 'utf8'));
  const accents = {a: 'á', e: 'é', i: 'í', o: 'ö', u: 'ü', c: 'ç', n: 'ñ', A: 'Å', E: 'É', I: 'Î', O: 'Ö', U: 'Ü'};
  const stretch = (text) =>
    `⟦${text.replace(/\{\w+\}|[A-Za-z]/g, (piece) => accents[piece] ?? piece)}${' ~~'.repeat(Math.ceil(text.length / 9))}⟧`;
  const texts = Object.fromEntries(Object.entries(english).map(([id, text]) => [id, stretch(text)]));
  return {name, script: `export default ${JSON.stringify(texts)};`};
}

// Texts outside of brackets: names and values only.
async function fromTheCatalogue(page, values) {
  const loose = await page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    let depth = 0;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement;
      if (parent.closest('script, style, noscript, [translate=no], .languages, .question')) continue;
      const text = node.textContent.trim();
      const opened = (text.match(/⟦/g) ?? []).length;
      const closed = (text.match(/⟧/g) ?? []).length;
      if (text !== '' && opened === 0 && closed === 0 && depth === 0) found.push(text);
      depth += opened - closed;
    }
    const attributes = [...document.querySelectorAll('[aria-label], [placeholder], [title], [alt]')];
    for (const element of attributes) {
      for (const name of ['aria-label', 'placeholder', 'title', 'alt']) {
        const text = element.getAttribute(name);
        if (text && !text.startsWith('⟦')) found.push(`${name}=${text}`);
      }
    }
    return found;
  });
  assert.deepEqual(loose.filter((text) => !values.includes(text)), []);
}

test('every text comes from the catalogue and may be half as long again', async () => {
  const account = await world.account();
  const {name, script} = pseudo();
  await world.withPage({viewport: {width: 320, height: 700}}, async (page) => {
    await page.route(`**/assets/${name}`, (route) =>
      route.fulfill({body: script, contentType: 'text/javascript', headers: {'Cross-Origin-Resource-Policy': 'same-origin'}}),
    );
    const look = async (title) => {
      await t.titleIs(page, title);
      await fitsWidth(page);
      await fromTheCatalogue(page, ['Blue card']);
    };
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
    for (const address of ['/', '/access-key', '/lost-card']) {
      await page.goto(world.url + address);
      const text = await page.innerText('main');
      assert.ok(text.includes('This page needs JavaScript') && text.includes('Diese Seite braucht JavaScript'));
      assert.ok(text.includes('cardea recover') && text.includes('cardea card suspend'));
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
