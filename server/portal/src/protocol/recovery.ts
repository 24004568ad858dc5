// SPDX-License-Identifier: Apache-2.0
// One person's visit: password, question, answer; then an access key, or whatever owner.ts can do. Lives in the worker,
// so that the page never holds a key of the session. Called by worker/worker.ts.
import {equalBytes, fromHex, type Bytes} from '../base/bytes';
import {Failure, isFailure} from '../base/failure';
import {objectContext, openHpke, type RecoveryKey} from '../crypto/envelope';
import {chainKeys, checkValue, kChainLength} from './access_key_chain';
import {kAccountName, readAccount, readComputer, type Account, type Computer} from './account';
import {follow, type AuditEvent, type AuditState} from './audit';
import {Fields} from './fields';
import {formatGroups} from './grouped_code';
import {loginWithAnswer, loginWithPassword, type PasswordSession} from './login';
import {auditPages, type OwnerSession} from './owner';
import type {Server} from './server';

const kMaxSeal = 8192;

export interface Entered {
  user: Bytes;
  question: string;
  doubted: boolean; // the server's history does not go on from what was remembered
  audit: AuditState; // to be remembered, unless doubted
}

export interface IssuedKey {
  typed: string;
  computer: Computer;
  number: number;
  recorded: boolean; // the history shows the issue, as it must
  audit: AuditState;
}

// What this browser remembers of a user's history; null when it never saw him.
export type Remembered = (user: Bytes) => Promise<AuditState | null>;

export class Recovery {
  private session: PasswordSession | null = null;
  private password = '';
  private account: Account | null = null;
  private recoveryKey: RecoveryKey | null = null;
  private audit: AuditState | null = null;

  constructor(private readonly server: Server) {}

  async enter(account: string, password: string, remembered: Remembered): Promise<Entered> {
    if (!kAccountName.test(account)) throw new Failure('identity-not-accepted');
    const session = await loginWithPassword(this.server, account, password);
    const answer = await this.server.call({method: 'GET', path: '/v1/account', key: session.key});
    this.account = await readAccount(new Fields(answer, 'account'), session.user);
    if (this.account.name.toLowerCase() !== account.toLowerCase()) {
      throw new Failure('server-misbehaved', 'the account of another name');
    }
    this.session = session;
    this.password = password;
    this.audit = this.account.audit;
    const doubted = await this.doubts(await remembered(session.user));
    return {user: session.user, question: session.question, doubted, audit: this.audit};
  }

  async answer(text: string): Promise<void> {
    const [session, account] = this.entered();
    const key = await loginWithAnswer(this.server, session, this.password, text, account.recoveryPublic);
    this.recoveryKey = key;
    this.password = '';
  }

  // Counts at the server: the number is spent even if nobody types the key.
  async issue(computerId: string): Promise<IssuedKey> {
    const [session] = this.entered();
    if (this.recoveryKey === null) throw new Failure('permission-denied');
    const body = {computer_id: computerId};
    const call = {method: 'POST', path: '/v1/access-keys/issue', body, key: session.key} as const;
    const fields = new Fields(await this.server.call(call), 'access key');
    const computer = readComputer(fields.object('computer'));
    if (computer.id !== computerId) throw new Failure('server-misbehaved', 'a key of another computer');
    const generation = fields.integer('generation', 1, 0x7fffffff);
    const number = fields.integer('index', 1, kChainLength);
    const id = fromHex(computerId) ?? new Uint8Array(0);
    const context = objectContext(session.user, 'access-key', id, generation, 0);
    const seal = fields.bytes('seal', 1, kMaxSeal);
    const seed = await openHpke(this.recoveryKey, 'cardea/v1/access-key-seal', context, seal);
    const whose = {computer: id, user: session.user, generation};
    const {key, root} = await chainKeys(seed, whose, number);
    // Before a person walks to a locked computer with it: the number is the server's, the seed is the owner's.
    if (seed.length !== 32 || !equalBytes(checkValue(root, whose), fields.bytes('check_k0', 32))) {
      throw new Failure('server-misbehaved', 'the sealed chain is not the one of its check value');
    }
    const recorded = await this.shows((event) => {
      const {computer: where, generation: which, index} = event.details;
      return event.kind === 'access-key-issued' && where === computerId && which === generation && index === number;
    });
    return {typed: formatGroups(key), computer, number, recorded, audit: this.known()};
  }

  // For what else an owner does with his session (owner.ts, history.ts).
  signed(): OwnerSession {
    const [{user, key}, {audit}] = this.entered();
    return {user, audit: this.audit ?? audit, call: (call) => this.server.call({...call, key})};
  }

  async leave(): Promise<void> {
    const session = this.session;
    this.session = null;
    this.recoveryKey = null;
    this.password = '';
    if (session === null) return;
    await this.server.call({method: 'DELETE', path: '/v1/sessions/current', key: session.key});
  }

  private entered(): [PasswordSession, Account] {
    if (this.session === null || this.account === null) throw new Failure('session-expired');
    return [this.session, this.account];
  }

  private known(): AuditState {
    if (this.audit === null) throw new Failure('session-expired');
    return this.audit;
  }

  private async followFrom(known: AuditState): Promise<AuditEvent[]> {
    const session = this.signed();
    const followed = await follow(known, session.user, auditPages(session));
    this.audit = followed.state;
    return followed.events;
  }

  private async doubts(remembered: AuditState | null): Promise<boolean> {
    if (remembered === null) return false;
    try {
      await this.followFrom(remembered);
      return false;
    } catch (error) {
      if (isFailure(error, 'server-misbehaved')) return true;
      throw error;
    }
  }

  // Whether the events since the last look hold the one that must be there.
  private async shows(expected: (event: AuditEvent) => boolean): Promise<boolean> {
    try {
      return (await this.followFrom(this.known())).some(expected);
    } catch (error) {
      if (error instanceof Failure) return false; // the key is issued: its owner gets it, with a warning
      throw error;
    }
  }
}
