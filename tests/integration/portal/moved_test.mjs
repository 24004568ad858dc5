// SPDX-License-Identifier: Apache-2.0
// An account that has moved to another region: the page says where, as a link that carries nothing, and believes no forward that
// is not signed. The server's part is tests/unit/server/api_regions_test.cpp.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import test from 'node:test';

import * as t from './harness.mjs';

const world = await t.startWorld();
const kThere = 'https://south.example:8443';
const kMisbehaved = 'The server gave an answer that does not fit.';

const lp = (part) => {
  const bytes = Buffer.from(part);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
};

// A problem as the server words it; `url` is where to.
function moved(url, {forged = false} = {}) {
  const {privateKey, publicKey} = crypto.generateKeyPairSync('ed25519');
  const key = publicKey.export({type: 'spki', format: 'der'});
  const head = Buffer.concat([lp('cardea/v1/forward'), Buffer.alloc(16, 7), Buffer.from([0, 0, 0, 2])]);
  const statement = Buffer.concat([head, lp('south'), lp(url), lp(key), Buffer.alloc(8)]);
  const signature = crypto.sign(null, statement, privateKey);
  if (forged) signature[3] ^= 1;
  const forward = {statement, signature, key};
  for (const name of Object.keys(forward)) forward[name] = forward[name].toString('base64url');
  return {type: 'urn:cardea:problem:peer-not-trusted', title: 'Moved', status: 421, forward};
}

// The last step of the password's proof is answered so.
async function whenForwarded(problem, look) {
  const account = await world.account();
  await world.withPage({}, async (page) => {
    await page.route('**/v1/opaque/a/finish', (route) =>
      route.fulfill({status: 421, contentType: 'application/problem+json', body: JSON.stringify(problem)}),
    );
    await page.goto(`${world.url}/access-key`);
    await t.enter(page, account);
    await look(page);
    await t.accessible(page);
  });
}

test('the page says where the account is, and goes there only with the person', () =>
  whenForwarded(moved(kThere), async (page) => {
    const link = page.locator('#error #moved');
    await link.waitFor();
    assert.equal(await link.getAttribute('href'), `${kThere}/access-key`);
    assert.equal(await link.textContent(), kThere);
    assert.equal(new URL(page.url()).origin, world.url);
  }));

for (const [what, problem] of [
  ['that is not signed', moved(kThere, {forged: true})],
  ['to a page instead of a server', moved(`${kThere}/please`)],
  ['without encryption', moved('http://south.example')],
  ['to a script', moved('javascript:alert(1)')],
]) {
  test(`a forward ${what} is not shown`, () =>
    whenForwarded(problem, async (page) => {
      await page.locator('#error', {hasText: kMisbehaved}).waitFor();
      assert.equal(await page.locator('#moved').count(), 0);
    }));
}
