// SPDX-License-Identifier: Apache-2.0
// How pages look and speak, for every test that asks: whether they fit their window, and whether every text is the
// catalogue's.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

import {picture} from './harness.mjs';

const kEnglish = fileURLToPath(new URL('../../../server/portal/src/i18n/en.json', import.meta.url));

export const kTelephone = {viewport: {width: 390, height: 844}, deviceScaleFactor: 2, isMobile: true, hasTouch: true};

// As docs/pictures shows a page: what a desktop's window shows of it, without most of the margins.
export async function guidePicture(page, name, height = 900) {
  const before = page.viewportSize();
  await page.setViewportSize({width: 880, height});
  await page.mouse.move(0, 0); // over nothing
  await picture(page, `guide-${name}`, {fullPage: false});
  await page.setViewportSize(before);
}

export async function fitsWidth(page) {
  const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(content <= window, `${content} px of content in ${window}`);
}

// A catalogue in which every text is longer and in brackets shows what does not come from the catalogue, and what breaks.
function pseudo() {
  const folder = process.env.PORTAL_OUT;
  const name = fs.readdirSync(folder).find((entry) => /^de-.*\.js$/.test(entry));
  const english = JSON.parse(fs.readFileSync(kEnglish, 'utf8'));
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
      if (parent.closest('script, style, noscript, time, [translate=no], .languages, .question')) continue;
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
  // What has no letter is a number or a time, in any language.
  assert.deepEqual(loose.filter((text) => /\p{L}/u.test(text) && !values.includes(text)), []);
}

// The page's German is replaced: ?lang=de shows the made catalogue.
async function speakPseudo(page) {
  const {name, script} = pseudo();
  const headers = {'Cross-Origin-Resource-Policy': 'same-origin'};
  await page.route(`**/assets/${name}`, (route) => route.fulfill({body: script, contentType: 'text/javascript', headers}));
}

// Speaks the made catalogue from now on; what it gives looks at one step.
export async function pseudoLook(page, titleIs, values) {
  await speakPseudo(page);
  return async (title) => {
    await titleIs(page, title);
    await fitsWidth(page);
    await fromTheCatalogue(page, values);
  };
}
