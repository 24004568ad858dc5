// SPDX-License-Identifier: Apache-2.0
// What page and worker say to one another. Passwords and answers go in, the access key and an opened record come out; keys of
// the session and of the records stay.
import type {FailureCode} from '../base/failure';
import type {Card, Computer} from '../protocol/account';
import type {DraftKept, ShownSheet} from '../protocol/drafting';
import type {HistoryPart} from '../protocol/history';
import type {CardState} from '../protocol/owner';
import type {ShownPairing} from '../protocol/pairing';
import type {ListedRecord, OpenedRecord, RecordsPart} from '../protocol/records';
import type {Why} from '../protocol/server';
import type {SheetPurpose, SheetUsed} from '../protocol/sheet';
import type {AdminOperations} from './admin_messages';
import type {OfficerOperations} from './officer_messages';

// What a browser remembers of one user's history; the name is a hash (docs/spec/portal.md, "What is remembered").
export interface Memory {
  length: number;
  head: string;
  key: string;
}
export type Memories = Record<string, Memory>;
export interface Remember {
  name: string;
  memory: Memory;
}

export interface Entered {
  question: string;
  doubted: boolean;
  remember: Remember;
}
export interface ShownKey {
  typed: string;
  computer: Computer;
  number: number;
  recorded: boolean;
  remember: Remember;
}

// A browser that the owner has signed in with his card.
export interface Paired {
  account: string;
  card: string;
  expiresAt: number;
  records: boolean; // their keys came along
  doubted: boolean;
  remember: Remember;
}

// Each operation: what it takes, what it gives.
export interface Operations extends OfficerOperations, AdminOperations {
  enter: {takes: {account: string; password: string; memories: Memories}; gives: Entered};
  answer: {takes: {text: string}; gives: null};
  computers: {takes: null; gives: Computer[]};
  issue: {takes: {computer: string}; gives: ShownKey};
  cards: {takes: null; gives: Card[]};
  setCardState: {takes: {card: Card; state: CardState; reason: string}; gives: Card};
  askForNewKeys: {takes: {computer: string}; gives: Computer};
  retire: {takes: {computer: string}; gives: null};
  // The next part of the history; the first again when `start`.
  history: {takes: {start: boolean}; gives: HistoryPart & {fingerprint: string}};
  // Needs no session.
  useSheet: {takes: {account: string; code: string; purpose: SheetPurpose}; gives: SheetUsed};
  // Without password: a code to be shown, and whether the owner has answered it; null as long as he has not.
  pair: {takes: null; gives: ShownPairing};
  paired: {takes: {memories: Memories}; gives: Paired | null};
  // Whether records can be opened; with the code of the sheet they can afterwards.
  recordsUnlocked: {takes: null; gives: boolean};
  unlockRecords: {takes: {code: string}; gives: null};
  // The next part of the list; the first again when `start`.
  records: {takes: {start: boolean}; gives: RecordsPart};
  trash: {takes: null; gives: ListedRecord[]};
  openRecord: {takes: {id: string}; gives: OpenedRecord};
  changeRecord: {takes: {id: string; version: number; members: Record<string, string>}; gives: OpenedRecord};
  removeRecord: {takes: {id: string; version: number}; gives: null};
  restoreRecord: {takes: {id: string; version: number}; gives: null};
  // An account that is prepared for a card: password; question and answer, which give the sheet; the sheet once more; one group
  // of it, after which it is kept.
  draftChoose: {takes: {account: string; password: string}; gives: null};
  draftMake: {takes: {question: string; answer: string}; gives: ShownSheet};
  draftSheet: {takes: null; gives: ShownSheet};
  draftKeep: {takes: {group: string}; gives: DraftKept};
  leave: {takes: null; gives: null};
}
export type Operation = keyof Operations;

export interface Request {
  id: number;
  operation: Operation;
  argument: unknown;
}

// Unasked: the visit goes on at another server.
export interface Moved {
  movedTo: string;
  why: Why;
}

export type Reply =
  | {id: number; ok: true; value: unknown}
  | {id: number; ok: false; code: FailureCode; detail: string; waitSeconds: number};
