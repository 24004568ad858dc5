// SPDX-License-Identifier: Apache-2.0
// Reads the server's answers field by field. Whatever is not as server/openapi.yaml has it is server-misbehaved: a server
// that answers oddly is not guessed at.
import {fromBase64Url, fromHex, type Bytes} from '../base/bytes';
import {Failure} from '../base/failure';

export const kMaxCount = 2 ** 53 - 1;
export const kMaxTime = 2 ** 40;

export class Fields {
  private readonly members: Record<string, unknown>;

  constructor(
    json: unknown,
    private readonly what: string,
  ) {
    if (typeof json !== 'object' || json === null || Array.isArray(json)) throw this.odd('not an object');
    this.members = json as Record<string, unknown>;
  }

  private odd(name: string): Failure {
    return new Failure('server-misbehaved', `${this.what}: ${name}`);
  }

  private member(name: string): unknown {
    return Object.hasOwn(this.members, name) ? this.members[name] : undefined;
  }

  // Without control characters: it may be shown.
  text(name: string, least: number, most: number): string {
    const value = this.member(name);
    if (typeof value !== 'string' || value.length < least || value.length > most) throw this.odd(name);
    if (/[\p{Cc}\p{Cs}]/u.test(value)) throw this.odd(name);
    return value;
  }

  integer(name: string, least: number, most: number): number {
    const value = this.member(name);
    if (!Number.isSafeInteger(value) || (value as number) < least || (value as number) > most) throw this.odd(name);
    return value as number;
  }

  bytes(name: string, least: number, most = least): Bytes {
    const value = this.member(name);
    const bytes = typeof value === 'string' && value.length <= 2 * most ? fromBase64Url(value) : null;
    if (bytes === null || bytes.length < least || bytes.length > most) throw this.odd(name);
    return bytes;
  }

  id(name: string, size: number): Bytes {
    const value = this.member(name);
    const bytes = typeof value === 'string' && value.length === 2 * size ? fromHex(value) : null;
    if (bytes === null) throw this.odd(name);
    return bytes;
  }

  choice<T extends string>(name: string, ...choices: T[]): T {
    const value = this.member(name);
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw this.odd(name);
    return found;
  }

  object(name: string): Fields {
    return new Fields(this.member(name), `${this.what}.${name}`);
  }

  list<T>(name: string, most: number, read: (fields: Fields) => T): T[] {
    const value = this.member(name);
    if (!Array.isArray(value) || value.length > most) throw this.odd(name);
    return value.map((item) => read(new Fields(item, `${this.what}.${name}`)));
  }

  raw(name: string): unknown {
    return this.member(name);
  }
}
