// SPDX-License-Identifier: Apache-2.0
// Sign in with my card: the page shows a code, the client's code answers it; and a server that puts itself between.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import test from 'node:test';

import * as t from './harness.mjs';
import {fitsWidth, kTelephone, pseudoLook} from './looks.mjs';

const world = await t.startWorld();
const kMisbehaved = 'The server gave an answer that does not fit.';

// To the code that the page shows.
async function askForCode(page, address = '/account') {
  await page.goto(`${world.url}${address}`);
  await page.click('text="Sign in with my card"');
  await t.titleIs(page, 'Sign in with your card');
  return page.locator('[data-code]').getAttribute('data-code');
}

test('a code, typed at the computer with the card, signs in', async () => {
  const account = await world.account();
  await world.withPage({}, async (page) => {
    const code = await askForCode(page);
    assert.match(code, /^([0-9A-HJKMNP-TV-Z]{5}-){5}[0-9A-HJKMNP-TV-Z]{5}$/);
    await t.accessible(page);
    await t.picture(page, 'pair-1-code');
    assert.deepEqual(await world.desk(`allow ${account} ${code.toLowerCase()} records`), {allowed: account});
    await t.titleIs(page, 'You are signed in');
    await page.locator('.lead', {hasText: `As ${account}, with the card “Blue card”`}).waitFor();
    await t.accessible(page);
    await t.picture(page, 'pair-2-signed-in');
    await page.click('text="Continue"');
    await t.titleIs(page, 'My computers');
    await page.click('nav.sections a:has-text("My cards")');
    await page.click('text="Suspend"');
    await page.locator('label.reason').first().click();
    await page.click('form.ask button[type=submit]');
    // With the card ends what it has signed in to.
    await page.locator('#error', {hasText: 'This took too long. Please start again.'}).waitFor();
    assert.equal((await world.desk(`card ${account}`)).state, 'suspended');
  }, [t.kRefusedRequest]);
});

test('the history tells of it', async () => {
  const account = await world.account();
  await world.withPage({}, async (page) => {
    await world.desk(`allow ${account} ${await askForCode(page, '/account#history')}`);
    await page.locator('p', {hasText: 'This page did not get your records.'}).waitFor();
    await page.click('text="Continue"');
    await t.titleIs(page, 'What happened');
    await page.locator('li', {hasText: 'A browser was signed in with the card Blue card'}).first().waitFor();
  });
});

test('a code is used once, and by its own computer', async () => {
  const [account, other] = [await world.account(), await world.account()];
  await world.withPage({}, async (page) => {
    const code = await askForCode(page);
    assert.deepEqual(await world.desk(`allow ${other} 00000-00000-00000-00000-00000-00000`), {error: 'access-key-mistyped'});
    await world.desk(`allow ${account} ${code}`);
    assert.deepEqual(await world.desk(`allow ${other} ${code}`), {error: 'state-forbidden'});
    await page.locator('.lead', {hasText: `As ${account}`}).waitFor();
  });
});

// What a server that stands between would store in the place of the page's keys.
const exchanges = {
  'session key': (body) => {
    const {publicKey} = crypto.generateKeyPairSync('ed25519');
    body.session_spki = publicKey.export({type: 'spki', format: 'der'}).toString('base64url');
  },
  'seal key': (body) => {
    const other = crypto.createECDH('prime256v1');
    body.seal_key = other.generateKeys().toString('base64url');
  },
  cover: (body) => {
    body.cover = body.cover.slice(0, 60) + (body.cover[60] === 'A' ? 'B' : 'A') + body.cover.slice(61);
  },
};
for (const [name, exchange] of Object.entries(exchanges)) {
  test(`another ${name} than the page’s is refused before the card is asked`, async () => {
    const account = await world.account();
    await world.withPage({}, async (page) => {
      await page.route('**/v1/pairings', async (route) => {
        const body = route.request().postDataJSON();
        exchange(body);
        await route.continue({postData: JSON.stringify(body)});
      });
      const code = await askForCode(page);
      assert.deepEqual(await world.desk(`allow ${account} ${code}`), {error: 'decrypt-failed'});
    });
  });
}

test('an answer that the server has made up, changed or kept from before signs nobody in', async () => {
  const account = await world.account();
  const answers = {};
  await world.withPage({}, async (page) => {
    await page.route('**/v1/pairings/*', async (route) => {
      const response = await route.fetch();
      const body = await response.json();
      answers.old = body.answer;
      await route.fulfill({response, json: body});
    });
    await world.desk(`allow ${account} ${await askForCode(page)} records`);
    await t.titleIs(page, 'You are signed in');
  });
  for (const lie of [
    (body) => ({...body, answer: answers.old}),
    (body) => ({...body, answer: Buffer.concat([Buffer.from([1, 2, 4]), crypto.randomBytes(200)]).toString('base64url')}),
    (body) => ({...body, answer: 'AA'}),
    (body) => ({...body, answer: 7}),
  ]) {
    await world.withPage({}, async (page) => {
      await page.route('**/v1/pairings/*', async (route) => {
        const response = await route.fetch();
        await route.fulfill({response, json: lie(await response.json())});
      });
      await page.goto(`${world.url}/account`);
      await page.click('text="Sign in with my card"');
      await page.locator('#error', {hasText: kMisbehaved}).waitFor();
      assert.equal(await page.locator('[data-code]').count(), 0);
      await page.locator('text="Show a new code"').waitFor();
    });
  }
});

test('another account behind the session is refused', async () => {
  const account = await world.account();
  await world.withPage({}, async (page) => {
    await page.route('**/v1/account', async (route) => {
      const response = await route.fetch();
      await route.fulfill({response, json: {...(await response.json()), account: 'somebody'}});
    });
    await world.desk(`allow ${account} ${await askForCode(page)}`);
    await page.locator('#error', {hasText: kMisbehaved}).waitFor();
  });
});

test('a code that nobody answers ends, and there is another', async () => {
  await world.withPage({}, async (page) => {
    const first = await askForCode(page);
    await page.route('**/v1/pairings/*', (route) => route.fulfill({
      status: 404,
      contentType: 'application/problem+json',
      json: {type: 'urn:cardea:problem:not-found', title: 'Not Found', status: 404},
    }));
    await page.locator('#error', {hasText: 'Nobody has allowed this page in time.'}).waitFor();
    await page.unroute('**/v1/pairings/*');
    await page.click('text="Show a new code"');
    await page.locator('[data-code]').waitFor();
    assert.notEqual(await page.locator('[data-code]').getAttribute('data-code'), first);
    await page.click('text="Back to the start"');
    await t.titleIs(page, 'My Cardea');
  }, [t.kRefusedRequest]);
});

test('on a telephone, dark, in German; in another language’s length', async () => {
  await world.withPage({...kTelephone, colorScheme: 'dark', locale: 'de-AT'}, async (page) => {
    await page.goto(`${world.url}/account`);
    await page.tap('text="Mit meiner Karte anmelden"');
    await t.titleIs(page, 'Mit Ihrer Karte anmelden');
    await page.locator('[data-code]').waitFor();
    await t.accessible(page);
    await fitsWidth(page);
    await t.picture(page, 'pair-telephone-dark');
    await page.setViewportSize({width: 320, height: 568});
    await fitsWidth(page);
  });
  await world.withPage({viewport: {width: 320, height: 568}}, async (page) => {
    const look = await pseudoLook(page, t.titleIs, []);
    await page.goto(`${world.url}/account?lang=de`);
    await page.click('main button.secondary');
    await page.locator('[data-code]').waitFor();
    await look('⟦Sígñ íñ wíth yöür çárd');
  });
});
