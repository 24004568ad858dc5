// SPDX-License-Identifier: Apache-2.0
// What can go wrong, under the names of docs/spec/server-protocol.md where the server says it. Pages turn the code into
// a text for people (pages/failure_text.ts); the detail is for whoever looks for the cause.

export type FailureCode =
  | 'identity-not-accepted'
  | 'invalid-argument'
  | 'rate-limited'
  | 'account-closed'
  | 'session-expired'
  | 'clock-skewed'
  | 'replayed'
  | 'signature-invalid'
  | 'permission-denied'
  | 'precondition-failed'
  | 'not-found'
  | 'state-forbidden'
  | 'access-key-exhausted'
  | 'access-key-mistyped'
  | 'key-invalid'
  | 'decrypt-failed'
  | 'unknown-format'
  | 'kdf-too-weak'
  | 'limit-exceeded'
  | 'holder-missing'
  | 'server-conflict'
  | 'already-exists'
  | 'record-too-large'
  | 'pairing-expired'
  | 'moved-away' // detail: the origin of the server that has the account now
  | 'server-refused'
  | 'server-unreachable'
  | 'server-misbehaved'
  | 'internal';

export class Failure extends Error {
  constructor(
    readonly code: FailureCode,
    readonly detail = '',
    readonly waitSeconds = 0,
  ) {
    super(detail === '' ? code : `${code}: ${detail}`);
    this.name = 'Failure';
  }
}

export function isFailure(error: unknown, code?: FailureCode): error is Failure {
  return error instanceof Failure && (code === undefined || error.code === code);
}
