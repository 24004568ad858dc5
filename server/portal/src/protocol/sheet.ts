// SPDX-License-Identifier: Apache-2.0
// The code of the recovery sheet as a proof (docs/spec/server-protocol.md, "Recovery sheet"): it suspends the cards and opens
// a closed account, without a password. Called by worker/worker.ts.
import {concat, lp, toBase64Url, wipe, type Bytes} from '../base/bytes';
import {Failure} from '../base/failure';
import {deriveKey} from '../crypto/hash';
import {own, sodium} from '../crypto/sodium';
import {kAccountName} from './account';
import {Fields} from './fields';
import {kSheetGroups, parseGroups} from './grouped_code';
import type {Server} from './server';

export type SheetPurpose = 'suspend' | 'reopen';

export interface SheetUsed {
  changed: number; // cards that were suspended just now
  suspended: number; // cards that are suspended now
}

const kPaths: Record<SheetPurpose, string> = {suspend: '/v1/sheet/suspend', reopen: '/v1/accounts/reopen'};
const kMaxCards = 10_000;

export function sheetProof(authority: string, challenge: Bytes, account: string, purpose: SheetPurpose): Bytes {
  const parts = ['cardea/v1/sheet-proof', authority, challenge, account.toLowerCase(), purpose];
  return concat(...parts.map(lp));
}

// The key pair that the sheet is known by: its public half is `sheet_check`.
export async function sheetKey(code: Bytes): Promise<{publicKey: Bytes; privateKey: Bytes}> {
  const seed = await deriveKey(code, 'cardea/v1/sheet-check', new Uint8Array(0));
  const pair = sodium.crypto_sign_seed_keypair(seed);
  wipe(seed);
  return {publicKey: own(pair.publicKey), privateKey: own(pair.privateKey)};
}

// access-key-mistyped with the group's number; identity-not-accepted for another sheet, and for an account that is not there.
export async function useSheet(server: Server, account: string, code: string, purpose: SheetPurpose): Promise<SheetUsed> {
  const secret = parseGroups(code, kSheetGroups);
  if (!kAccountName.test(account)) throw new Failure('identity-not-accepted');
  const {privateKey} = await sheetKey(secret);
  wipe(secret);
  const asked = await server.call({method: 'POST', path: '/v1/sessions/challenge', body: {}});
  const challenge = new Fields(asked, 'challenge').bytes('challenge', 1, 64);
  const proof = sheetProof(server.surroundings.authority, challenge, account, purpose);
  const signature = toBase64Url(own(sodium.crypto_sign_detached(proof, privateKey)));
  wipe(privateKey);
  const body = {account, challenge: toBase64Url(challenge), signature};
  const fields = new Fields(await server.call({method: 'POST', path: kPaths[purpose], body}), 'sheet');
  if (purpose === 'reopen') return {changed: 0, suspended: 0};
  return {changed: fields.integer('changed', 0, kMaxCards), suspended: fields.integer('suspended', 0, kMaxCards)};
}
