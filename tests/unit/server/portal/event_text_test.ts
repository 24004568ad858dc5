// SPDX-License-Identifier: Apache-2.0
// Every kind of event that the specification names has words of its own; what a stranger's server adds to one is not shown.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';

import {Texts} from '../src/i18n/texts';
import {eventFacts, eventText} from '../src/account/event_text';

const texts = Texts.english();
const nothing = {cards: new Map(), computers: new Map()};
const event = (kind: string, details: Record<string, unknown>) => ({sequence: 1, time: 0, kind, details});
const spec = (page: string) => fs.readFileSync(`${process.env['CARDEA_SOURCE_DIR']}/docs/spec/${page}.md`, 'utf8');

function kindsOf(page: string, end = '\u0000'): string[] {
  const rows = (spec(page).split(end)[0] ?? '').split('\n').filter((line) => /^\| `[a-z]/.test(line));
  return rows.flatMap((line) => Array.from((line.split('|')[1] ?? '').matchAll(/`([a-z]+(?:-[a-z]+)*)`/g), ([, kind]) => kind ?? ''));
}

test('every kind of event has words', () => {
  const kinds = [...kindsOf('audit', '**Checkpoint.**'), ...kindsOf('relocation').filter((kind) => /^(relocation-|move)/.test(kind))];
  assert.ok(kinds.length > 25, kinds.join(' '));
  for (const kind of kinds) {
    const details = {level: kind === 'session-opened' ? 'card' : 'answer', state: 'active', for: 'suspend'};
    const text = eventText(texts, event(kind, details), nothing);
    assert.doesNotMatch(text, /no words/, kind);
  }
});

test('a region is no network', () => {
  const moved = event('moved-in', {from: 'south', epoch: 2});
  assert.match(eventText(texts, moved, nothing), /from the region south/);
  assert.deepEqual(eventFacts(texts, moved), []);
  assert.match(eventFacts(texts, event('officer-found', {officer: 'olaf', from: '192.0.2.0/24'})).join(), /192\.0\.2\.0/);
});
