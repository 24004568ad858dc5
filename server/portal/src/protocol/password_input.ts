// SPDX-License-Identifier: Apache-2.0
// What goes into OPAQUE (docs/spec/opaque.md, "Inputs").
import {concat, lp, utf8, type Bytes} from '../base/bytes';
import {Failure} from '../base/failure';

const kMaxBytes = 1024;

// Full case folding of one character, out of what every browser has.
function foldCharacter(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  if (point === 0x131) return character; // dotless i
  if (point === 0x1e9e) return 'ss'; // capital sharp s
  const cherokee = (point >= 0x13a0 && point <= 0x13fd) || (point >= 0xab70 && point <= 0xabbf);
  if (cherokee) return character.toUpperCase();
  return Array.from(character.toUpperCase(), (upper) => upper.toLowerCase()).join('');
}

// The one form in which answers are used; null for a text that can't be one.
export function normaliseAnswer(text: string): string | null {
  if (/[\p{Cn}\p{Cs}]/u.test(text) || utf8(text).length > kMaxBytes) return null;
  const folded = Array.from(text.normalize('NFKC'), foldCharacter).join('').normalize('NFKC');
  const collapsed = folded.replace(/[\t-\r \u0085\u1680\u2028\u2029]+/g, ' ').replace(/^ | $/g, '');
  if (collapsed === '' || /\p{Cc}/u.test(collapsed) || utf8(collapsed).length > kMaxBytes) return null;
  return collapsed;
}

export function passwordInput(password: string): Bytes {
  const bytes = utf8(password);
  if (bytes.length === 0 || bytes.length > kMaxBytes || /\p{Cs}/u.test(password)) {
    throw new Failure('invalid-argument', 'password');
  }
  return bytes;
}

export function passwordAndAnswerInput(password: string, answer: string): Bytes {
  const normalised = normaliseAnswer(answer);
  if (normalised === null) throw new Failure('invalid-argument', 'answer');
  return concat(lp(passwordInput(password)), lp(normalised));
}
