// SPDX-License-Identifier: Apache-2.0
// What an owner does with a session, however he has opened it: his computers and cards, seen and changed. Called by
// worker/worker.ts.
import {toHex, type Bytes} from '../base/bytes';
import {Failure} from '../base/failure';
import {sha256} from '../crypto/sodium';
import {readCard, readComputer, type Card, type Computer} from './account';
import type {AuditPages, AuditState} from './audit';
import {Fields} from './fields';
import type {Call} from './server';

const kMaxList = 1000;

export interface OwnerSession {
  user: Bytes;
  audit: AuditState; // as far as this visit has followed the history
  call: (call: Omit<Call, 'key'>) => Promise<unknown>;
}

export type CardState = 'active' | 'suspended' | 'revoked';

export async function listComputers({call}: OwnerSession): Promise<Computer[]> {
  const answer = await call({method: 'GET', path: '/v1/computers'});
  return new Fields(answer, 'computers').list('computers', kMaxList, readComputer);
}

// The computer makes new access keys at its next contact; those it has open it until then.
export async function askForNewKeys({call}: OwnerSession, computer: string): Promise<Computer> {
  const path = `/v1/computers/${computer}/access-keys/rotate`;
  const asked = readComputer(new Fields(await call({method: 'POST', path, body: {}}), 'computer'));
  if (asked.id !== computer || asked.rotateAsked === 0) {
    throw new Failure('server-misbehaved', 'another computer, or one that was not asked');
  }
  return asked;
}

export async function retireComputer({call}: OwnerSession, computer: string): Promise<void> {
  await call({method: 'POST', path: `/v1/computers/${computer}/retire`, body: {}});
}

export async function listCards({call}: OwnerSession): Promise<Card[]> {
  const answer = await call({method: 'GET', path: '/v1/cards'});
  return new Fields(answer, 'cards').list('cards', kMaxList, readCard);
}

export async function setCardState({call}: OwnerSession, card: Card, state: CardState, reason: string): Promise<Card> {
  const body = reason === '' ? {state} : {state, reason};
  const path = `/v1/cards/${card.id}/state`;
  const changed = readCard(new Fields(await call({method: 'POST', path, body, ifMatch: card.version}), 'card'));
  if (changed.id !== card.id || changed.state !== state) {
    throw new Failure('server-misbehaved', 'the card is not in the state that was asked for');
  }
  return changed;
}

export function auditPages({call}: OwnerSession): AuditPages {
  return async (after) => new Fields(await call({method: 'GET', path: '/v1/audit', query: `?after=${after}`}), 'audit');
}

// SHA-256 of the checkpoint key, cut for people: eight groups of four digits, as `cardea status` shows it
// (docs/spec/audit.md).
export function fingerprint(key: Bytes): string {
  return (toHex(sha256(key).slice(0, 16)).match(/.{4}/g) ?? []).join(' ');
}
