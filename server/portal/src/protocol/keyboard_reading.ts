// SPDX-License-Identifier: Apache-2.0
// What a typed character means, in each reading of docs/spec/access-key.md ("Reading"). Used by grouped_code.ts.

export const kAlphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

// A symbol's value, 'separator', or null for a character that is neither.
export type Meaning = number | 'separator' | null;
export type Reading = (character: string) => Meaning;

const kPlainSeparators = ' \t\r\n-_.,:/\u00a0';

function table(pairs: string): Map<string, string> {
  return new Map(pairs.split(' ').map((pair) => [pair.slice(0, 1), pair.slice(1)]));
}

// Each pair: what was typed, then what was meant; nothing behind it is a separator.
const kQwertz = table('YZ ZY / ß');
const kAzertyLetters = table('AQ QA ZW WZ ;M :M ,M ?M');
const kAzertyShifted = table('!1 @2 #3 $4 %5 ^6 &7 *8 (9 )0 6');
const kAzertyUnshifted = table('&1 é2 É2 "3 \'4 (5 -6 §6 è7 È7 _8 !8 ç9 Ç9 à0 À0 )');

// ASCII only: the upper case of other letters is in the tables where it matters.
function upper(character: string): string {
  return character >= 'a' && character <= 'z' ? character.toUpperCase() : character;
}

function plain(character: string): Meaning {
  if (character === 'O') return 0;
  if (character === 'I' || character === 'L') return 1;
  if (kPlainSeparators.includes(character) || (character >= '\u2010' && character <= '\u2015')) return 'separator';
  const value = kAlphabet.indexOf(character);
  return value < 0 ? null : value;
}

function reading(...tables: Map<string, string>[]): Reading {
  return (typed) => {
    const character = upper(typed);
    const meant = tables.map((map) => map.get(character)).find((text) => text !== undefined);
    return meant === '' ? 'separator' : plain(meant ?? character);
  };
}

// The order in which they are tried; the first is as typed.
export const kReadings: readonly Reading[] = [
  reading(),
  reading(kQwertz),
  reading(kAzertyLetters),
  reading(kAzertyShifted, kAzertyLetters),
  reading(kAzertyUnshifted, kAzertyLetters),
];
