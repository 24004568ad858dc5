// SPDX-License-Identifier: Apache-2.0
// A help-desk officer's visit (docs/spec/officers.md): a session that his security key opens, and what he does for somebody.
// Lives in the worker. An access key never comes here: only the officer's card opens it, at his own computer.
import {concat, fromHex, lp, toBase64Url, toHex, uint, utf8, type Bytes} from '../base/bytes';
import {Failure} from '../base/failure';
import {own, sha256, sodium} from '../crypto/sodium';
import {
  kRequestKinds,
  kRoles,
  kVerifications,
  type Asked,
  type Assertion,
  type FoundPerson,
  type NewKey,
  type OfficerRequest,
  type OfficerSelf,
  type RequestStep,
  type Role,
} from '../worker/officer_messages';
import {Fields, kMaxTime} from './fields';
import type {RequestKey} from './request_signature';
import type {Server} from './server';

const kSessionSeconds = 8 * 3600 - 300; // what the server allows, less a clock that is not quite right
const kEd25519Prefix = fromHex('302a300506032b6570032100') ?? new Uint8Array();
const kMaxList = 1000;

interface Opening {
  challenge: Bytes;
  spki: Bytes;
  signingKey: Bytes;
  expiresAt: number;
}

function readRequest(fields: Fields): OfficerRequest {
  const kind = fields.choice('kind', ...kRequestKinds);
  return {
    id: toHex(fields.id('request_id', 16)),
    kind,
    state: fields.choice('state', 'waiting', 'approved', 'declined', 'done'),
    account: fields.text('account', 1, 64),
    computer: kind === 'access-key' ? fields.object('computer').text('name', 0, 256) : '',
    officer: fields.text('officer', 1, 64),
    reason: fields.text('reason', 0, 1000),
    verified: readWords(fields, 'verified'),
    expiresAt: fields.integer('expires_at', 0, kMaxTime),
  };
}

// Words of another version are nothing that could be shown.
function readWords(fields: Fields, name: string): (typeof kVerifications)[number][] {
  const words = fields.raw(name);
  if (!Array.isArray(words)) throw new Failure('server-misbehaved', name);
  return kVerifications.filter((word) => words.includes(word));
}

function readSelf(fields: Fields): OfficerSelf {
  const policy = fields.object('policy');
  return {
    name: fields.object('officer').text('name', 1, 64),
    role: fields.object('officer').choice('role', ...kRoles),
    second: policy.raw('second') === true,
    verification: readWords(policy, 'verification'),
  };
}

function readPerson(fields: Fields): FoundPerson {
  return {
    user: toHex(fields.id('user_id', 16)),
    account: fields.text('account', 1, 64),
    closed: fields.raw('closed') === true,
    computers: fields.list('computers', kMaxList, (item) => ({
      id: toHex(item.id('computer_id', 32)),
      name: item.text('name', 0, 256),
      serial: item.text('serial', 0, 256),
      lastSeen: item.integer('last_seen', 0, kMaxTime),
      canIssue: item.raw('can_issue') === true,
    })),
    cards: fields.list('cards', kMaxList, (item) => ({
      id: toHex(item.id('card_id', 32)),
      label: item.text('label', 0, 256),
      state: item.choice('state', 'active', 'suspended', 'revoked'),
    })),
  };
}

export class Officer {
  private opening: Opening | null = null;
  private key: RequestKey | null = null;

  constructor(private readonly server: Server) {}

  // What the security key is to sign: it binds a new session key, which stays here.
  async challenge(): Promise<Bytes> {
    const answer = await this.server.call({method: 'POST', path: '/v1/sessions/challenge', body: {}});
    const fields = new Fields(answer, 'challenge');
    const challenge = fields.bytes('challenge', 16, 64);
    const pair = sodium.crypto_sign_keypair();
    // By the server's clock: it gave out the challenge just now, for five minutes.
    const expiresAt = fields.integer('expires_at', 0, kMaxTime) - 300 + kSessionSeconds;
    const spki = concat(kEd25519Prefix, own(pair.publicKey));
    this.opening = {challenge, spki, signingKey: own(pair.privateKey), expiresAt};
    return sha256(
      concat(
        lp('cardea/v1/officer-key-session'),
        lp(this.authority()),
        lp(challenge),
        lp(spki),
        uint(expiresAt, 8),
      ),
    );
  }

  async signIn(assertion: Assertion): Promise<OfficerSelf> {
    const opening = this.opening;
    if (opening === null) throw new Failure('internal', 'no challenge');
    this.opening = null;
    const answer = await this.server.call({
      method: 'POST',
      path: '/v1/sessions/officer-key',
      body: {
        credential_id: toBase64Url(assertion.credential),
        challenge: toBase64Url(opening.challenge),
        session_spki: toBase64Url(opening.spki),
        expires_at: opening.expiresAt,
        client_data: toBase64Url(assertion.clientData),
        authenticator_data: toBase64Url(assertion.authenticatorData),
        signature: toBase64Url(assertion.signature),
      },
    });
    const id = toHex(new Fields(answer, 'session').id('session_id', 16));
    this.key = {keyid: `officer:${id}`, privateKey: opening.signingKey};
    return readSelf(new Fields(await this.get('/v1/officers/me'), 'officer'));
  }

  keyChallenge(code: string): Bytes {
    return sha256(concat(lp('cardea/v1/officer-key-add'), lp(this.authority()), lp(utf8(code))));
  }

  async addKey(code: string, label: string, key: NewKey): Promise<{name: string; role: Role}> {
    const answer = await this.server.call({
      method: 'POST',
      path: '/v1/officers/keys',
      body: {
        code,
        credential_id: toBase64Url(key.credential),
        spki: toBase64Url(key.spki),
        client_data: toBase64Url(key.clientData),
        authenticator_data: toBase64Url(key.authenticatorData),
        label,
      },
    });
    const officer = new Fields(answer, 'key').object('officer');
    return {name: officer.text('name', 1, 64), role: officer.choice('role', ...kRoles)};
  }

  async find(account: string): Promise<FoundPerson> {
    return readPerson(new Fields(await this.post('/v1/officers/find', {account}), 'account'));
  }

  async ask({user, kind, subject, verified, reason}: Asked): Promise<OfficerRequest> {
    const body: Record<string, unknown> = {user_id: user, kind, verified, reason};
    if (kind === 'access-key') body.computer_id = subject;
    if (kind === 'suspend-card') body.card_id = subject;
    return readRequest(new Fields(await this.post('/v1/officers/requests', body), 'request'));
  }

  async requests(): Promise<OfficerRequest[]> {
    return new Fields(await this.get('/v1/officers/requests'), 'requests').list('requests', kMaxList, readRequest);
  }

  async step(id: string, step: RequestStep): Promise<OfficerRequest> {
    return readRequest(new Fields(await this.post(`/v1/officers/requests/${id}/${step}`, {}), 'request'));
  }

  async leave(): Promise<void> {
    if (this.key !== null) await this.server.call({method: 'DELETE', path: '/v1/sessions/current', key: this.key});
    this.key = null;
  }

  private authority(): string {
    return this.server.surroundings.authority;
  }

  // Of the one who is signed in; administrators' requests are made with it, too (admin.ts).
  session(): RequestKey {
    if (this.key === null) throw new Failure('session-expired');
    return this.key;
  }

  private get(path: string): Promise<unknown> {
    return this.server.call({method: 'GET', path, key: this.session()});
  }

  private post(path: string, body: object): Promise<unknown> {
    return this.server.call({method: 'POST', path, body, key: this.session()});
  }
}
