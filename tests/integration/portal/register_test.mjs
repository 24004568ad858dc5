// SPDX-License-Identifier: Apache-2.0
// Register: an account prepared in the browser, its sheet printed and typed back; finished by the client's own code (desk.cpp).
import assert from 'node:assert/strict';
import test from 'node:test';

import * as t from './harness.mjs';
import {fitsWidth, kTelephone, pseudoLook} from './looks.mjs';

const world = await t.startWorld();
const kDraft = '/v1/drafts';

async function chooseAccount(page, account, password = t.kPassword, again = password) {
  await page.fill('#account', account);
  await page.fill('#password', password);
  await page.fill('#again', again);
  await page.click('button[type=submit]');
}

async function chooseQuestion(page, question = t.kQuestion, answer = t.kAnswer, again = answer) {
  await page.fill('#question', question);
  await page.fill('#answer', answer);
  await page.fill('#again', again);
  await page.click('button[type=submit]');
}

async function sheetOn(page) {
  const groups = page.locator('#sheet .symbols');
  await groups.nth(7).waitFor();
  return (await groups.allTextContents()).join('-');
}

// From the first field to the sheet's code.
async function toSheet(page, account, address = '/register') {
  await page.goto(`${world.url}${address}`);
  await chooseAccount(page, account);
  await page.locator('#question').waitFor();
  await chooseQuestion(page);
  await page.locator('#sheet').waitFor();
  return sheetOn(page);
}

async function typeGroup(page, sheet, change = (group) => group) {
  const label = await page.locator('label[for=group]').textContent();
  const number = Number(/\d/.exec(label)?.[0]);
  await page.fill('#group', change(sheet.split('-')[number - 1]));
  await page.click('button[type=submit]');
  return number;
}

function draftsSent(page) {
  const sent = [];
  page.on('request', (request) => {
    if (new URL(request.url()).pathname === kDraft) sent.push(request.postDataJSON());
  });
  return sent;
}

test('an account is prepared, and finished with a card by the client’s own code', async () => {
  let sheet;
  await world.withPage({}, async (page) => {
    const sent = draftsSent(page);
    await page.goto(world.url);
    await page.click('a.door:has-text("Register")');
    await t.titleIs(page, 'Prepare my account');
    await t.accessible(page);
    await page.fill('#password', 'password1');
    await page.locator('#strength', {hasText: 'Very easy to guess'}).waitFor();
    await page.fill('#password', t.kPassword);
    await page.locator('#strength', {hasText: 'Very good'}).waitFor();
    await page.fill('#account', 'Berta');
    await t.accessible(page);
    await t.picture(page, 'register-1-account');
    await chooseAccount(page, 'Berta');
    await t.titleIs(page, 'Your own question');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'title');
    await page.fill('#question', t.kQuestion);
    await t.accessible(page);
    await t.picture(page, 'register-2-question');
    await chooseQuestion(page);
    await t.titleIs(page, 'Print your recovery sheet');
    sheet = await sheetOn(page);
    assert.match(sheet, /^([0-9A-HJKMNP-TV-Z]{5}-){7}[0-9A-HJKMNP-TV-Z]{5}$/);
    await t.accessible(page);
    await t.picture(page, 'register-3-sheet');
    await page.emulateMedia({media: 'print'});
    for (const hidden of ['main button >> nth=0', 'header .languages', 'h1', '.progress']) {
      assert.equal(await page.locator(hidden).first().isVisible(), false, `${hidden} on paper`);
    }
    for (const text of ['Recovery sheet', 'Berta', world.url, sheet.slice(0, 5), sheet.slice(-5)]) {
      assert.ok(await page.locator('.sheet', {hasText: text}).isVisible(), `${text} on paper`);
    }
    await t.picture(page, 'register-4-paper');
    await page.emulateMedia({media: 'screen'});
    await page.click('text="I have it on paper: continue"');
    await t.titleIs(page, 'Is it on paper?');
    await t.accessible(page);
    assert.equal(await page.locator('#sheet').count(), 0, 'the sheet is not shown where it is typed back');

    const wrong = await typeGroup(page, sheet, () => 'AAAAA');
    await page.locator('#error', {hasText: `That is not group ${wrong} of this sheet.`}).waitFor();
    await t.accessible(page);
    await t.picture(page, 'register-5-wrong-group');
    await page.click('text="Show the sheet again"');
    assert.equal(await sheetOn(page), sheet);
    await page.click('text="I have it on paper: continue"');
    assert.deepEqual(sent, [], 'nothing is sent before the sheet was typed back');
    await typeGroup(page, sheet, (group) => ` ${group.toLowerCase()} `);
    await t.titleIs(page, 'Your account is prepared');
    await page.locator('code', {hasText: `cardea register --continue --server ${world.url} --account Berta`}).waitFor();
    await t.accessible(page);
    await t.picture(page, 'register-6-done');
    assert.equal(sent.length, 1);
    const members = ['opaque_a_record', 'opaque_b_record', 'question_seal', 'recovery_public', 'recovery_seal', 'registration_id', 'sheet_check'];
    assert.deepEqual(Object.keys(sent[0]).sort(), members);
  });
  // A draft opens nothing.
  await world.withPage({}, async (page) => {
    await page.goto(`${world.url}/access-key`);
    await t.enter(page, 'Berta');
    await page.locator('#error', {hasText: 'Account or password is not right.'}).waitFor();
  }, [t.kRefusedRequest]);
  assert.deepEqual(await world.desk(`continue berta ${sheet}`), {question: t.kQuestion, opens: 'berta'});
  assert.deepEqual(await world.desk(`continue berta2 ${sheet}`), {error: 'not-found'}); // once
  await world.withPage({}, async (page) => {
    await t.getKey(page, world, 'berta', 'berta-laptop');
  });
});

test('whether a name is taken is not said; another one can be taken at the computer', async () => {
  const taken = await world.account();
  await world.withPage({}, async (page) => {
    const sheet = await toSheet(page, taken);
    await page.click('text="I have it on paper: continue"');
    await typeGroup(page, sheet);
    await t.titleIs(page, 'Your account is prepared');
    assert.deepEqual(await world.desk(`continue ${taken} ${sheet}`), {error: 'account-exists'});
    assert.equal((await world.desk(`continue ${taken}-2 ${sheet}`)).opens, `${taken}-2`);
  });
});

test('weak passwords and mistakes are told in the page, and nothing leaves it', async () => {
  await world.withPage({}, async (page) => {
    const asked = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(`${world.url}/register`);
    for (const weak of ['password1', 'qwertz123', 'anna2024', 'cardea', '11111111']) {
      await chooseAccount(page, 'anna2024', weak);
      await page.locator('#error', {hasText: 'too easy to guess'}).waitFor();
    }
    await t.accessible(page);
    await chooseAccount(page, 'berta', t.kPassword, 'correct horse batterx');
    await page.locator('#error', {hasText: 'The two passwords are not the same.'}).waitFor();
    await chooseAccount(page, 'berta');
    await page.locator('#question').waitFor();
    await chooseQuestion(page, t.kQuestion, t.kAnswer, 'Lake Zug');
    await page.locator('#error', {hasText: 'The two answers are not the same.'}).waitFor();
    await chooseQuestion(page, 'Did I swim in LAKE  ZÜRICH?');
    await page.locator('#error', {hasText: 'The question tells the answer.'}).waitFor();
    assert.deepEqual(asked.filter((path) => path.startsWith('/v1/') && path !== '/v1/servers'), []);
  });
});

test('a page that is closed half-way leaves nothing, and begins anew', async () => {
  await world.withPage({}, async (page) => {
    const sent = draftsSent(page);
    const sheet = await toSheet(page, 'clara');
    await page.reload();
    await t.titleIs(page, 'Prepare my account');
    assert.equal(await page.inputValue('#password'), '');
    assert.deepEqual(sent, []);
    assert.deepEqual(await world.desk(`continue clara ${sheet}`), {error: 'not-found'});
    assert.notEqual(await toSheet(page, 'clara'), sheet);
  });
});

test('an answer that was lost is asked for again, and kept once', async () => {
  await world.withPage({}, async (page) => {
    const sheet = await toSheet(page, 'dora');
    await page.click('text="I have it on paper: continue"');
    await page.route(`**${kDraft}`, async (route) => {
      await route.fetch();
      await route.abort();
    });
    await typeGroup(page, sheet);
    await page.locator('#error', {hasText: 'The server can’t be reached.'}).waitFor();
    await page.unroute(`**${kDraft}`);
    await typeGroup(page, sheet);
    await t.titleIs(page, 'Your account is prepared');
    assert.equal((await world.desk(`continue dora ${sheet}`)).opens, 'dora');
  }, ['net::ERR_FAILED', t.kRefusedRequest]);
});

test('on a telephone, dark, in German, with the keyboard alone', async () => {
  await world.withPage({...kTelephone, colorScheme: 'dark', locale: 'de-AT'}, async (page) => {
    const type = async (...texts) => {
      for (const text of texts) {
        await page.keyboard.type(text);
        await page.keyboard.press('Tab'); // to the switch that shows it, or on
      }
    };
    await page.goto(`${world.url}/register`);
    await t.titleIs(page, 'Mein Konto vorbereiten');
    await t.accessible(page);
    await page.focus('#account');
    await type('emil', t.kPassword, '', t.kPassword);
    await t.picture(page, 'telephone-dark-register-account');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await t.titleIs(page, 'Ihre eigene Frage');
    await page.focus('#question');
    await type('Wo haben Sie schwimmen gelernt?', 'Zürichsee', '', 'Zürichsee');
    await t.accessible(page);
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await t.titleIs(page, 'Drucken Sie Ihr Wiederherstellungsblatt');
    await t.accessible(page);
    await fitsWidth(page);
    await t.picture(page, 'telephone-dark-register-sheet');
    const sheet = await sheetOn(page);
    await page.focus('button:has-text("Ich habe es auf Papier")');
    await page.keyboard.press('Enter');
    await t.titleIs(page, 'Ist es auf Papier?');
    await typeGroup(page, sheet);
    await t.titleIs(page, 'Ihr Konto ist vorbereitet');
    await t.accessible(page);
    await fitsWidth(page);
    await t.picture(page, 'telephone-dark-register-done');
  });
});

test('every text comes from the catalogue and may be half as long again, at 320 px', async () => {
  await world.withPage({viewport: {width: 320, height: 700}}, async (page) => {
    const look = await pseudoLook(page, t.titleIs, []);
    await page.goto(`${world.url}/register?lang=de`);
    await look('⟦Prépáré my áççöüñt');
    await chooseAccount(page, 'frida');
    await look('⟦Yöür öwñ qüéstíöñ');
    await chooseQuestion(page);
    await look('⟦Príñt yöür réçövéry');
    const sheet = await sheetOn(page);
    await page.click('.actions button.secondary');
    await look('⟦Îs ít öñ pápér');
    await typeGroup(page, sheet);
    await look('⟦Yöür áççöüñt ís prépáréd');
  });
});

test('where registration is closed the page says so', async () => {
  world.admin('policy', 'set', 'registration', 'closed');
  await world.withPage({}, async (page) => {
    await page.goto(`${world.url}/register`);
    await chooseAccount(page, 'gustav');
    await page.locator('#question').waitFor();
    await chooseQuestion(page);
    await t.titleIs(page, 'No accounts are made here');
    await t.accessible(page);
    await t.picture(page, 'register-7-closed');
  }, [t.kRefusedRequest]);
});
