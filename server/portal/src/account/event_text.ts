// SPDX-License-Identifier: Apache-2.0
// The one table from an event of the history to what a person reads. What an event holds is the server's word: names are
// looked up, everything else is shown only in forms that are known.
import type {TextId, Texts} from '../i18n/texts';
import type {Card, Computer} from '../protocol/account';
import type {AuditEvent} from '../protocol/audit';
import {nameOfCard} from '../pages/names';

export interface Known {
  cards: Map<string, Card>;
  computers: Map<string, Computer>;
}

const kKinds: Record<string, TextId> = {
  registered: 'event.registered',
  'card-replaced': 'event.card-replaced',
  'computer-added': 'event.computer-added',
  'computer-retired': 'event.computer-retired',
  'guest-admitted': 'event.guest-admitted',
  'access-key-generation': 'event.access-key-generation',
  'access-keys-asked': 'event.access-keys-asked',
  'access-key-issued': 'event.access-key-issued',
  'browser-allowed': 'event.browser-allowed',
  'account-closed': 'event.account-closed',
  'account-opened': 'event.account-opened',
  'officer-found': 'event.officer-found',
  'officer-asked': 'event.officer-asked',
  'officer-approved': 'event.officer-approved',
  'officer-declined': 'event.officer-declined',
  'officer-issued': 'event.officer-issued',
  'officer-opened-account': 'event.officer-opened-account',
  'officer-suspended-card': 'event.officer-suspended-card',
};
const kLevels: Record<string, TextId> = {
  password: 'event.opened.password',
  card: 'event.opened.card',
  'access-key': 'event.opened.access-key',
};
const kStates: Record<string, TextId> = {
  active: 'event.card.active',
  suspended: 'event.card.suspended',
  revoked: 'event.card.revoked',
};
const kSheets: Record<string, TextId> = {suspend: 'event.sheet.suspend', reopen: 'event.sheet.reopen'};
const kReasons = ['lost', 'stolen', 'mislaid', 'damaged', 'replaced', 'other'] as const;
const kBy: Record<string, TextId> = {
  password: 'event.by.password',
  answer: 'event.by.answer',
  card: 'event.by.card',
  'access-key': 'event.by.access-key',
  sheet: 'event.by.sheet',
};
// What an owner wants to see first when he wonders whether somebody else was there.
const kWeighty = new Set([
  ...['registered', 'card-state', 'card-replaced', 'computer-added', 'computer-retired'],
  ...['guest-admitted', 'access-key-issued', 'sheet-used', 'browser-allowed'],
  ...['account-closed', 'account-opened', 'officer-found', 'officer-asked', 'officer-approved', 'officer-declined'],
  ...['officer-issued', 'officer-opened-account', 'officer-suspended-card'],
]);

export const isWeighty = ({kind}: AuditEvent): boolean => kWeighty.has(kind);

function word(event: AuditEvent, name: string): string {
  const value = Object.hasOwn(event.details, name) ? event.details[name] : undefined;
  return typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, 128) : '';
}

function row(table: Record<string, TextId>, key: string): TextId | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

function textOf(event: AuditEvent): TextId {
  const byKind: Record<string, TextId | undefined> = {
    'session-opened': row(kLevels, word(event, 'level')),
    'session-raised': 'event.raised',
    'card-state': row(kStates, word(event, 'state')),
    'sheet-used': row(kSheets, word(event, 'for')),
  };
  return (Object.hasOwn(byKind, event.kind) ? byKind[event.kind] : row(kKinds, event.kind)) ?? 'event.other';
}

export function eventText(t: Texts, event: AuditEvent, {cards, computers}: Known): string {
  const [card, computer] = [word(event, 'card'), word(event, 'computer')];
  const known = cards.get(card);
  return t.text(textOf(event), {
    card: known === undefined ? t.text('event.card.unknown', {id: card.slice(0, 8)}) : nameOfCard(t, known),
    computer: computers.get(computer)?.name ?? (word(event, 'name') || t.text('event.computer.unknown', {id: computer.slice(0, 8)})),
    generation: word(event, 'generation'),
    number: word(event, 'index'),
    officer: word(event, 'officer'),
    kind: event.kind,
  });
}

// From where, by what, why: what stands in small letters under it.
export function eventFacts(t: Texts, event: AuditEvent): string[] {
  const [from, reason] = [word(event, 'from'), kReasons.find((one) => one === word(event, 'reason'))];
  // How a session was opened stands in its text.
  const by = event.kind.startsWith('session-') ? undefined : row(kBy, word(event, 'level') || word(event, 'by'));
  return [
    ...(reason === undefined ? [] : [t.text(`reason.${reason}`)]),
    ...(by === undefined ? [] : [t.text(by)]),
    ...(from === '' ? [] : [t.text('event.from', {network: from})]),
  ];
}
