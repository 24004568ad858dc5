// SPDX-License-Identifier: Apache-2.0
// The user's audit chain, followed by the browser itself (docs/spec/audit.md): a server that forgets, forks or rewrites what
// this browser has seen is doubted. Used by recovery.ts.
import {concat, equalBytes, lp, toHex, uint, type Bytes} from '../base/bytes';
import {Failure} from '../base/failure';
import {verifySignature} from '../crypto/signature';
import {sha256} from '../crypto/sodium';
import {kMaxCount, kMaxTime, type Fields} from './fields';

export const kMaxPages = 20;
const kMaxEvents = 1000;
const kMaxHandovers = 63;
const kMaxDepth = 8;

export interface AuditState {
  length: number;
  head: Bytes; // 32
  key: Bytes; // the server's checkpoint key
}

// The key of the number before signed this one.
export interface Handover {
  number: number;
  key: Bytes;
  signature: Bytes;
}

export interface ShownAudit extends AuditState {
  handovers: Handover[];
}

export interface AuditEvent {
  sequence: number;
  time: number;
  kind: string;
  actor?: string; // in the administration's chain
  details: Record<string, unknown>;
}

const misbehaved = (why: string) => new Failure('server-misbehaved', `audit: ${why}`);

// Checked to be signed by the key that comes with it; whether that is the right key, `follow` tells.
export async function readAudit(fields: Fields, label = 'cardea/v1/checkpoint'): Promise<ShownAudit> {
  const [length, head] = [fields.integer('length', 0, kMaxCount), fields.bytes('head', 32)];
  const checkpoint = fields.object('checkpoint');
  const key = checkpoint.bytes('key', 44);
  const time = checkpoint.integer('time', 0, kMaxTime);
  const signed = concat(lp(label), uint(length, 8), lp(head), uint(time, 8));
  try {
    await verifySignature(key, signed, checkpoint.bytes('signature', 64));
  } catch {
    throw misbehaved('a checkpoint that is not signed');
  }
  return {length, head, key, handovers: readHandovers(checkpoint)};
}

function readHandovers(checkpoint: Fields): Handover[] {
  if (checkpoint.raw('handovers') === undefined) return [];
  return checkpoint.list('handovers', kMaxHandovers, (fields) => ({
    number: fields.integer('number', 1, 2 ** 31 - 1),
    key: fields.bytes('key', 44),
    signature: fields.bytes('signature', 64),
  }));
}

// server-misbehaved unless the known key is the shown one, or the hand-overs lead from it to there, one number after the
// other and each signed. A key that is older than the known one is not believed any more.
export async function followKey(known: Bytes, shown: Bytes, handovers: Handover[]): Promise<void> {
  if (equalBytes(known, shown)) return;
  const mine = handovers.findIndex((handover) => equalBytes(handover.key, known));
  let [key, number] = [known, handovers[mine]?.number ?? 1];
  for (const handover of handovers.slice(mine + 1)) {
    number += 1;
    const signed = concat(lp('cardea/v1/checkpoint-key'), uint(handover.number, 8), lp(handover.key));
    try {
      if (handover.number !== number) throw misbehaved('a missing hand-over');
      await verifySignature(key, signed, handover.signature);
    } catch {
      throw misbehaved('another checkpoint key');
    }
    key = handover.key;
  }
  if (!equalBytes(key, shown)) throw misbehaved('another checkpoint key');
}

// RFC 8785 for the values that events have: no fractions, names in byte order.
export function canonical(value: unknown, depth = 0): string {
  if (depth > kMaxDepth) throw misbehaved('an event nested too deeply');
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return JSON.stringify(value);
  if (Number.isSafeInteger(value)) return String(value);
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, depth + 1)).join(',')}]`;
  if (typeof value !== 'object') throw misbehaved('an event with an odd value');
  const names = Object.keys(value as object).sort();
  const member = (name: string) => (value as Record<string, unknown>)[name];
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(member(name), depth + 1)}`).join(',')}}`;
}

export function nextHead(head: Bytes, user: Bytes, event: AuditEvent): Bytes {
  const {details, kind, sequence, time} = event;
  return sha256(Uint8Array.of(1), head, canonical({details, kind, sequence, time, user: toHex(user)}));
}

// Of the administration's chain.
export function nextAdminHead(head: Bytes, event: AuditEvent): Bytes {
  const {actor = '', details, kind, sequence, time} = event;
  return sha256(Uint8Array.of(3), head, canonical({actor, details, kind, sequence, time}));
}

export function readEvent(fields: Fields): AuditEvent {
  const details = fields.raw('details');
  if (typeof details !== 'object' || details === null || Array.isArray(details)) throw misbehaved('details');
  return {
    sequence: fields.integer('sequence', 1, kMaxCount),
    time: fields.integer('time', 0, kMaxTime),
    kind: fields.text('kind', 1, 64),
    details: details as Record<string, unknown>,
  };
}

export interface Followed {
  state: AuditState;
  events: AuditEvent[];
}

// One answer of GET /v1/audit?after=
export type AuditPages = (after: number) => Promise<Fields>;

// From what is known to what the server shows now. server-misbehaved when its chain does not go on from there.
export async function follow(known: AuditState, user: Bytes, pages: AuditPages): Promise<Followed> {
  let at = known;
  const events: AuditEvent[] = [];
  for (let page = 0; page < kMaxPages; ++page) {
    const fields = await pages(at.length);
    const shown = await readAudit(fields.object('audit'));
    await followKey(at.key, shown.key, shown.handovers);
    at = {...at, key: shown.key};
    for (const event of fields.list('events', kMaxEvents, readEvent)) {
      if (at.length >= shown.length) break; // written after the checkpoint was made
      if (event.sequence !== at.length + 1) throw misbehaved('an event is missing');
      at = {length: event.sequence, head: nextHead(at.head, user, event), key: at.key};
      events.push(event);
    }
    if (shown.length < at.length) throw misbehaved('the chain is shorter than it was');
    if (shown.length === at.length) {
      if (!equalBytes(shown.head, at.head)) throw misbehaved('the chain is another one');
      return {state: at, events};
    }
    if (events.length === 0) throw misbehaved('the chain has no events');
  }
  throw misbehaved('the chain is too long to be followed');
}
