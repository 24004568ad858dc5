// SPDX-License-Identifier: Apache-2.0
// The catalogue: both languages say the same things, with the same places, and nothing is left over.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import de from '../src/i18n/de.json';
import en from '../src/i18n/en.json';
import {pickLanguage, Texts} from '../src/i18n/texts';

const english: Record<string, string> = en;
const german: Record<string, string> = de;
const placesOf = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

test('German has every text, with the same places', () => {
  assert.deepEqual(Object.keys(german), Object.keys(english));
  for (const [id, text] of Object.entries(english)) assert.deepEqual(placesOf(german[id] ?? ''), placesOf(text), id);
});

test('every text is used somewhere', () => {
  const folder = `${process.env['CARDEA_SOURCE_DIR']}/server/portal/src`;
  const sources = ['account', 'help_desk', 'pages', 'i18n'].flatMap((part) =>
    fs.readdirSync(path.join(folder, part)).filter((name) => name.endsWith('.ts')).map((name) => path.join(folder, part, name)),
  );
  const code = sources.map((name) => fs.readFileSync(name, 'utf8')).join('\n');
  // Made of a word and a value: `cards.reason.${reason}`.
  const patterns = Array.from(code.matchAll(/`((?:[\w-]+\.)+\$\{[\w.]+\}[\w.-]*)`/g), ([, text]) => text ?? '');
  const made = patterns.map((text) => new RegExp(`^${text.replaceAll('.', '\\.').replace(/\$\{[^}]*\}/, '[\\w-]+')}$`));
  const unused = Object.keys(english).filter((id) => !made.some((form) => form.test(id)) && !code.includes(`'${id}'`));
  assert.deepEqual(unused, []);
});

test('every symbol of a key can be spelled', () => {
  for (const symbol of '0123456789ABCDEFGHJKMNPQRSTVWXYZ') assert.ok(english[`spell.${symbol}`], symbol);
});

test('the language is the first that there is', () => {
  assert.equal(pickLanguage(['', 'fr-FR', 'de-AT', 'en']), 'de');
  assert.equal(pickLanguage(['DE']), 'de');
  assert.equal(pickLanguage(['fr', 'toString']), 'en');
  assert.equal(pickLanguage([]), 'en');
});

test('waits are rounded up and written in words', async () => {
  const texts = Texts.english();
  assert.equal(texts.wait(1), '1 second');
  assert.equal(texts.wait(89), '89 seconds');
  assert.equal(texts.wait(91), '2 minutes');
  assert.equal(texts.wait(5401), '2 hours');
  assert.equal((await Texts.load('de')).wait(60), '60 Sekunden');
  assert.equal(texts.text('steps', {step: 1, steps: 4}), 'Step 1 of 4');
});
