// SPDX-License-Identifier: Apache-2.0
// Signing in with a card that this browser can't reach (docs/spec/pairing.md): a code is shown, the owner's own computer
// answers. What the server passes on is opened with keys that only this worker has. Called by worker/worker.ts.
import {concat, fromUtf8, lp, toBase64Url, toHex, wipe, type Bytes} from '../base/bytes';
import {Failure, isFailure} from '../base/failure';
import {makeSealKey, openHpke, sealAead, type SealKey} from '../crypto/envelope';
import {own, sha256, sodium, type Random} from '../crypto/sodium';
import {kAccountName, readAccount} from './account';
import {follow, type AuditState} from './audit';
import {Fields, kMaxTime} from './fields';
import {formatGroups} from './grouped_code';
import {auditPages, type OwnerSession} from './owner';
import type {RecordName, RecordsKeys} from './sealed_record';
import type {Server} from './server';

const kSpkiHead = Uint8Array.of(0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00);
const kMaxAnswer = 16_384;
const kMaxKeys = 256;
const kMaxOnCard = 31;
const kIdSize = 5;
const kBindSize = 10;

// What is shown of a pairing.
export interface ShownPairing {
  code: string;
  expiresAt: number;
}

export interface PairingKeys {
  sessionSpki: Bytes;
  sealKey: Bytes;
}

function keysOf(authority: string, {sessionSpki, sealKey}: PairingKeys): Bytes {
  return concat(lp(authority), lp(sessionSpki), lp(sealKey));
}

// The code that belongs to these keys, and the envelope that it opens.
export async function makeCode(
  authority: string,
  keys: PairingKeys,
  random: Random,
): Promise<{code: Bytes; blind: Bytes; cover: Bytes}> {
  const [id, blind] = [random(kIdSize), random(32)];
  const all = keysOf(authority, keys);
  const bind = sha256(lp('cardea/v1/pairing-code'), id, all, lp(blind)).slice(0, kBindSize);
  const code = concat(id, bind);
  return {code, blind, cover: await sealAead(code, 'cardea/v1/pairing-cover', all, blind, random)};
}

export function answerContext(authority: string, keys: PairingKeys, code: Bytes, blind: Bytes): Bytes {
  return concat(lp(code), keysOf(authority, keys), lp(blind));
}

export interface CardRecord extends RecordName {
  epoch: number;
}

export interface PairingAnswer {
  user: Bytes;
  session: Bytes;
  expiresAt: number;
  account: string;
  cardLabel: string;
  keys: RecordsKeys | null; // null: the records were not lent
  onCard: CardRecord[];
}

const odd = (what: string) => new Failure('server-misbehaved', `pairing: ${what}`);

class Reader {
  private at = 0;
  constructor(private readonly bytes: Bytes) {}

  take(size: number): Bytes {
    if (this.bytes.length - this.at < size) throw odd('an answer that is too short');
    this.at += size;
    return this.bytes.slice(this.at - size, this.at);
  }
  uint(size: number): number {
    const value = this.take(size).reduce((sum, byte) => sum * 256 + byte, 0);
    if (!Number.isSafeInteger(value)) throw odd('a number that is too large');
    return value;
  }
  text(): string {
    const bytes = this.take(this.uint(2));
    let text: string;
    try {
      text = fromUtf8(bytes);
    } catch {
      throw odd('a text that is none');
    }
    if (text.length > 256 || /[\p{Cc}\p{Cs}]/u.test(text)) throw odd('a text that can’t be shown');
    return text;
  }
  end(): void {
    if (this.at !== this.bytes.length) throw odd('an answer that is too long');
  }
}

function readKeys(reader: Reader): RecordsKeys {
  const keys: RecordsKeys = new Map();
  const count = reader.uint(2);
  if (count < 1 || count > kMaxKeys) throw odd('number of keys');
  let last = Number.MAX_SAFE_INTEGER;
  for (let i = 0; i < count; ++i) {
    const epoch = reader.uint(4);
    if (epoch < 1 || epoch >= last) throw odd('order of keys');
    last = epoch;
    keys.set(epoch, reader.take(32));
  }
  return keys;
}

function readOnCard(reader: Reader): CardRecord[] {
  const count = reader.uint(2);
  if (count > kMaxOnCard) throw odd('number of records');
  return Array.from({length: count}, () => {
    const [id, version, epoch] = [reader.take(16), reader.uint(4), reader.uint(4)];
    if (version < 1 || epoch < 1) throw odd('a record on the card');
    return {id, version, epoch};
  });
}

export function readPairingAnswer(plain: Bytes): PairingAnswer {
  const reader = new Reader(plain);
  if (reader.uint(1) !== 1) throw new Failure('unknown-format', 'pairing answer');
  const [user, session, expiresAt] = [reader.take(16), reader.take(16), reader.uint(8)];
  const [account, cardLabel, lent] = [reader.text(), reader.text(), reader.uint(1)];
  if (expiresAt > kMaxTime || !kAccountName.test(account) || lent > 1) throw odd('an answer that makes no sense');
  const keys = lent === 1 ? readKeys(reader) : null;
  const onCard = lent === 1 ? readOnCard(reader) : [];
  reader.end();
  return {user, session, expiresAt, account, cardLabel, keys, onCard};
}

// What the page is told when the owner has allowed it.
export interface SignedIn {
  session: OwnerSession;
  answer: PairingAnswer;
  doubted: boolean;
}

export class Pairing {
  private constructor(
    private readonly server: Server,
    private readonly seal: SealKey,
    private readonly keys: PairingKeys,
    private readonly privateKey: Bytes,
    private readonly code: Bytes,
    private readonly blind: Bytes,
    readonly shown: ShownPairing,
  ) {}

  static async open(server: Server): Promise<Pairing> {
    const {authority, random} = server.surroundings;
    const seal = await makeSealKey();
    const pair = sodium.crypto_sign_seed_keypair(random(32));
    const keys = {sessionSpki: concat(kSpkiHead, pair.publicKey), sealKey: seal.point};
    const {code, blind, cover} = await makeCode(authority, keys, random);
    const body = {
      pairing_id: toHex(code.slice(0, kIdSize)),
      session_spki: toBase64Url(keys.sessionSpki),
      seal_key: toBase64Url(keys.sealKey),
      cover: toBase64Url(cover),
    };
    const opened = new Fields(await server.call({method: 'POST', path: '/v1/pairings', body}), 'pairing');
    const shown = {code: formatGroups(code), expiresAt: opened.integer('expires_at', 0, kMaxTime)};
    return new Pairing(server, seal, keys, own(pair.privateKey), code, blind, shown);
  }

  // Null as long as nobody has answered; pairing-expired when nobody did in time.
  async look(remembered: (user: Bytes) => AuditState | null): Promise<SignedIn | null> {
    const path = `/v1/pairings/${toHex(this.code.slice(0, kIdSize))}`;
    let state: Fields;
    try {
      state = new Fields(await this.server.call({method: 'GET', path}), 'pairing');
    } catch (error) {
      throw isFailure(error, 'not-found') ? new Failure('pairing-expired') : error;
    }
    if (state.raw('answer') === undefined) return null;
    const context = answerContext(this.server.surroundings.authority, this.keys, this.code, this.blind);
    const sealed = state.bytes('answer', 1, kMaxAnswer);
    const plain = await openHpke(this.seal, 'cardea/v1/pairing-answer', context, sealed);
    const answer = readPairingAnswer(plain);
    wipe(plain);
    return this.enter(answer, remembered);
  }

  private async enter(answer: PairingAnswer, remembered: (user: Bytes) => AuditState | null): Promise<SignedIn> {
    const key = {keyid: `session:${toHex(answer.session)}`, privateKey: this.privateKey};
    const call: OwnerSession['call'] = (one) => this.server.call({...one, key});
    const account = await readAccount(new Fields(await call({method: 'GET', path: '/v1/account'}), 'account'), answer.user);
    if (account.name.toLowerCase() !== answer.account.toLowerCase()) throw odd('another account than the card’s');
    const session = {user: answer.user, audit: account.audit, call};
    const known = remembered(answer.user);
    const doubted = known !== null && (await doubts(session, known));
    return {session, answer, doubted};
  }

  forget(): void {
    wipe(this.privateKey, this.code, this.blind);
  }
}

// Whether the history does not go on from what is known; else the session has followed it to its end.
async function doubts(session: OwnerSession, known: AuditState): Promise<boolean> {
  try {
    session.audit = (await follow(known, session.user, auditPages(session))).state;
    return false;
  } catch (error) {
    if (isFailure(error, 'server-misbehaved')) return true;
    throw error;
  }
}
