// SPDX-License-Identifier: Apache-2.0
// What this browser remembers between visits: how far each user's history had come, and the language
// (docs/spec/portal.md, "What is remembered"). No names, no secrets.
import type {Memories, Remember} from '../worker/messages';

const kAuditKey = 'cardea.audit';
const kLanguageKey = 'cardea.language';
const kMostUsers = 16;

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // a browser that keeps nothing
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // As above: then there is nothing to compare with next time.
  }
}

export function memories(): Memories {
  try {
    const value: unknown = JSON.parse(read(kAuditKey) ?? '{}');
    return typeof value === 'object' && value !== null ? (value as Memories) : {};
  } catch {
    return {};
  }
}

export function remember({name, memory}: Remember): void {
  const others = Object.entries(memories()).filter(([other]) => other !== name);
  write(kAuditKey, JSON.stringify(Object.fromEntries([...others.slice(-(kMostUsers - 1)), [name, memory]])));
}

export const rememberedLanguage = () => read(kLanguageKey);
export const rememberLanguage = (language: string) => write(kLanguageKey, language);
