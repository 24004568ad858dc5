// SPDX-License-Identifier: Apache-2.0
// Makes ../answer-normalisation.json with the JavaScript rule of docs/spec/opaque.md. The same function stands in
// the portal.
// Usage: node tests/vectors/generate/answers.mjs > tests/vectors/answer-normalisation.json

// Full case folding of one character, out of what every browser has (docs/decisions/0003-unicode-normalisation.md).
function foldCharacter(character) {
  const point = character.codePointAt(0);
  if (point === 0x131) return character;                                   // dotless i
  if (point === 0x1e9e) return 'ss';                                       // capital sharp s
  const cherokee = (point >= 0x13a0 && point <= 0x13fd) || (point >= 0xab70 && point <= 0xabbf);
  if (cherokee) return character.toUpperCase();
  return Array.from(character.toUpperCase(), (upper) => upper.toLowerCase()).join('');
}

export function normaliseAnswer(text) {
  if (/[\p{Cn}\p{Cs}]/u.test(text)) return null;
  const folded = Array.from(text.normalize('NFKC'), foldCharacter).join('').normalize('NFKC');
  const collapsed = folded.replace(/[\t-\r \u0085\u1680\u2028\u2029]+/g, ' ').replace(/^ | $/g, '');
  if (collapsed === '' || /\p{Cc}/u.test(collapsed)) return null;
  return collapsed;
}

const answers = [
  'Rex', '  Rex  ', 'rEX', 'Zürich', 'ZU\u0308RICH', '\tnew\u00a0 york\n', 'Straße', 'STRASSE', 'STRAẞE', 'İstanbul', 'ISTANBUL', 'ısparta',
  'ΟΔΥΣΣΕΥΣ', 'Ὀδυσσεύς', 'οδυσσευς', 'ﬁsh', 'ＦＵＬＬ　ｗｉｄｔｈ', '①②③', 'Ⅷ', '½', '℡', 'ﷺ', 'Ǆ', 'ǆ', 'ŉ', 'ΐ', 'ᾳ', 'ᾼ', 'ﬓ',
  'ᏣᎳᎩ', 'ꮳꮃꭹ', 'Привет Мир', '日本語', '\uff76\uff9e', '\u30ab\u3099', '한국', '\u1112\u1161\u11ab', 'क़', 'שלום', 'עֲבֹדָה', 'مرحبا', '😀 Emoji', '👩\u200d🚀',
  'a\u200bb', 'soft\u00adhyphen', 'e\u0301', '\u0065\u0323\u0301', '\u0065\u0301\u0323', 'µ', 'ſ', 'Å', 'Ω', 'K', '…', '´', '¨', 'a\u2003b', 'x\u2028y\u2029z',
  'a \u1680 b', 'a\u0085b', 'x\r\ny', '𐐀𐐨', '𝔘𝔫𝔦𝔠𝔬𝔡𝔢', '１２３', 'ª', 'Ⓐ', '㎏', 'ʼn', 'ẖ', 'ǰ', 'ß\u0301', 'O’Brien', "O'Brien",
  '', ' ', '\u3000', 'a\u0000b', 'bell\u0007', 'esc\u001b[0m', '\u007f', '\u0080', '\u0378', 'a\uffff', '\u{e0080}',
];
console.log(JSON.stringify(answers.map((input) => ({input, output: normaliseAnswer(input)})), null, 1));
