// SPDX-License-Identifier: Apache-2.0
// A security key of a page's browser, and how an officer adds it; for the tests of his pages.
import assert from 'node:assert/strict';

import {titleIs} from './harness.mjs';

// With somebody who touches it.
export async function plugKeyIn(page, context) {
  const devtools = await context.newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  const {authenticatorId} = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'usb',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {devtools, authenticatorId};
}

// Up to the page that says so; gives the code, which is spent.
export async function addKey(world, page, officer) {
  const {code} = await world.desk(`officer-code ${officer}`);
  await page.goto(`${world.url}/help-desk#${code}`);
  await titleIs(page, 'Add a security key');
  assert.equal(new URL(page.url()).hash, '', 'the code stays in the address');
  await page.fill('#label', `${officer}, blue key`);
  await page.click('button[type=submit]');
  await titleIs(page, 'The key is added');
  return code;
}
