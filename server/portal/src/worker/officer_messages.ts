// SPDX-License-Identifier: Apache-2.0
// What the help desk's page and the worker say to one another (docs/spec/officers.md). The session's key stays in the worker;
// a security key can only be asked by the page.
import type {Bytes} from '../base/bytes';

export const kRequestKinds = ['access-key', 'open-account', 'suspend-card'] as const;
export type RequestKind = (typeof kRequestKinds)[number];
export const kVerifications = ['call-back', 'identity-document', 'known-in-person', 'manager'] as const;
export type Verification = (typeof kVerifications)[number];
export type RequestStep = 'approve' | 'decline' | 'carry-out';

// An administrator is no officer of the help desk, nor the other way round.
export const kRoles = ['officer', 'administrator'] as const;
export type Role = (typeof kRoles)[number];

export interface OfficerSelf {
  name: string;
  role: Role;
  second: boolean;
  verification: Verification[];
}

// What a security key has answered.
export interface Assertion {
  credential: Bytes;
  clientData: Bytes;
  authenticatorData: Bytes;
  signature: Bytes;
}
export interface NewKey {
  credential: Bytes;
  spki: Bytes;
  clientData: Bytes;
  authenticatorData: Bytes;
}

export interface PersonComputer {
  id: string;
  name: string;
  serial: string;
  lastSeen: number; // 0: never
  canIssue: boolean;
}
export interface PersonCard {
  id: string;
  label: string;
  state: 'active' | 'suspended' | 'revoked';
}
export interface FoundPerson {
  user: string;
  account: string;
  computers: PersonComputer[];
  cards: PersonCard[];
  closed: boolean;
}

export interface OfficerRequest {
  id: string;
  kind: RequestKind;
  state: 'waiting' | 'approved' | 'declined' | 'done';
  account: string;
  computer: string; // its name; empty for other kinds
  officer: string;
  reason: string;
  verified: Verification[];
  expiresAt: number;
}

export interface Asked {
  user: string;
  kind: RequestKind;
  subject: string; // id of the computer or card; empty for an account
  verified: Verification[];
  reason: string;
}

export interface OfficerOperations {
  officerChallenge: {takes: null; gives: Bytes};
  officerSignIn: {takes: Assertion; gives: OfficerSelf};
  officerKeyChallenge: {takes: {code: string}; gives: Bytes};
  officerAddKey: {takes: {code: string; label: string; key: NewKey}; gives: {name: string; role: Role}};
  officerFind: {takes: {account: string}; gives: FoundPerson};
  officerAsk: {takes: Asked; gives: OfficerRequest};
  officerRequests: {takes: null; gives: OfficerRequest[]};
  officerStep: {takes: {id: string; step: RequestStep}; gives: OfficerRequest};
  officerLeave: {takes: null; gives: null};
}
