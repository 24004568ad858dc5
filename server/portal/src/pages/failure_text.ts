// SPDX-License-Identifier: Apache-2.0
// The one table from a failure to what a person reads.
import {Failure, type FailureCode} from '../base/failure';
import type {TextId, Texts} from '../i18n/texts';

const kTexts: Partial<Record<FailureCode, TextId>> = {
  'account-closed': 'error.closed',
  'session-expired': 'error.expired',
  'server-unreachable': 'error.network',
  'access-key-exhausted': 'error.exhausted',
  'precondition-failed': 'error.changed',
  'server-refused': 'error.server',
  'not-found': 'error.gone',
  'state-forbidden': 'error.gone',
  'server-conflict': 'error.changed',
  'limit-exceeded': 'error.full',
  'record-too-large': 'error.record-size',
  'holder-missing': 'error.no-sheet',
  'pairing-expired': 'pair.expired',
  'moved-away': 'error.moved',
  internal: 'error.browser',
};

// `refused`: what it means here that the server, or the mathematics, did not accept who one is.
export function failureText(texts: Texts, error: unknown, refused: TextId): string {
  if (!(error instanceof Failure)) return texts.text('error.browser');
  const {code, waitSeconds} = error;
  if (code === 'identity-not-accepted' || code === 'invalid-argument') return texts.text(refused);
  if (code === 'access-key-mistyped') return texts.text('error.group', {number: error.detail});
  if (code === 'rate-limited') {
    return waitSeconds > 0
      ? texts.text('error.rate', {time: texts.wait(waitSeconds)})
      : texts.text('error.rate.later');
  }
  return texts.text(kTexts[code] ?? 'error.misbehaved');
}
