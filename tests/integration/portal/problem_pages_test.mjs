// SPDX-License-Identifier: Apache-2.0
// The pages of the API's problems in a browser: readable at every width, without any script, each reached from the list.
import assert from 'node:assert/strict';
import test from 'node:test';

import * as t from './harness.mjs';

const world = await t.startWorld();

test('each problem has its page, in the list of all', async () => {
  await world.withPage({viewport: {width: 320, height: 568}}, async (page) => {
    await page.goto(new URL('/problems', world.url).href);
    await t.accessible(page);
    const addresses = await page.locator('main a').evaluateAll((links) => links.map((link) => link.href));
    assert.ok(addresses.length > 30);
    for (const address of addresses) {
      const answer = await page.goto(address);
      assert.equal(answer.status(), 200, address);
      const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(content <= window, `${address}: ${content} px of content in ${window}`);
      assert.equal(await page.locator('script').count(), 0);
      assert.equal(await page.locator('section[lang=de] h1').count(), 1);
    }
    await t.accessible(page);
    await t.picture(page, 'problem-320px');
  });
});
