// SPDX-License-Identifier: Apache-2.0
// An account that is prepared here and finished at a computer, with a card (docs/spec/drafts.md): everything secret is made in
// this worker, and the server gets it only after the sheet was typed back. Called by worker/worker.ts.
import {equalBytes, toBase64Url, utf8, wipe, type Bytes} from '../base/bytes';
import {Failure} from '../base/failure';
import {makeRecoveryKey, objectContext, sealAead} from '../crypto/envelope';
import {OpaqueRegistration} from '../crypto/opaque';
import {ed25519Spki} from '../crypto/signature';
import {argon2idStretch} from '../crypto/stretch';
import {kAccountName} from './account';
import {Fields, kMaxTime} from './fields';
import {formatGroups, isGroupOf, kSheetGroups} from './grouped_code';
import {normaliseAnswer, passwordAndAnswerInput, passwordInput} from './password_input';
import type {Server} from './server';
import {sheetKey} from './sheet';

const kMaxToken = 4096;
const kMaxQuestion = 1024; // bytes
const kSheetCode = 20;
const kNone = new Uint8Array(0);

export interface ShownSheet {
  typed: string; // the whole code, to be printed
  group: number; // which one is typed back, from 1
}

export interface DraftKept {
  fits: boolean; // that the group is the sheet's; else nothing was sent
  expiresAt: number;
}

interface Made {
  sheet: Bytes;
  group: number;
  body: Record<string, string>;
}

export class Drafting {
  private account = '';
  private password = '';
  private made: Made | null = null;

  constructor(private readonly server: Server) {}

  // invalid-argument for a name or a password that can't be one.
  choose(account: string, password: string): void {
    if (!kAccountName.test(account)) throw new Failure('invalid-argument', 'account');
    wipe(passwordInput(password));
    this.account = account;
    this.password = password;
  }

  // state-forbidden where registration is closed; invalid-argument for a question or an answer that can't be one.
  async make(question: string, answer: string): Promise<ShownSheet> {
    const asked = utf8(question);
    if (asked.length === 0 || asked.length > kMaxQuestion || /[\p{Cc}\p{Cs}]/u.test(question)) {
      throw new Failure('invalid-argument', 'question');
    }
    const {random} = this.server.surroundings;
    const a = OpaqueRegistration.start(passwordInput(this.password), random);
    const b = OpaqueRegistration.start(passwordAndAnswerInput(this.password, answer), random);
    const requests = {opaque_a_request: toBase64Url(a.request), opaque_b_request: toBase64Url(b.request)};
    const start = {account: this.account, ...requests};
    const begun = await this.server.call({method: 'POST', path: '/v1/registrations/start', body: start, never: true});
    const fields = new Fields(begun, 'registration');
    const user = fields.id('user_id', 16);
    const stretch = argon2idStretch();
    const recordA = a.finalize(fields.bytes('opaque_a_response', 64), stretch, random);
    const recordB = b.finalize(fields.bytes('opaque_b_response', 64), stretch, random);
    if (!equalBytes(recordA.serverPublicKey, recordB.serverPublicKey)) throw new Failure('server-misbehaved', 'two servers');

    const seal = (key: Bytes, type: string, plain: Bytes) =>
      sealAead(key, `cardea/v1/${type}`, objectContext(user, type, kNone, 1, 0), plain, random);
    const recovery = await makeRecoveryKey();
    const sheet = random(kSheetCode);
    const pair = await sheetKey(sheet);
    wipe(pair.privateKey);
    this.made = {
      sheet,
      group: this.drawGroup(),
      body: {
        registration_id: fields.text('registration_id', 1, kMaxToken),
        opaque_a_record: toBase64Url(recordA.record),
        opaque_b_record: toBase64Url(recordB.record),
        question_seal: toBase64Url(await seal(recordA.exportKey, 'question', asked)),
        recovery_seal: toBase64Url(await seal(recordB.exportKey, 'recovery-key', recovery.scalar)),
        recovery_public: toBase64Url(recovery.point),
        sheet_check: toBase64Url(ed25519Spki(pair.publicKey)),
      },
    };
    wipe(recovery.scalar, recordA.exportKey, recordB.exportKey);
    this.password = '';
    return this.sheet();
  }

  // Drawn anew each time the sheet is looked at.
  sheet(): ShownSheet {
    const made = this.ready();
    made.group = this.drawGroup();
    return {typed: formatGroups(made.sheet), group: made.group};
  }

  // May be repeated when the server did not answer: it keeps the same draft once.
  async keep(typedGroup: string): Promise<DraftKept> {
    const {sheet, group, body} = this.ready();
    if (!isGroupOf(sheet, group, typedGroup)) return {fits: false, expiresAt: 0};
    const kept = await this.server.call({method: 'POST', path: '/v1/drafts', body});
    const expiresAt = new Fields(kept, 'draft').integer('expires_at', 1, kMaxTime);
    this.forget();
    return {fits: true, expiresAt};
  }

  forget(): void {
    if (this.made !== null) wipe(this.made.sheet);
    this.made = null;
    this.password = '';
  }

  private ready(): Made {
    if (this.made === null) throw new Failure('session-expired');
    return this.made;
  }

  private drawGroup(): number {
    return ((this.server.surroundings.random(1)[0] ?? 0) % kSheetGroups) + 1; // 256 is a multiple of 8
  }
}

// Somebody who reads the question must not read the answer in it.
export function questionTellsAnswer(question: string, answer: string): boolean {
  const [asked, given] = [normaliseAnswer(question), normaliseAnswer(answer)];
  return asked !== null && given !== null && asked.includes(given);
}
