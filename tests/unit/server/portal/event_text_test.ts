// SPDX-License-Identifier: Apache-2.0
// Every kind of event that the specification names has words of its own in the history.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';

import {Texts} from '../src/i18n/texts';
import {eventFacts, eventText} from '../src/account/event_text';

const texts = Texts.english();
const nothing = {cards: new Map(), computers: new Map()};
const event = (kind: string, details: Record<string, unknown>) => ({sequence: 1, time: 0, kind, details});

// Of the users' chains: the table before the paragraph on the checkpoint.
function kindsOfUsers(): string[] {
  const page = fs.readFileSync(`${process.env['CARDEA_SOURCE_DIR']}/docs/spec/audit.md`, 'utf8');
  const rows = (page.split('**Checkpoint.**')[0] ?? '').split('\n').filter((line) => /^\| `[a-z]/.test(line));
  return rows.flatMap((line) => Array.from((line.split('|')[1] ?? '').matchAll(/`([a-z]+(?:-[a-z]+)*)`/g), ([, kind]) => kind ?? ''));
}

test('every kind of event has words', () => {
  const kinds = kindsOfUsers();
  assert.ok(kinds.length > 20, kinds.join(' '));
  for (const kind of kinds) {
    const details = {level: kind === 'session-opened' ? 'card' : 'answer', state: 'active', for: 'suspend'};
    const text = eventText(texts, event(kind, details), nothing);
    assert.doesNotMatch(text, /no words/, kind);
  }
});

test('an officer is named, and where he was', () => {
  const found = event('officer-found', {officer: 'olaf', from: '192.0.2.0/24'});
  assert.match(eventText(texts, found, nothing), /^olaf of the help desk/);
  assert.match(eventFacts(texts, found).join(), /192\.0\.2\.0/);
});
