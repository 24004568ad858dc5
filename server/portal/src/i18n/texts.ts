// SPDX-License-Identifier: Apache-2.0
// The texts of the pages: English at hand, others fetched when they are wanted. Used by everything under pages/.
import en from './en.json';

export type TextId = keyof typeof en;
export type Catalogue = Record<TextId, string>;
export type Values<T> = Record<string, T>;

export const kLanguages = {en: 'English', de: 'Deutsch'} as const;
export type Language = keyof typeof kLanguages;

async function catalogueOf(language: Language): Promise<Catalogue> {
  if (language === 'en') return en;
  const loaded: {default: Catalogue} = await import('./de.json');
  return loaded.default;
}

export function isLanguage(text: string): text is Language {
  return Object.hasOwn(kLanguages, text);
}

// The first of the wanted languages ("de-AT" is "de") that there is.
export function pickLanguage(wanted: readonly string[]): Language {
  const found = wanted.map((tag) => tag.toLowerCase().split('-')[0] ?? '').find(isLanguage);
  return found ?? 'en';
}

export class Texts {
  private constructor(
    readonly language: Language,
    private readonly catalogue: Catalogue,
  ) {}

  static async load(language: Language): Promise<Texts> {
    try {
      return new Texts(language, await catalogueOf(language));
    } catch {
      return new Texts('en', en); // without a network the English texts are still there
    }
  }

  // So that a later change of language needs no network.
  static async loadAll(): Promise<void> {
    for (const language of Object.keys(kLanguages).filter(isLanguage)) await Texts.load(language);
  }

  static english(): Texts {
    return new Texts('en', en);
  }

  text(id: TextId, values: Values<string | number> = {}): string {
    return this.parts(id, values).join('');
  }

  // The text cut at its places, with the values put in: for values that are more than text.
  parts<T>(id: TextId, values: Values<T>): (string | T)[] {
    const pieces = this.catalogue[id].split(/\{(\w+)\}/);
    return pieces.map((piece, index) => (index % 2 === 0 ? piece : (values[piece] ?? '')));
  }

  // As the reader's region writes it, where the browser tells one of this language.
  private region(): string {
    const regions = typeof navigator === 'undefined' ? [] : navigator.languages;
    return regions.find((tag) => tag.toLowerCase().startsWith(`${this.language}-`)) ?? this.language;
  }

  number(value: number): string {
    return new Intl.NumberFormat(this.language).format(value);
  }

  // "1,000,000", and from a thousand million on "10¹²".
  power(ten: number): string {
    if (ten < 9) return this.number(10 ** ten);
    return `10${Array.from(String(ten), (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'.charAt(Number(digit))).join('')}`;
  }

  // "6 kB": rounded up.
  size(bytes: number): string {
    const [unit, size] = bytes < 1_000_000 ? ['kilobyte', 1000] : ['megabyte', 1_000_000];
    const style = {style: 'unit', unit: String(unit), unitDisplay: 'short'} as const;
    return new Intl.NumberFormat(this.language, style).format(Math.ceil(bytes / Number(size)));
  }

  time(seconds: number): string {
    const format = new Intl.DateTimeFormat(this.region(), {dateStyle: 'medium', timeStyle: 'short'});
    return format.format(new Date(seconds * 1000));
  }

  day(seconds: number): string {
    return new Intl.DateTimeFormat(this.region(), {dateStyle: 'full'}).format(new Date(seconds * 1000));
  }

  clock(seconds: number): string {
    return new Intl.DateTimeFormat(this.region(), {timeStyle: 'short'}).format(new Date(seconds * 1000));
  }

  // "40 seconds", "3 minutes", "2 hours": rounded up.
  wait(seconds: number): string {
    const [unit, size] = seconds < 90 ? ['second', 1] : seconds < 5400 ? ['minute', 60] : ['hour', 3600];
    const style = {style: 'unit', unit: String(unit), unitDisplay: 'long'} as const;
    return new Intl.NumberFormat(this.language, style).format(Math.ceil(seconds / Number(size)));
  }
}
