// SPDX-License-Identifier: Apache-2.0
// What the server says of an account, its cards and its computers (server/openapi.yaml), and the checks that the account's
// recovery key is the one a card has signed. Used by recovery.ts.
import {concat, equalBytes, lp, toHex, type Bytes} from '../base/bytes';
import {Failure} from '../base/failure';
import {verifySignature} from '../crypto/signature';
import {sha256} from '../crypto/sodium';
import {readAudit, type AuditState} from './audit';
import {kMaxCount, kMaxTime, type Fields} from './fields';

const kMaxSpki = 600;
const kMaxNumber = 0x7fffffff;
export const kAccountName = /^[A-Za-z0-9_.@-]{1,64}$/;

export interface Card {
  id: string;
  label: string;
  serial: string;
  state: 'active' | 'suspended' | 'revoked';
  reason: string;
  version: number;
  since: number;
  computer: string; // at which it was put into use; empty: not known
}

export interface Computer {
  id: string;
  name: string;
  serial: string;
  generation: number; // 0: it has no access keys
  issued: number;
  used: number;
  fit: 'ok' | 'none' | 'mismatch' | 'unknown';
  rotateAsked: number; // since when new access keys are waited for; 0: they are not
  lastSeen: number; // 0: never
}

export interface Account {
  name: string;
  recoveryPublic: Bytes;
  audit: AuditState;
}

export function readCard(fields: Fields): Card {
  const id = fields.id('card_id', 32);
  if (!equalBytes(sha256(fields.bytes('auth_spki', 32, kMaxSpki)), id)) {
    throw new Failure('server-misbehaved', 'a card with another id than its key');
  }
  return {
    id: toHex(id),
    label: fields.text('label', 0, 256),
    serial: fields.text('serial', 0, 256),
    state: fields.choice('state', 'active', 'suspended', 'revoked'),
    reason: fields.text('reason', 0, 32),
    version: fields.integer('version', 0, kMaxCount),
    since: fields.integer('since', 0, kMaxTime),
    computer: fields.text('computer_id', 0, 64),
  };
}

export function readComputer(fields: Fields): Computer {
  return {
    id: toHex(fields.id('computer_id', 32)),
    name: fields.text('name', 0, 256),
    serial: fields.text('serial', 0, 256),
    generation: fields.integer('generation', 0, kMaxNumber),
    issued: fields.integer('issued', 0, kMaxNumber),
    used: fields.integer('used', 0, kMaxNumber),
    fit: fields.choice('fit', 'ok', 'none', 'mismatch', 'unknown'),
    rotateAsked: fields.integer('rotate_asked', 0, kMaxTime),
    lastSeen: fields.integer('last_seen', 0, kMaxTime),
  };
}

// The card's own signature on the recovery key (docs/spec/server-protocol.md, "Proofs").
export async function readAccount(fields: Fields, user: Bytes): Promise<Account> {
  const signer = fields.object('recovery_signer');
  const [authSpki, wrapSpki] = [signer.bytes('auth_spki', 32, kMaxSpki), signer.bytes('wrap_spki', 32, kMaxSpki)];
  const recoveryPublic = fields.bytes('recovery_public', 65);
  const proof = concat(lp('cardea/v1/card-proof'), lp(user), lp(authSpki), lp(wrapSpki), lp(recoveryPublic));
  if (!equalBytes(fields.id('user_id', 16), user) || !equalBytes(sha256(authSpki), signer.id('card_id', 32))) {
    throw new Failure('server-misbehaved', 'account: another user or signer');
  }
  try {
    await verifySignature(authSpki, proof, signer.bytes('proof', 64, 512));
  } catch (error) {
    throw new Failure('server-misbehaved', `account: the recovery key is signed by no card (${String(error)})`);
  }
  return {name: fields.text('account', 1, 64), recoveryPublic, audit: await readAudit(fields.object('audit'))};
}
