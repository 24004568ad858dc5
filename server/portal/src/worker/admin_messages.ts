// SPDX-License-Identifier: Apache-2.0
// What the administrator's page and the worker say to one another (docs/spec/administrator.md).
import type {Bytes} from '../base/bytes';
import type {HistoryPart} from '../protocol/history';
import type {Assertion} from './officer_messages';

export const kFilters = ['attention', 'silent', 'fell-back', 'outdated', 'unfit', 'retired', 'all'] as const;
export type Filter = (typeof kFilters)[number];
export const kReasons = ['silent', 'fell-back', 'outdated', 'unfit'] as const;
export type Reason = (typeof kReasons)[number];
export const kGates = ['off', 'probation', 'on', 'fell-back', 'unknown'] as const;
export type Gate = (typeof kGates)[number];

export interface Fleet {
  users: number;
  computers: number;
  gateOn: number;
  counts: Record<Exclude<Filter, 'all'>, number>;
  silentDays: number;
  program: string;
}

export interface FleetComputer {
  id: string;
  account: string;
  name: string;
  serial: string;
  fit: 'ok' | 'none' | 'mismatch' | 'unknown';
  gate: Gate;
  program: string; // empty: not known
  lastSeen: number; // 0: never
  retired: boolean;
  attention: Reason[];
}

export interface PolicyShown {
  name: string;
  type: 'choice' | 'number' | 'words';
  value: string;
  fallback: string;
  isSet: boolean;
  changed: number;
  allowed: string[];
  minimum: number;
  maximum: number;
  meaning: string; // English: for a policy that this page does not know
}
export interface Policies {
  version: number;
  policies: PolicyShown[];
}

export interface ServerShown {
  authority: string;
  here: boolean; // the one this visit is at
  state: ServerState | null; // null: does not answer
}
export interface ServerState {
  region: string;
  program: string;
  ready: boolean;
  engine: 'sqlite' | 'postgres';
  standbys: number | null; // null: not known
  millis: number; // how long the answer took
  checkpoint: {events: number; administration: number; time: number; sameKey: boolean};
}

// What a security key is touched for. A page that wants something else gets another challenge.
export type Touched =
  | {do: 'policy-set'; name: string; value: string | null; version: number}
  | {do: 'history-read'; account: string};

export interface AdminOperations {
  adminFleet: {takes: null; gives: Fleet};
  // The next part of the list; the first when `start`.
  adminComputers: {takes: {filter: Filter; search: string; start: boolean}; gives: {computers: FleetComputer[]; more: boolean}};
  adminPolicies: {takes: null; gives: Policies};
  adminServers: {takes: null; gives: ServerShown[]};
  adminTouch: {takes: Touched; gives: Bytes};
  adminSetPolicy: {takes: Assertion; gives: Policies};
  adminOpenHistory: {takes: Assertion; gives: null};
  // Of the administration; of the opened user.
  adminChain: {takes: {start: boolean}; gives: HistoryPart & {fingerprint: string}};
  adminHistory: {takes: null; gives: HistoryPart & {fingerprint: string}};
}
