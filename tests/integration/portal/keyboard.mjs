// SPDX-License-Identifier: Apache-2.0
// Somebody without a mouse: Tab, Enter, space and arrows, and nothing that only a script can do. For every test that walks so.
import assert from 'node:assert/strict';

const kPresses = 40; // more than any page has to go through

export function keyboardOf(page) {
  const press = (key) => page.keyboard.press(key);
  // The id of what has the focus, and its label or its own words.
  const inFocus = () =>
    page.evaluate(() => {
      const element = document.activeElement;
      const words = (element?.labels?.[0] ?? element)?.textContent ?? '';
      return {id: element?.id ?? '', words: words.replace(/\s+/g, ' ').trim()};
    });
  const tabTo = async (wanted) => {
    for (let i = 0; i < kPresses; ++i) {
      await press('Tab');
      const {id, words} = await inFocus();
      if (id === wanted || words.startsWith(wanted)) return;
    }
    assert.fail(`the keyboard does not reach ${wanted}`);
  };
  return {
    press,
    type: (text) => page.keyboard.type(text),
    // The id, or the words where there is none.
    async focused() {
      const {id, words} = await inFocus();
      return id || words;
    },
    // `wanted`: an id, or how the words begin.
    tabTo,
    async enterAt(wanted) {
      await tabTo(wanted);
      await press('Enter');
    },
    async spaceAt(wanted) {
      await tabTo(wanted);
      await press('Space');
    },
    async typeAt(wanted, text) {
      await tabTo(wanted);
      await page.keyboard.type(text);
    },
  };
}
