// SPDX-License-Identifier: Apache-2.0
// A person in front of the portal, for stories: Debian's Chromium at the server's page “My records”, without a password, or at
// “Register”. Reads
// one command a line and answers each with a line of JSON; tests/stories/harness/portal.py is the other end.
//   code                    the code that the page shows
//   signed-in               waits until the page is; {"text"}
//   records                 {"Title": "where it is", …}
//   change TITLE FIELD VALUE
//   delete TITLE | restore TITLE
//   prepare ACCOUNT PASSWORD QUESTION ANSWER   to the end of “Register”; {"sheet", "text"}
//   picture FILE
// Usage: node portal_page.mjs URL HOME          (with PORTAL_NODE)
import {createRequire} from 'node:module';
import path from 'node:path';
import process from 'node:process';
import readline from 'node:readline';

const [url, home] = process.argv.slice(2);
const {chromium} = createRequire(path.join(process.env.PORTAL_NODE, 'package.json'))('playwright-core');
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--disable-gpu', '--disable-dev-shm-usage', '--no-sandbox'], // a story runs as root
  env: {...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home, LC_ALL: 'C.UTF-8'},
});
const context = await browser.newContext({ignoreHTTPSErrors: true, locale: 'en-GB'});
const page = await context.newPage();
page.setDefaultTimeout(30_000);

const title = (text) => page.locator('h1', {hasText: text}).waitFor();
const said = (text) => page.locator('.said', {hasText: text}).waitFor();
const open = (name) => page.click(`ul.records button:has-text("${name}")`);

const commands = {
  async code() {
    await page.goto(`${url}/account#records`);
    await page.click('text="Sign in with my card"');
    return {code: await page.locator('[data-code]').getAttribute('data-code')};
  },
  async 'signed-in'() {
    await title('You are signed in');
    const text = await page.locator('main').innerText();
    await page.click('text="Continue"');
    await title('My records');
    return {text};
  },
  async records() {
    await page.locator('nav.sections a[aria-current=page]').click(); // fetched anew
    await page.locator('.working:empty, .said').first().waitFor({state: 'attached'});
    await page.locator('ul.records > li').first().waitFor();
    const items = await page.locator('ul.records > li').all();
    const read = async (item) => [
      (await item.locator('h2').innerText()).trim(),
      (await item.locator('.place').count()) > 0 ? (await item.locator('.place').innerText()).trim() : '',
    ];
    return Object.fromEntries(await Promise.all(items.map(read)));
  },
  async change(name, field, value) {
    await open(name);
    await page.click('text="Change"');
    await page.fill(`#record-${field}`, value);
    await page.click('main form button[type=submit]');
    await said('Saved.');
    return {};
  },
  async delete(name) {
    await open(name);
    await page.click('text="Delete"');
    await page.click('text="Delete this record"');
    await said('is in the trash.');
    return {};
  },
  async restore(name) {
    await page.click('button:has-text("Trash (")');
    await page.click(`[aria-label="Bring back ${name}"]`);
    await said('is back.');
    return {};
  },
  async prepare(account, password, question, answer) {
    const fill = async (values) => {
      for (const [field, value] of Object.entries(values)) await page.fill(`#${field}`, value);
      await page.click('main form button[type=submit]');
    };
    await page.goto(`${url}/register`);
    await fill({account, password, again: password});
    await title('Your own question');
    await fill({question, answer, again: answer});
    await page.waitForSelector('#sheet');
    const sheet = (await page.locator('#sheet .symbols').allTextContents()).join('-');
    await page.click('text="I have it on paper: continue"');
    const [, group] = /Group (\d)/.exec(await page.locator('label[for=group]').textContent());
    await fill({group: sheet.split('-')[Number(group) - 1]});
    await title('Your account is prepared');
    return {sheet, text: await page.locator('main').innerText()};
  },
  async picture(file) {
    await page.screenshot({path: file, fullPage: true});
    return {};
  },
};

for await (const line of readline.createInterface({input: process.stdin})) {
  const [verb, ...words] = line.split('\t');
  try {
    process.stdout.write(`${JSON.stringify(await commands[verb](...words))}\n`);
  } catch (error) {
    const seen = await page.locator('body').innerText().catch(() => '');
    process.stdout.write(`${JSON.stringify({failed: `${verb}: ${error.message}\n${seen}`})}\n`);
  }
}
await browser.close();
