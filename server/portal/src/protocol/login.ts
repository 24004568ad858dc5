// SPDX-License-Identifier: Apache-2.0
// The two OPAQUE logins (docs/spec/server-protocol.md): the password opens a session and the question, password and answer
// open the recovery key. Used by recovery.ts.
import {equalBytes, fromUtf8, toBase64Url, toHex, wipe, type Bytes} from '../base/bytes';
import {Failure, isFailure} from '../base/failure';
import {importRecoveryKey, objectContext, openAead, type RecoveryKey} from '../crypto/envelope';
import {kKe2Size, OpaqueLogin, type OpaqueSession} from '../crypto/opaque';
import {argon2idStretch} from '../crypto/stretch';
import {Fields} from './fields';
import {passwordAndAnswerInput, passwordInput} from './password_input';
import {requestKey, type RequestKey} from './request_signature';
import type {Server} from './server';

const kMaxToken = 4096;
const kMaxSeal = 8192;
const kMaxQuestion = 1024;

export interface PasswordSession {
  user: Bytes;
  key: RequestKey;
  question: string;
}

function finish(login: OpaqueLogin, started: Fields): {loginId: string; opaque: OpaqueSession} {
  const loginId = started.text('login_id', 1, kMaxToken);
  return {loginId, opaque: login.finish(started.bytes('ke2', kKe2Size), argon2idStretch())};
}

// When its server is lost on the way, a login begins anew at the next one: nobody can tell how far the first had come, and
// half a login is good for nothing. At most one guess more is counted.
async function anywhere<T>(server: Server, login: () => Promise<T>): Promise<T> {
  const {authority} = server;
  try {
    return await login();
  } catch (error) {
    if (!isFailure(error, 'server-unreachable') || server.authority === authority) throw error;
    return login();
  }
}

export function loginWithPassword(server: Server, account: string, password: string): Promise<PasswordSession> {
  return anywhere(server, () => passwordLogin(server, account, password));
}

async function passwordLogin(server: Server, account: string, password: string): Promise<PasswordSession> {
  const login = OpaqueLogin.start(passwordInput(password), server.surroundings.random);
  const start = {account, ke1: toBase64Url(login.ke1)};
  const started = await server.call({method: 'POST', path: '/v1/opaque/a/start', body: start});
  const {loginId, opaque} = finish(login, new Fields(started, 'login'));
  const end = {login_id: loginId, ke3: toBase64Url(opaque.ke3)};
  const answer = await server.call({method: 'POST', path: '/v1/opaque/a/finish', body: end});
  const fields = new Fields(answer, 'login');
  const user = fields.id('user_id', 16);
  fields.choice('level', 'password');
  const key = await requestKey(toHex(fields.id('session_id', 16)), opaque.sessionKey);
  const context = objectContext(user, 'question', new Uint8Array(0), 1, 0);
  const seal = fields.bytes('question_seal', 1, kMaxSeal);
  const text = await openAead(opaque.exportKey, 'cardea/v1/question', context, seal);
  wipe(opaque.exportKey, opaque.sessionKey);
  if (text.length === 0 || text.length > kMaxQuestion) throw new Failure('server-misbehaved', 'question');
  return {user, key, question: fromUtf8(text)};
}

// `recoveryPublic`: what the account shows, signed by a card. The session has level `answer` afterwards.
export function loginWithAnswer(
  server: Server,
  session: PasswordSession,
  password: string,
  answer: string,
  recoveryPublic: Bytes,
): Promise<RecoveryKey> {
  return anywhere(server, () => answerLogin(server, session, password, answer, recoveryPublic));
}

async function answerLogin(
  server: Server,
  session: PasswordSession,
  password: string,
  answer: string,
  recoveryPublic: Bytes,
): Promise<RecoveryKey> {
  const login = OpaqueLogin.start(passwordAndAnswerInput(password, answer), server.surroundings.random);
  const call = (path: string, body: object) => server.call({method: 'POST', path, body, key: session.key, never: true});
  const started = await call('/v1/opaque/b/start', {ke1: toBase64Url(login.ke1)});
  const {loginId, opaque} = finish(login, new Fields(started, 'login'));
  const accepted = await call('/v1/opaque/b/finish', {login_id: loginId, ke3: toBase64Url(opaque.ke3)});
  const fields = new Fields(accepted, 'login');
  fields.choice('level', 'answer');
  const named = fields.bytes('recovery_public', 65);
  const context = objectContext(session.user, 'recovery-key', new Uint8Array(0), 1, 0);
  const seal = fields.bytes('recovery_seal', 1, kMaxSeal);
  const scalar = await openAead(opaque.exportKey, 'cardea/v1/recovery-key', context, seal);
  const recovery = await importRecoveryKey(scalar);
  wipe(scalar, opaque.exportKey, opaque.sessionKey);
  if (!equalBytes(recovery.point, named) || !equalBytes(named, recoveryPublic)) {
    throw new Failure('server-misbehaved', 'the recovery key is not the one the card has signed');
  }
  return recovery;
}
