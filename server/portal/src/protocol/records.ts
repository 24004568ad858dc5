// SPDX-License-Identifier: Apache-2.0
// A person's records as this visit sees them: fetched, opened, searched for, changed and brought back from the trash. Lives
// in the worker; a page gets what a list shows, and the content of the one record that is opened. Called by
// worker/worker.ts.
import {fromHex, toBase64Url, toHex, wipe, type Bytes} from '../base/bytes';
import {Failure, isFailure} from '../base/failure';
import {objectContext, openAead} from '../crypto/envelope';
import type {Random} from '../crypto/sodium';
import {Fields, kMaxCount, kMaxTime} from './fields';
import {kSheetGroups, parseGroups} from './grouped_code';
import type {OwnerSession} from './owner';
import type {CardRecord} from './pairing';
import {keysFrom, openRecord, readBody, sealRecord, writeBody, type Body, type RecordsKeys} from './sealed_record';

const kMaxPage = 500;
const kMaxRecords = 8192; // with tombstones, as recoveryd's record_service has it
const kMaxEnvelope = 32 * 1024;
const kMaxHolder = 2048;
const kMaxHolders = 64;
const kMaxSeals = 4096;
const kMaxNumber = 0x7fffffff;
const kAtOnce = 4; // requests
const kPart = 40; // records between two words to the page

export type Place = 'both' | 'server' | 'older-on-card';

// What a list shows of a record; the secret is not in it.
export interface ListedRecord {
  id: string;
  version: number; // of the entry: what If-Match names
  changed: number;
  size: number;
  readable: boolean;
  title: string;
  kind: string;
  url: string;
  user: string;
  set: string;
  place: Place | null; // null: it is not known what the card holds
}

export interface OpenedRecord {
  id: string;
  version: number;
  body: Body;
}

export interface Usage {
  records: number;
  maxRecords: number;
  trashed: number;
  maxTrashed: number;
  trashDays: number;
  bytes: number;
}

export interface RecordsPart {
  records: ListedRecord[];
  read: number;
  total: number;
  done: boolean;
  usage: Usage;
  cardOnly: number; // on the card and not at the server
}

interface Entry {
  id: string;
  version: number;
  size: number;
  changed: number;
}

function readEntry(fields: Fields): Entry & {deleted: boolean} {
  return {
    id: toHex(fields.id('record_id', 16)),
    version: fields.integer('version', 1, kMaxNumber),
    size: fields.integer('size', 0, kMaxCount),
    changed: fields.integer('changed', 0, kMaxTime),
    deleted: fields.raw('deleted') === true,
  };
}

const idBytes = (id: string): Bytes => fromHex(id) ?? new Uint8Array(0);

// A member that is text, cut for a list; anything else is nothing there.
function member(body: Body | null, name: string): string {
  const value = body !== null && 'members' in body ? body.members[name] : undefined;
  return typeof value === 'string' ? value.replace(/\p{Cc}/gu, ' ').slice(0, 512) : '';
}

export class Records {
  private entries: Entry[] = [];
  private read = 0;
  private usage: Usage | null = null;

  constructor(
    private readonly session: OwnerSession,
    private readonly random: Random,
    private readonly now: () => number,
    private keys: RecordsKeys | null,
    private readonly onCard: CardRecord[] | null, // null: not known
  ) {}

  get unlocked(): boolean {
    return this.keys !== null;
  }

  // By the code of the recovery sheet. access-key-mistyped names the group; decrypt-failed when it is another sheet's.
  async unlockWithSheet(typed: string): Promise<void> {
    const code = parseGroups(typed, kSheetGroups);
    const {user, call} = this.session;
    try {
      const fields = new Fields(await call({method: 'GET', path: '/v1/account/holders'}), 'holders');
      const holder = fields
        .list('holders', kMaxHolders, (one) => ({
          kind: one.text('kind', 1, 32),
          epoch: one.integer('epoch', 1, kMaxNumber),
          envelope: one.bytes('envelope', 1, kMaxHolder),
        }))
        .find(({kind}) => kind === 'sheet');
      if (holder === undefined) throw new Failure('holder-missing', 'no sheet');
      const seals = fields.list('epoch_seals', kMaxSeals, (one) => ({
        epoch: one.integer('epoch', 1, kMaxNumber),
        envelope: one.bytes('envelope', 1, kMaxHolder),
      }));
      const context = objectContext(user, 'holder-sheet', new Uint8Array(0), 1, holder.epoch);
      let root: Bytes;
      try {
        root = await openAead(code, 'cardea/v1/holder-sheet', context, holder.envelope);
      } catch (error) {
        throw isFailure(error, 'decrypt-failed') ? new Failure('identity-not-accepted', 'another sheet') : error;
      }
      this.keys = await keysFrom(root, holder.epoch, user, seals);
    } finally {
      wipe(code);
    }
  }

  // The list part by part: fetching and opening each takes its time. `start`: from the beginning.
  async next(start: boolean): Promise<RecordsPart> {
    if (start || this.usage === null) {
      this.entries = await this.list('');
      this.usage = await this.fetchUsage();
      this.read = 0;
    }
    const entries = this.entries.slice(this.read, this.read + kPart);
    const records = await this.openAll(entries, false);
    this.read += entries.length;
    const total = this.entries.length;
    const done = this.read >= total;
    return {records, read: this.read, total, done, usage: this.usage, cardOnly: this.countCardOnly()};
  }

  async trash(): Promise<ListedRecord[]> {
    return this.openAll(await this.list('?trash=1'), true);
  }

  async open(id: string): Promise<OpenedRecord> {
    const {version, bytes} = await this.fetch(id, false);
    const body = readBody(bytes);
    wipe(bytes);
    return {id, version, body};
  }

  // A new version with these members; those that are not named stay as they are. precondition-failed when the record is not
  // in `version` any more.
  async change(id: string, version: number, members: Record<string, string>): Promise<OpenedRecord> {
    const opened = await this.open(id);
    if (opened.version !== version) throw new Failure('precondition-failed');
    if (!('members' in opened.body)) throw new Failure('invalid-argument', 'not an object');
    const changed = {...opened.body.members, ...members, updated: Math.floor(this.now())};
    const name = {id: idBytes(id), version: version + 1};
    const bytes = writeBody(changed);
    const sealed = await sealRecord(this.mustBeOpen(), this.session.user, name, bytes, this.random);
    wipe(bytes);
    const body = {epoch: sealed.epoch, envelope: toBase64Url(sealed.envelope)};
    const answer = await this.session.call({method: 'PUT', path: `/v1/records/${id}`, body, ifMatch: version});
    if (new Fields(answer, 'record').integer('version', 1, kMaxNumber) !== name.version) {
      throw new Failure('server-misbehaved', 'stored under another version');
    }
    return {id, version: name.version, body: {members: changed}};
  }

  async remove(id: string, version: number): Promise<void> {
    await this.session.call({method: 'DELETE', path: `/v1/records/${id}`, ifMatch: version});
  }

  // `version`: of the tombstone.
  async restore(id: string, version: number): Promise<void> {
    const path = `/v1/records/${id}/restore`;
    const answer = new Fields(await this.session.call({method: 'POST', path, body: {}, ifMatch: version}), 'record');
    if (toHex(answer.id('record_id', 16)) !== id) throw new Failure('server-misbehaved', 'another record');
  }

  forget(): void {
    for (const key of this.keys?.values() ?? []) wipe(key);
    this.keys = null;
  }

  private mustBeOpen(): RecordsKeys {
    if (this.keys === null) throw new Failure('holder-missing');
    return this.keys;
  }

  private async list(query: string): Promise<Entry[]> {
    const entries: Entry[] = [];
    for (let cursor = ''; ; ) {
      const asked = cursor === '' ? query : `?cursor=${cursor}`;
      const page = new Fields(await this.session.call({method: 'GET', path: '/v1/records', query: asked}), 'records');
      const trash = query !== '';
      const listed = page.list('records', trash ? kMaxRecords : kMaxPage, readEntry);
      entries.push(...listed.filter(({deleted}) => deleted === trash));
      const next = page.text('cursor', 0, 256);
      if (page.raw('more') !== true) return entries;
      const moves = /^[\w-]+$/.test(next) && next !== cursor && listed.length > 0;
      if (!moves || entries.length > kMaxRecords) throw new Failure('server-misbehaved', 'records: a list without an end');
      cursor = next;
    }
  }

  private async fetchUsage(): Promise<Usage> {
    const fields = new Fields(await this.session.call({method: 'GET', path: '/v1/account/usage'}), 'usage');
    const number = (name: string) => fields.integer(name, 0, kMaxCount);
    return {
      records: number('records'),
      maxRecords: number('max_records'),
      trashed: number('trashed'),
      maxTrashed: number('max_trashed'),
      trashDays: number('trash_days'),
      bytes: number('bytes'),
    };
  }

  private async openAll(entries: Entry[], trash: boolean): Promise<ListedRecord[]> {
    const out: ListedRecord[] = [];
    for (let at = 0; at < entries.length; at += kAtOnce) {
      out.push(...(await Promise.all(entries.slice(at, at + kAtOnce).map((entry) => this.openOne(entry, trash)))));
    }
    return out;
  }

  // One that does not open is listed all the same: it is there, and can be deleted.
  private async openOne(entry: Entry, trash: boolean): Promise<ListedRecord> {
    let body: Body | null = null;
    try {
      const {bytes} = await this.fetch(entry.id, trash);
      body = readBody(bytes);
      wipe(bytes);
    } catch (error) {
      const closed = ['decrypt-failed', 'holder-missing', 'unknown-format', 'not-found'] as const;
      if (!closed.some((code) => isFailure(error, code))) throw error;
    }
    return {
      ...entry,
      readable: body !== null,
      title: member(body, 'title'),
      kind: member(body, 'kind'),
      url: member(body, 'url'),
      user: member(body, 'user'),
      set: member(body, 'set'),
      place: trash ? null : this.placeOf(entry),
    };
  }

  private async fetch(id: string, trash: boolean): Promise<{version: number; bytes: Bytes}> {
    const keys = this.mustBeOpen();
    const call = {method: 'GET', path: `/v1/records/${id}`, query: trash ? '?trash=1' : ''} as const;
    const fields = new Fields(await this.session.call(call), 'record');
    const version = fields.integer('version', 1, kMaxNumber);
    const epoch = fields.integer('epoch', 1, kMaxNumber);
    const envelope = fields.bytes('envelope', 1, kMaxEnvelope);
    // A tombstone is one version further than what it was made of.
    const name = {id: idBytes(id), version: trash ? version - 1 : version};
    return {version, bytes: await openRecord(keys, this.session.user, {...name, epoch, envelope})};
  }

  private placeOf({id, version}: Entry): Place | null {
    if (this.onCard === null) return null;
    const found = this.onCard.find((one) => toHex(one.id) === id);
    if (found === undefined) return 'server';
    return found.version >= version ? 'both' : 'older-on-card';
  }

  private countCardOnly(): number {
    const there = new Set(this.entries.map(({id}) => id));
    return (this.onCard ?? []).filter(({id}) => !there.has(toHex(id))).length;
  }
}
