// SPDX-License-Identifier: Apache-2.0
// My records: opened by card and by sheet; found, shown, copied, changed, deleted, brought back. What the page seals the client's
// code opens, and the other way round.
import assert from 'node:assert/strict';
import test from 'node:test';

import * as t from './harness.mjs';
import {fitsWidth, kTelephone, pseudoLook} from './looks.mjs';

const world = await t.startWorld();

const kMail = {kind: 'web', title: 'Mail', url: 'https://mail.example/', user: 'anna', secret: 's3cret-mail', set: 'Office', updated: 5};
const kLater = {title: 'Later', kind: 'token', set: 'Paris', seed: {digits: 6}, note: 'of a later version'};

async function withRecords() {
  const {name, sheet} = await world.accountWithSheet();
  const put = async (body) => (await world.desk(`put ${name} new ${JSON.stringify(body)}`)).id;
  return {name, sheet, mail: await put(kMail), later: await put(kLater), plain: await put('just words')};
}

// With the card; `lent` is what stands behind the code.
async function byCard(page, account, lent = 'records') {
  await page.goto(`${world.url}/account#records`);
  await page.click('text="Sign in with my card"');
  const code = await page.locator('[data-code]').getAttribute('data-code');
  await world.desk(`allow ${account} ${code} ${lent}`);
  await t.titleIs(page, 'You are signed in');
  await page.click('text="Continue"');
  await t.titleIs(page, 'My records');
}

async function bySheet(page, account, sheet) {
  await page.goto(`${world.url}/account#records`);
  await t.enter(page, account);
  await t.titleIs(page, 'Your question');
  await t.answer(page);
  await t.titleIs(page, 'My records');
  await page.fill('#code', sheet);
  await page.click('main button[type=submit]');
}

const item = (page, title) => page.locator('ul.records > li', {has: page.locator('h2', {hasText: title})});
const titles = async (page) => (await page.locator('ul.records h2').allInnerTexts()).map((text) => text.trim());
const said = (page, text) => page.locator('.said', {hasText: text}).waitFor();
const open = (page, title) => page.click(`ul.records button:has-text("${title}")`);

test('by card: the list, what is on the card, a search, a set', async () => {
  const {name, mail, later} = await withRecords();
  await world.withPage({}, async (page) => {
    await byCard(page, name, `records ${mail} 1 ${'ab'.repeat(16)} 1`);
    await page.locator('ul.records > li').nth(2).waitFor();
    await t.becomes(() => titles(page), ['Without a title', 'Later', 'Mail']);
    assert.match(await item(page, 'Mail').innerText(), /Web site · https:\/\/mail\.example\/ · Office · .*on your card/);
    assert.match(await item(page, 'Later').innerText(), /token · Paris · .*only at the server/);
    await page.locator('text=1 on your card are not at the server any more.').waitFor();
    await page.locator('text=/3 of 4,096 records, \\d+ kB/').waitFor();
    assert.ok(!(await page.content()).includes(kMail.secret));
    await t.accessible(page);
    await t.picture(page, 'records-1-list');
    await page.fill('#search', 'MAIL.EX');
    await t.becomes(() => titles(page), ['Mail']);
    await page.fill('#search', '');
    await page.selectOption('#set', 'Paris');
    await t.becomes(() => titles(page), ['Later']);
    await page.selectOption('#set', '');
    // Changed elsewhere: the card's copy is behind.
    await world.desk(`put ${name} ${mail} ${JSON.stringify({...kMail, user: 'other'})}`);
    await page.click('nav.sections a:has-text("My cards")');
    await t.titleIs(page, 'My cards');
    await page.click('nav.sections a:has-text("My records")');
    await t.titleIs(page, 'My records');
    await item(page, 'Mail').locator('text=/older on your card/').waitFor();
    assert.ok(later);
  });
});

test('a secret is hidden until it is wanted, and copied', async () => {
  const {name} = await withRecords();
  await world.withPage({permissions: ['clipboard-read', 'clipboard-write']}, async (page) => {
    await byCard(page, name);
    await open(page, 'Mail');
    await page.locator('.secret').waitFor();
    assert.equal((await page.locator('.secret').innerText()).trim(), '••••••••');
    assert.ok(!(await page.locator('main').innerText()).includes(kMail.secret));
    await t.accessible(page);
    await page.click('text="Show"');
    await page.locator('.secret', {hasText: kMail.secret}).waitFor();
    await t.picture(page, 'records-2-open');
    await page.click('main .inline button:has-text("Copy")');
    await said(page, 'Copied.');
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), kMail.secret);
    await open(page, 'Later');
    await item(page, 'Later').locator('text=of a later version').waitFor();
    assert.match(await item(page, 'Later').innerText(), /seed\s+\{"digits":6\}\s+note\s+of a later version/);
    assert.ok(!(await page.content()).includes(kMail.secret), 'a record that is shut leaves the page');
    await open(page, 'Without a title');
    await page.locator('pre', {hasText: 'just words'}).waitFor();
    assert.equal(await page.locator('text="Change"').count(), 0);
  });
});

test('what is changed here the client’s code reads, with all that this page does not know', async () => {
  const {name, mail, later} = await withRecords();
  await world.withPage({}, async (page) => {
    await byCard(page, name);
    await open(page, 'Later');
    await page.click('text="Change"');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'record-title');
    await t.accessible(page);
    await page.fill('#record-title', 'Später');
    await page.fill('#record-secret', 'pässwörd ✓');
    await page.fill('#record-notes', 'two\nlines');
    await t.picture(page, 'records-3-change');
    await page.click('main form button[type=submit]');
    await said(page, 'Saved.');
    const {version, body} = await world.desk(`read ${name} ${later}`);
    assert.equal(version, 2);
    const {updated, ...rest} = JSON.parse(body);
    assert.deepEqual(rest, {...kLater, title: 'Später', secret: 'pässwörd ✓', notes: 'two\nlines'});
    assert.ok(Math.abs(updated - Date.now() / 1000) < 600);
    await t.becomes(() => titles(page), ['Without a title', 'Mail', 'Später']);
    // Somebody else was faster.
    await open(page, 'Mail');
    await page.click('text="Change"');
    await world.desk(`put ${name} ${mail} ${JSON.stringify({...kMail, secret: 'newer'})}`);
    await page.fill('#record-secret', 'older');
    await page.click('main form button[type=submit]');
    await page.locator('#error').waitFor();
    assert.equal(JSON.parse((await world.desk(`read ${name} ${mail}`)).body).secret, 'newer');
  }, [t.kRefusedRequest]);
});

test('deleted, in the trash, and back again', async () => {
  const {name, mail} = await withRecords();
  await world.withPage({}, async (page) => {
    await byCard(page, name);
    await open(page, 'Mail');
    await page.click('text="Delete"');
    await page.locator('#ask', {hasText: 'Delete Mail?'}).waitFor();
    await t.accessible(page);
    await page.click('text="Cancel"');
    await page.click('text="Delete"');
    await page.click('text="Delete this record"');
    await said(page, 'Mail is in the trash.');
    await t.becomes(() => titles(page), ['Without a title', 'Later']);
    assert.deepEqual(await world.desk(`read ${name} ${mail}`), {error: 'not-found'});
    await page.click('text="Trash (1)"');
    await page.locator('.aside', {hasText: 'What was deleted in the last 30 days.'}).waitFor();
    await t.accessible(page);
    await t.picture(page, 'records-4-trash');
    await page.click('text="Bring back"');
    await said(page, 'Mail is back.');
    await t.becomes(() => titles(page), ['Without a title', 'Later', 'Mail']);
    assert.deepEqual(JSON.parse((await world.desk(`read ${name} ${mail}`)).body), kMail);
    assert.equal(await page.locator('text=/Trash/').count(), 0);
  });
});

test('by sheet, with password and answer; another sheet opens nothing', async () => {
  const {name, sheet} = await withRecords();
  const {sheet: other} = await world.accountWithSheet();
  await world.withPage({}, async (page) => {
    await bySheet(page, name, other);
    await page.locator('#error', {hasText: 'This is not the code of this account’s recovery sheet.'}).waitFor();
    await t.accessible(page);
    await t.picture(page, 'records-5-locked');
    await page.fill('#code', sheet.replace(/.$/, (last) => (last === '2' ? '3' : '2')));
    await page.click('main button[type=submit]');
    await page.locator('#error', {hasText: 'Group 8 of the code is mistyped.'}).waitFor();
    await page.fill('#code', sheet.toLowerCase());
    await page.click('main button[type=submit]');
    await page.locator('ul.records > li').nth(2).waitFor();
    assert.equal(await page.locator('.place').count(), 0, 'what the card holds is not known here');
    await open(page, 'Mail');
    await page.click('text="Show"');
    await page.locator('.secret', {hasText: kMail.secret}).waitFor();
  });
});

test('a card that did not lend the keys leaves the way of the sheet', async () => {
  const {name, sheet} = await withRecords();
  await world.withPage({}, async (page) => {
    await byCard(page, name, '');
    await page.fill('#code', sheet);
    await page.click('main button[type=submit]');
    await page.locator('ul.records > li').nth(2).waitFor();
  });
});

test('nothing stays behind, and after signing out nothing opens', async () => {
  const {name} = await withRecords();
  await world.withPage({}, async (page) => {
    await byCard(page, name);
    await page.locator('ul.records > li').nth(2).waitFor();
    await page.click('text="Sign out"');
    await t.titleIs(page, 'You are done');
    const kept = await page.evaluate(async () => [Object.keys(localStorage), sessionStorage.length, (await indexedDB.databases()).length]);
    assert.deepEqual(kept, [['cardea.audit'], 0, 0]);
    assert.equal(page.workers().length, 0);
  });
});

test('a server that answers with another record shows nothing of it', async () => {
  const {name, mail, later} = await withRecords();
  await world.withPage({}, async (page) => {
    let seen;
    const other = new Promise((resolve) => (seen = resolve));
    await page.route('**/v1/records/*', async (route) => {
      const response = await route.fetch();
      const body = await response.json();
      if (body.record_id === later) seen(body);
      const lie = body.record_id === mail ? {...(await other), record_id: mail} : body;
      await route.fulfill({response, json: lie});
    });
    await byCard(page, name);
    await page.locator('ul.records > li').nth(2).waitFor();
    await t.becomes(async () => (await titles(page)).sort(), ['Can’t be opened', 'Later', 'Without a title']);
  });
});

test('with the keyboard alone', async () => {
  const {name} = await withRecords();
  await world.withPage({}, async (page) => {
    await byCard(page, name);
    const tabTo = async (wanted) => {
      for (let i = 0; i < 40; ++i) {
        await page.keyboard.press('Tab');
        if ((await page.evaluate(() => document.activeElement?.textContent?.trim())) === wanted) return;
      }
      assert.fail(`the keyboard does not reach ${wanted}`);
    };
    await tabTo('Mail');
    await page.keyboard.press('Enter');
    await page.locator('.secret').waitFor();
    await tabTo('Show');
    await page.keyboard.press('Enter');
    await page.locator('.secret', {hasText: kMail.secret}).waitFor();
    await tabTo('Delete');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'ask');
  });
});

test('on a telephone, dark, in German; at 320 px; in another language’s length', async () => {
  const {name, sheet} = await withRecords();
  await world.withPage({...kTelephone, colorScheme: 'dark', locale: 'de-AT'}, async (page) => {
    await page.goto(`${world.url}/account#records`);
    await t.enter(page, name);
    await t.titleIs(page, 'Ihre Frage');
    await t.answer(page);
    await t.titleIs(page, 'Meine Datensätze');
    await t.accessible(page);
    await page.fill('#code', sheet);
    await page.tap('main button[type=submit]');
    await page.tap('ul.records button:has-text("Mail")');
    await page.tap('text="Zeigen"');
    await t.accessible(page);
    await fitsWidth(page);
    await t.picture(page, 'records-telephone-dark');
    await page.setViewportSize({width: 320, height: 568});
    await fitsWidth(page);
    await page.tap('text="Ändern"');
    await fitsWidth(page);
    await t.accessible(page);
  });
  await world.withPage({viewport: {width: 320, height: 568}}, async (page) => {
    const look = await pseudoLook(page, t.titleIs, []);
    await page.goto(`${world.url}/account?lang=de#records`);
    await t.enter(page, name);
    await page.fill('#answer', t.kAnswer);
    await page.click('button[type=submit]');
    await page.fill('#code', sheet);
    await page.click('main button[type=submit]');
    await page.click('ul.records button:has-text("Mail")');
    await page.locator('.secret').waitFor();
    await look('⟦My réçörds');
  });
});
