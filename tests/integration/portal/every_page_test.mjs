// SPDX-License-Identifier: Apache-2.0
// What holds for each page that can be opened by its address, at its first step: every width, light and dark, every language.
import assert from 'node:assert/strict';
import test from 'node:test';

import * as t from './harness.mjs';
import {keyboardOf} from './keyboard.mjs';
import {fitsWidth, pseudoLook} from './looks.mjs';

const world = await t.startWorld();
const kWidths = [320, 768, 3840, 1280];
const kPages = ['/', '/access-key', '/lost-card', '/register', '/account', '/help-desk', '/administrator'];
const kStatic = ['/problems', '/problems/account-closed']; // English and German at once, without a script
const nameOf = (address) => address.slice(1).replace('/', '-') || 'start';

async function fitsEveryWidth(page) {
  for (const width of kWidths) {
    await page.setViewportSize({width, height: width < 700 ? 700 : 900});
    await fitsWidth(page);
  }
}

// One heading of the first level for each language, one main landmark, a title, and its language said.
async function isAPage(page, language) {
  const found = await page.evaluate(() => ({
    headings: document.querySelectorAll('h1').length,
    languages: Math.max(1, document.querySelectorAll('main section[lang]').length),
    mains: document.querySelectorAll('main, [role=main]').length,
    language: document.documentElement.lang,
  }));
  assert.deepEqual(found, {headings: found.languages, languages: found.languages, mains: 1, language});
  assert.match(await page.title(), /Cardea$/);
}

// Once round with Tab: everything that can be used is reached, lies in the window then, and looks other than before.
async function focusIsSeen(page) {
  const waiting = await page.evaluate(() => {
    const look = (element) => {
      const {outlineStyle, outlineWidth, boxShadow, borderColor, backgroundColor, textDecoration} = getComputedStyle(element);
      return [outlineStyle, outlineWidth, boxShadow, borderColor, backgroundColor, textDecoration].join();
    };
    const usable = [...document.querySelectorAll('a[href], button, input, select, textarea, summary')];
    const before = new Map(usable.filter((one) => one.checkVisibility() && !one.disabled).map((one) => [one, look(one)]));
    globalThis.seen = () => {
      const element = document.activeElement;
      if (!before.has(element)) return null;
      const {top, bottom, left, right} = element.getBoundingClientRect();
      const inside = top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth;
      const name = element.id || element.textContent.trim();
      const changed = look(element) !== before.get(element);
      before.delete(element);
      return {name, good: inside && changed, left: before.size};
    };
    return before.size;
  });
  const keys = keyboardOf(page);
  for (let left = waiting; left > 0; --left) {
    await keys.press('Tab');
    const found = await page.evaluate(() => globalThis.seen());
    assert.ok(found, `${left} of ${waiting} can't be reached by Tab, or not in one round`);
    assert.ok(found.good, `the focus on “${found.name}” is not seen`);
  }
}

for (const colorScheme of ['light', 'dark']) {
  const settings = {colorScheme, reducedMotion: 'reduce'};

  test(`each page in English, ${colorScheme}`, async () => {
    await world.withPage(settings, async (page) => {
      for (const address of [...kPages, ...kStatic]) {
        await page.goto(world.url + address);
        await page.locator('main h1').first().waitFor();
        if (!kStatic.includes(address)) await page.locator('h1#title').waitFor();
        await fitsEveryWidth(page);
        await isAPage(page, 'en');
        await t.accessible(page);
        if (colorScheme === 'light') await t.picture(page, `page-${nameOf(address)}`);
        await focusIsSeen(page);
      }
    });
  });

  test(`each page in German, ${colorScheme}`, async () => {
    await world.withPage({...settings, locale: 'de-DE'}, async (page) => {
      for (const address of kPages) {
        await page.goto(world.url + address);
        await page.locator('html[lang=de] h1#title').waitFor();
        await fitsEveryWidth(page);
        await isAPage(page, 'de');
        await page.setViewportSize({width: 320, height: 700});
        await t.accessible(page);
        if (colorScheme === 'dark') await t.picture(page, `page-${nameOf(address)}-telephone`);
      }
    });
  });

  test(`each page in any words, ${colorScheme}`, async () => {
    await world.withPage({...settings, locale: 'de-DE'}, async (page) => {
      const look = await pseudoLook(page, t.titleIs, []);
      for (const address of kPages) {
        await page.goto(world.url + address);
        await look('⟦');
        await fitsEveryWidth(page);
      }
    });
  });
}
