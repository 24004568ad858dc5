// SPDX-License-Identifier: Apache-2.0
// The whole history of an account, from its first event (docs/spec/audit.md): read page by page, each event's hash made again,
// the end compared with the server's signature. Other than `follow` of audit.ts it goes on behind what does not fit, so that
// a person sees what was changed. Called by worker/worker.ts, and for administrators by admin.ts.
import {equalBytes, toHex, type Bytes} from '../base/bytes';
import {Failure, isFailure} from '../base/failure';
import {canonical, nextHead, readAudit, readEvent, type AuditEvent, type AuditPages, type AuditState} from './audit';
import type {Fields} from './fields';

const kMaxEvents = 1000; // on a page
const kMaxAll = 100_000;
const kMaxFindings = 50;

// What does not fit, and where: numbers of events, 0 when it is not about some of them.
export interface Finding {
  what: 'changed' | 'missing' | 'unsigned' | 'other-key' | 'other-end';
  first: number;
  last: number;
}

export interface ShownEvent extends AuditEvent {
  fits: boolean;
  line: string; // for the file: the canonical event with its hash
}

export interface HistoryPart {
  events: ShownEvent[];
  read: number; // how many of `length` there are so far
  length: number;
  done: boolean;
  findings: Finding[];
  end: string; // for the file: the checkpoint as it came
}

// What one kind of chain has of its own.
export interface Chain {
  label: string; // of its checkpoints
  read(fields: Fields): AuditEvent;
  next(head: Bytes, event: AuditEvent): Bytes;
  line(event: AuditEvent, hash: Bytes): string; // for the file
}

export const userChain = (user: Bytes): Chain => ({
  label: 'cardea/v1/checkpoint',
  read: readEvent,
  next: (head, event) => nextHead(head, user, event),
  line: ({details, kind, sequence, time}, hash) =>
    `{"event":${canonical({details, kind, sequence, time, user: toHex(user)})},"hash":"${toHex(hash)}"}`,
});

// Nothing was followed before: the first key that is shown is the one.
export const kNothingKnown: AuditState = {length: 0, head: new Uint8Array(32), key: new Uint8Array(0)};

export class History {
  private length = 0;
  private head: Bytes = new Uint8Array(32);
  private readonly findings: Finding[] = [];
  private key: Bytes;

  // `known`: what this visit has followed before; the history must go through it, under the same key.
  constructor(
    private readonly chain: Chain,
    private readonly known: AuditState,
    private readonly pages: AuditPages,
  ) {
    this.key = known.key;
  }

  // The checkpoint key; empty before the first page of one who knew nothing.
  get checkpointKey(): Bytes {
    return this.key;
  }

  async next(): Promise<HistoryPart> {
    const fields = await this.pages(this.length);
    const audit = fields.object('audit');
    const length = audit.integer('length', 0, kMaxAll);
    await this.checkSignature(audit);
    const events: ShownEvent[] = [];
    for (const [event, hash] of fields.list('events', kMaxEvents, (item): [AuditEvent, Bytes] => [this.chain.read(item), item.bytes('hash', 32)])) {
      if (this.length >= length) break; // written after the checkpoint was made
      events.push(this.take(event, hash));
    }
    const done = events.length === 0 || this.length >= length;
    if (done) this.finish(length, audit.bytes('head', 32));
    const end = `{"checkpoint":${canonical(audit.raw('checkpoint'))},"head":"${toHex(audit.bytes('head', 32))}","length":${length}}`;
    return {events, read: this.length, length, done, findings: this.findings, end};
  }

  private take(event: AuditEvent, hash: Bytes): ShownEvent {
    const number = event.sequence;
    if (number <= this.length) throw new Failure('server-misbehaved', 'audit: events out of order');
    const gap = number !== this.length + 1;
    if (gap) this.found('missing', this.length + 1, number - 1);
    // Behind a gap there is nothing to follow from: the hash is taken as it is, and what comes next follows from it.
    const follows = gap || equalBytes(this.chain.next(this.head, event), hash);
    const fits = follows && (number !== this.known.length || equalBytes(hash, this.known.head));
    if (!fits) this.found('changed', number, number);
    this.length = number;
    this.head = hash;
    return {...event, fits, line: this.chain.line(event, hash)};
  }

  private finish(length: number, head: Bytes): void {
    const whole = Math.max(length, this.known.length);
    if (this.length < whole) this.found('missing', this.length + 1, whole);
    else if (!equalBytes(this.head, head)) this.found('other-end');
  }

  private async checkSignature(audit: Fields): Promise<void> {
    try {
      const {key} = await readAudit(audit, this.chain.label);
      if (this.key.length === 0) this.key = key;
      if (!equalBytes(key, this.key)) this.found('other-key');
    } catch (error) {
      if (!isFailure(error, 'server-misbehaved')) throw error;
      this.found('unsigned');
    }
  }

  private found(what: Finding['what'], first = 0, last = 0): void {
    const twice = this.findings.some((one) => one.what === what && one.first === first);
    if (!twice && this.findings.length < kMaxFindings) this.findings.push({what, first, last});
  }
}
