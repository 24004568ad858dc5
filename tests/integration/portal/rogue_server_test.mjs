// SPDX-License-Identifier: Apache-2.0
// A server that lies: what the page gets is changed on its way, and the page neither shows a wrong key nor takes a wrong history
// for the right one. The program of the page itself is the server's: that is said in docs/spec/portal.md.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import test from 'node:test';

import * as t from './harness.mjs';

const world = await t.startWorld();
const kMisbehaved = 'The server gave an answer that does not fit.';

// Changes the JSON of one answer.
async function change(page, address, edit) {
  await page.route(`**${address}*`, async (route) => {
    const response = await route.fetch();
    const body = await response.json();
    edit(body);
    await route.fulfill({response, json: body});
  });
}

async function refusedAtPassword(address, edit) {
  const account = await world.account();
  await world.withPage({}, async (page) => {
    await change(page, address, edit);
    await page.goto(`${world.url}/access-key`);
    await t.enter(page, account);
    await page.locator('#error', {hasText: kMisbehaved}).waitFor();
  });
}

async function refusedAtKey(address, edit) {
  const account = await world.account();
  await world.withPage({}, async (page) => {
    await change(page, address, edit);
    await page.goto(`${world.url}/access-key`);
    await t.enter(page, account);
    await t.titleIs(page, 'Your question');
    await t.answer(page);
    const failed = page.locator('#error', {hasText: kMisbehaved});
    await failed.or(page.locator('label.choice').first()).waitFor();
    if (await failed.count()) return;
    await page.locator('label.choice', {hasText: 'anna-laptop'}).click();
    await page.click('button[type=submit]');
    await failed.waitFor();
    assert.equal(await page.locator('#key').count(), 0);
  });
}

const other = crypto.createECDH('prime256v1');
other.generateKeys();
const kOtherPoint = other.getPublicKey().toString('base64url');
const flip = (text, at = 10) => text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);

test('another recovery key in the account is refused', () =>
  refusedAtPassword('/v1/account', (body) => {
    body.recovery_public = kOtherPoint;
  }));

test('another recovery key, signed by a card of the server’s own, is refused', () =>
  refusedAtKey('/v1/account', (body) => {
    const {privateKey, publicKey} = crypto.generateKeyPairSync('ec', {namedCurve: 'prime256v1'});
    const spki = publicKey.export({type: 'spki', format: 'der'});
    const lp = (part) => {
      const bytes = Buffer.from(part);
      return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
    };
    const parts = ['cardea/v1/card-proof', Buffer.from(body.user_id, 'hex'), spki, spki, other.getPublicKey()];
    const proof = crypto.sign('sha256', Buffer.concat(parts.map(lp)), {key: privateKey, dsaEncoding: 'ieee-p1363'});
    body.recovery_public = kOtherPoint;
    body.recovery_signer = {
      card_id: crypto.createHash('sha256').update(spki).digest('hex'),
      auth_spki: spki.toString('base64url'),
      wrap_spki: spki.toString('base64url'),
      proof: proof.toString('base64url'),
    };
  }));

test('a recovery key that is not the account’s is refused after the answer', () =>
  refusedAtKey('/v1/opaque/b/finish', (body) => {
    body.recovery_public = kOtherPoint;
  }));

test('a changed seal of the recovery key is refused', () =>
  refusedAtKey('/v1/opaque/b/finish', (body) => {
    body.recovery_seal = flip(body.recovery_seal, 100);
  }));

test('a checkpoint that is not signed is refused', () =>
  refusedAtPassword('/v1/account', (body) => {
    body.audit.length += 1;
  }));

test('another account’s answer is refused', () =>
  refusedAtPassword('/v1/account', (body) => {
    body.account = 'somebody';
  }));

for (const [name, edit] of Object.entries({
  'check value': (body) => (body.check_k0 = flip(body.check_k0)),
  generation: (body) => (body.generation += 1),
  computer: (body) => (body.computer.computer_id = 'ab'.repeat(32)),
  seal: (body) => (body.seal = flip(body.seal, 120)),
  number: (body) => (body.index = 1001),
})) {
  test(`a key with another ${name} is not shown`, () => refusedAtKey('/v1/access-keys/issue', edit));
}

test('an offer of cheaper key stretching is not taken up', async () => {
  const account = await world.account();
  await world.withPage({}, async (page) => {
    await change(page, '/v1/opaque/a/start', (body) => {
      Object.assign(body, {kdf: 'argon2id', memory_kib: 8, passes: 1, argon2: {m: 8, t: 1, p: 1}});
    });
    await page.goto(`${world.url}/access-key`);
    // The right password still fits: it was stretched as it was when the account was made.
    await t.enter(page, account);
    await t.titleIs(page, 'Your question');
  });
});

test('a key the history does not show comes with a warning', async () => {
  const account = await world.account();
  await world.withPage({}, async (page) => {
    await change(page, '/v1/audit', (body) => {
      body.events = [];
    });
    const key = await t.getKey(page, world, account);
    await page.locator('.warning', {hasText: 'The server has not noted this key in the history'}).waitFor();
    assert.deepEqual(await world.desk(`check ${account} anna-laptop ${key}`), {number: 1});
    await t.accessible(page);
    await t.picture(page, 'key-not-noted');
  });
});

// What the server said first is kept and shown again later, as by a server that was set back.
test('a history that was set back is noticed at the next visit, and not remembered', async () => {
  const account = await world.account();
  await world.withPage({}, async (page) => {
    const remembered = () => page.evaluate(() => localStorage.getItem('cardea.audit'));
    let old = null;
    await change(page, '/v1/account', (body) => {
      old ??= structuredClone(body.audit);
    });
    await page.goto(`${world.url}/access-key`);
    await t.enter(page, account);
    await t.titleIs(page, 'Your question');
    await t.getKey(page, world, account);
    const before = await remembered();
    assert.ok(JSON.parse(before), 'something is remembered');
    assert.ok(!before.includes(account), 'no name is remembered');

    await page.unrouteAll();
    await t.getKey(page, world, account);
    assert.equal(await page.locator('.warning').count(), 0, 'an honest server is not doubted');
    const later = await remembered();
    assert.notEqual(later, before);

    await change(page, '/v1/account', (body) => {
      body.audit = old;
    });
    await change(page, '/v1/audit', (body) => {
      body.events = [];
      body.audit = old;
    });
    await page.goto(`${world.url}/access-key`);
    await t.enter(page, account);
    await t.titleIs(page, 'Your question');
    await page.locator('.warning', {hasText: 'does not go on from where this browser last saw it'}).waitFor();
    await t.accessible(page);
    assert.equal(await remembered(), later);
  });
});

test('a server that can’t be reached is said to be that', async () => {
  const account = await world.account();
  await world.withPage({}, async (page) => {
    await page.route('**/v1/**', (route) => route.abort('connectionrefused'));
    await page.goto(`${world.url}/access-key`);
    await t.enter(page, account);
    await page.locator('#error', {hasText: 'The server can’t be reached.'}).waitFor();
  }, [t.kRefusedRequest]);
});

// What the owner reads under “What happened”, when the server's history was changed.
async function historyShows(edit, findings, doctored, picture = '') {
  const account = await world.account();
  await world.withPage({}, async (page) => {
    await change(page, '/v1/audit', edit);
    await page.goto(`${world.url}/account#history`);
    await t.enter(page, account);
    await t.titleIs(page, 'What happened');
    await page.locator('#verdict.error', {hasText: 'This history can’t be right'}).waitFor();
    assert.deepEqual(await page.locator('#verdict li').allInnerTexts(), findings);
    assert.equal(await page.locator('.event.doctored').count(), doctored);
    await t.accessible(page);
    if (picture !== '') await t.picture(page, picture);
  });
}

test('an event that was reworded is shown in red, where it stands', () =>
  historyShows(
    (body) => {
      body.events[1].details.level = 'access-key';
    },
    ['Event 2 is not as it was written.'],
    1,
    'account-history-doctored',
  ));

test('events that were left out are missed', () =>
  historyShows(
    (body) => {
      body.events = body.events.filter(({sequence}) => sequence !== 2 && sequence !== 3);
    },
    ['Events 2 to 3 are missing.'],
    0,
  ));

test('a chain cut at its end is missed, also when the end is signed', async () => {
  const account = await world.account();
  await world.withPage({}, async (page) => {
    let before = null;
    await change(page, '/v1/account', (body) => {
      before = structuredClone(body.audit);
    });
    await page.goto(`${world.url}/account`);
    await t.enter(page, account);
    await t.titleIs(page, 'My computers');
    const cut = before;
    // The next visit gets the end of this one, as from a server that forgot what came after.
    await page.unrouteAll();
    await change(page, '/v1/audit', (body) => {
      body.events = body.events.filter(({sequence}) => sequence <= cut.length);
      body.audit = cut;
    });
    await page.evaluate(() => localStorage.clear());
    await page.goto(`${world.url}/`);
    await page.goto(`${world.url}/account#history`);
    await t.enter(page, account);
    await page.locator('#verdict.error', {hasText: `Event ${cut.length + 1} is missing.`}).waitFor();
  });
});

test('a forged checkpoint is said to be one', () =>
  historyShows(
    (body) => {
      body.audit.checkpoint.signature = Buffer.alloc(64).toString('base64url');
    },
    ['The signature under its end is not right.'],
    0,
  ));

test('a checkpoint under another key is said to be one', () =>
  historyShows(
    (body) => {
      const {privateKey, publicKey} = crypto.generateKeyPairSync('ed25519');
      const {length, head, checkpoint} = body.audit;
      const u64 = (number) => {
        const bytes = Buffer.alloc(8);
        bytes.writeBigUInt64BE(BigInt(number));
        return bytes;
      };
      const lp = (part) => Buffer.concat([Buffer.from([part.length >> 8, part.length & 255]), part]);
      const signed = Buffer.concat([lp(Buffer.from('cardea/v1/checkpoint')), u64(length), lp(Buffer.from(head, 'base64url')), u64(checkpoint.time)]);
      checkpoint.signature = crypto.sign(null, signed, privateKey).toString('base64url');
      checkpoint.key = publicKey.export({type: 'spki', format: 'der'}).toString('base64url');
    },
    ['Its end is signed with another key than before.'],
    0,
  ));

test('a card that the server only claims to have suspended is not believed', async () => {
  const account = await world.account();
  await world.withPage({}, async (page) => {
    await change(page, '/state', (body) => {
      body.state = 'active';
    });
    await page.goto(`${world.url}/account#cards`);
    await t.enter(page, account);
    await page.getByRole('button', {name: 'Suspend'}).click();
    await page.locator('label.reason', {hasText: 'It was stolen'}).click();
    await page.click('text="Suspend this card now"');
    await page.locator('#error', {hasText: kMisbehaved}).waitFor();
  });
});
