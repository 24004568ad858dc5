// SPDX-License-Identifier: Apache-2.0
// An administrator's visit (docs/spec/administrator.md), with the session that his security key has opened. Lives in the
// worker. What changes something, or shows somebody's history, is sent with a touch of the key that was made for exactly it.
import {concat, equalBytes, fromHex, lp, toBase64Url, toHex, utf8, type Bytes} from '../base/bytes';
import {Failure} from '../base/failure';
import {sha256} from '../crypto/sodium';
import {
  kFilters,
  kGates,
  kReasons,
  type Filter,
  type Fleet,
  type FleetComputer,
  type Policies,
  type ServerShown,
  type ServerState,
  type Touched,
} from '../worker/admin_messages';
import type {Assertion} from '../worker/officer_messages';
import {canonical, nextAdminHead, readAudit, readEvent, type AuditEvent} from './audit';
import {Fields, kMaxCount, kMaxTime} from './fields';
import {History, kNothingKnown, userChain, type Chain, type HistoryPart} from './history';
import type {Officer} from './officer';
import {fingerprint} from './owner';
import type {Call, Server} from './server';

const kAdminLabel = 'cardea/v1/administration-checkpoint';
const kMaxList = 1000;

function readComputer(fields: Fields): FleetComputer {
  const attention = fields.raw('attention');
  return {
    id: `${toHex(fields.id('computer_id', 32))} ${toHex(fields.id('user_id', 16))}`,
    account: fields.text('account', 1, 64),
    name: fields.text('name', 0, 256),
    serial: fields.text('serial', 0, 256),
    fit: fields.choice('fit', 'ok', 'none', 'mismatch', 'unknown'),
    gate: fields.choice('gate', ...kGates),
    program: fields.text('program', 0, 32),
    lastSeen: fields.integer('last_seen', 0, kMaxTime),
    retired: fields.raw('retired') === true,
    attention: kReasons.filter((reason) => Array.isArray(attention) && attention.includes(reason)),
  };
}

function readFleet(fields: Fields): Fleet {
  const count = (name: string) => fields.integer(name, 0, kMaxCount);
  const counts = {} as Fleet['counts'];
  for (const filter of kFilters) if (filter !== 'all') counts[filter] = count(filter.replace('-', '_'));
  return {
    users: count('users'),
    computers: count('computers'),
    gateOn: count('gate_on'),
    counts,
    silentDays: count('silent_days'),
    program: fields.text('program', 0, 32),
  };
}

function readPolicies(fields: Fields): Policies {
  const words = (raw: unknown) => (Array.isArray(raw) ? raw.filter((word): word is string => typeof word === 'string') : []);
  return {
    version: fields.integer('version', 0, kMaxCount),
    policies: fields.list('policies', kMaxList, (item) => ({
      name: item.text('name', 1, 64),
      type: item.choice('type', 'choice', 'number', 'words'),
      value: item.text('value', 0, 256),
      fallback: item.text('default', 0, 256),
      isSet: item.raw('set') === true,
      changed: item.integer('changed', 0, kMaxTime),
      allowed: words(item.raw('allowed')),
      minimum: item.integer('minimum', 0, kMaxCount),
      maximum: item.integer('maximum', 0, kMaxCount),
      meaning: item.text('meaning', 0, 256),
    })),
  };
}

// The lines are those of `cardea admin audit export`.
function exported(of: object, {sequence, time, actor, kind, details}: AuditEvent, hash: Bytes): string {
  const sorted: unknown = JSON.parse(canonical(details));
  return JSON.stringify({...of, sequence, time, ...(actor === undefined ? {} : {actor}), kind, details: sorted, hash: toHex(hash)});
}

const kAdminChain: Chain = {
  label: kAdminLabel,
  read: (fields) => ({...readEvent(fields), actor: fields.text('actor', 0, 256)}),
  next: nextAdminHead,
  line: (event, hash) => exported({chain: 'administration'}, event, hash),
};

function exportedChain(user: Bytes): Chain {
  return {...userChain(user), line: (event, hash) => exported({chain: 'user', user: toHex(user)}, event, hash)};
}

export class Administration {
  private cursor = '';
  private pending: {what: Touched; challenge: Bytes} | null = null;
  private administration: History | null = null;
  private user: History | null = null;

  constructor(
    private readonly officer: Officer,
    private readonly server: Server,
  ) {}

  async fleet(): Promise<Fleet> {
    return readFleet(new Fields(await this.get('/v1/admin/fleet'), 'fleet'));
  }

  async computers(filter: Filter, search: string, start: boolean): Promise<{computers: FleetComputer[]; more: boolean}> {
    const wanted = search === '' ? '' : `&search=${toBase64Url(utf8(search))}`;
    const page = start || this.cursor === '' ? '' : `&cursor=${this.cursor}`;
    const fields = new Fields(await this.get('/v1/admin/computers', `?filter=${filter}&limit=50${wanted}${page}`), 'computers');
    const more = fields.raw('more') === true;
    this.cursor = more ? fields.text('cursor', 1, 256) : '';
    return {computers: fields.list('computers', kMaxList, readComputer), more};
  }

  async policies(): Promise<Policies> {
    return readPolicies(new Fields(await this.get('/v1/admin/policies'), 'policies'));
  }

  // Each by itself, from here: what a browser in this network reaches.
  async servers(): Promise<ServerShown[]> {
    const {authorities} = this.server;
    const states = await Promise.all(authorities.map((authority) => this.state(authority)));
    const key = states.find((state) => state !== null)?.key;
    return authorities.map((authority, index) => {
      const found = states[index] ?? null;
      if (found === null) return {authority, here: index === 0, state: null};
      const sameKey = key !== undefined && equalBytes(found.key, key);
      const {checkpoint, ...state} = found.state;
      return {authority, here: index === 0, state: {...state, checkpoint: {...checkpoint, sameKey}}};
    });
  }

  // What the security key is to sign: this session, and what is to be done.
  async challenge(what: Touched): Promise<Bytes> {
    const answer = await this.server.call({method: 'POST', path: '/v1/sessions/challenge', body: {}});
    const challenge = new Fields(answer, 'challenge').bytes('challenge', 16, 64);
    this.pending = {what, challenge};
    const session = fromHex(this.officer.session().keyid.slice('officer:'.length)) ?? new Uint8Array(0);
    return sha256(
      concat(lp('cardea/v1/officer-touch'), lp(utf8(this.server.authority)), lp(challenge), lp(session), lp(utf8(canonical(what)))),
    );
  }

  async setPolicy(assertion: Assertion): Promise<Policies> {
    const {what, touch} = this.touched(assertion);
    if (what.do !== 'policy-set') throw new Failure('internal', 'another touch');
    const answer = await this.server.call({
      method: 'PUT',
      path: `/v1/admin/policies/${what.name}`,
      body: {...(what.value === null ? {} : {value: what.value}), touch},
      ifMatch: what.version,
      key: this.officer.session(),
    });
    return readPolicies(new Fields(answer, 'policies'));
  }

  async openHistory(assertion: Assertion): Promise<void> {
    const {what, touch} = this.touched(assertion);
    if (what.do !== 'history-read') throw new Failure('internal', 'another touch');
    const body = {account: what.account, touch};
    const call: Call = {method: 'POST', path: '/v1/admin/histories', body, key: this.officer.session()};
    const opened = new Fields(await this.server.call(call), 'history');
    const user = opened.id('user_id', 16);
    let cursor = opened.text('cursor', 1, 256);
    this.user = new History(exportedChain(user), kNothingKnown, async () => {
      const fields = new Fields(await this.get('/v1/admin/histories', `?cursor=${cursor}`), 'history');
      cursor = fields.text('cursor', 1, 256);
      return fields;
    });
  }

  async chain(start: boolean): Promise<HistoryPart & {fingerprint: string}> {
    if (start || this.administration === null) {
      const pages = async (after: number) => new Fields(await this.get('/v1/admin/audit', `?after=${after}`), 'audit');
      this.administration = new History(kAdminChain, kNothingKnown, pages);
    }
    return this.part(this.administration);
  }

  async history(): Promise<HistoryPart & {fingerprint: string}> {
    if (this.user === null) throw new Failure('internal', 'no history was opened');
    return this.part(this.user);
  }

  private async part(history: History): Promise<HistoryPart & {fingerprint: string}> {
    const part = await history.next();
    return {...part, fingerprint: history.checkpointKey.length === 0 ? '' : fingerprint(history.checkpointKey)};
  }

  private touched({credential, clientData, authenticatorData, signature}: Assertion): {what: Touched; touch: object} {
    if (this.pending === null) throw new Failure('internal', 'no challenge');
    const {what, challenge} = this.pending;
    this.pending = null;
    return {
      what,
      touch: {
        challenge: toBase64Url(challenge),
        credential_id: toBase64Url(credential),
        client_data: toBase64Url(clientData),
        authenticator_data: toBase64Url(authenticatorData),
        signature: toBase64Url(signature),
      },
    };
  }

  private async state(authority: string): Promise<{state: ServerState; key: Bytes} | null> {
    const began = Date.now();
    try {
      const call: Call = {method: 'GET', path: '/v1/admin/server', key: this.officer.session()};
      const fields = new Fields(await this.server.ask(authority, call), 'server');
      const administration = await readAudit(fields.object('administration'), kAdminLabel);
      const standbys = fields.raw('standbys') === undefined ? null : fields.integer('standbys', 0, kMaxCount);
      const checkpoint = {
        events: fields.integer('events', 0, kMaxCount),
        administration: administration.length,
        time: fields.integer('time', 0, kMaxTime),
        sameKey: true,
      };
      const state = {
        region: fields.text('region', 0, 64),
        program: fields.text('program', 0, 32),
        ready: fields.raw('ready') === true,
        engine: fields.choice('engine', 'sqlite', 'postgres'),
        standbys,
        millis: Date.now() - began,
        checkpoint,
      };
      return {state, key: administration.key};
    } catch (error) {
      if (error instanceof Failure && error.code === 'session-expired') throw error;
      return null;
    }
  }

  private get(path: string, query = ''): Promise<unknown> {
    return this.server.call({method: 'GET', path, ...(query === '' ? {} : {query}), key: this.officer.session()});
  }
}
