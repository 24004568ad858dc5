// SPDX-License-Identifier: Apache-2.0
// The other servers of the signed list (docs/spec/server-list.md): where a visit goes on when its server fails. The list is
// believed as far as the server the page came from. Used by server.ts and, in part, by forward.ts.
import {concat, equalBytes, fromUtf8, lp, type Bytes} from '../base/bytes';
import {Failure} from '../base/failure';
import {verifySignature} from '../crypto/signature';
import type {Random} from '../crypto/sodium';
import type {Fields} from './fields';

const kMaxList = 5232;
const kMaxServers = 16;
const kLabel = lp('cardea/v1/server-list');
const kOrigin = /^https:\/\/([a-z0-9.-]+|\[[0-9a-f:.]+\])(:[1-9][0-9]{0,4})?$/;
const kRegion = /^[a-z0-9-]{1,64}$/;

export const misbehaved = (why: string) => new Failure('server-misbehaved', `signed by the server: ${why}`);

// What the server has signed, byte by byte.
export class Reader {
  private at = 0;
  constructor(private readonly bytes: Bytes) {}

  take(size: number): Bytes {
    const part = this.bytes.slice(this.at, this.at + size);
    if (part.length !== size) throw misbehaved('cut short');
    this.at += size;
    return part;
  }
  number(size: number): number {
    return this.take(size).reduce((value, byte) => value * 256 + byte, 0);
  }
  text(): string {
    try {
      return fromUtf8(this.take(this.number(2)));
    } catch {
      throw misbehaved('no text');
    }
  }
  end(): void {
    if (this.at !== this.bytes.length) throw misbehaved('too long');
  }
}

export function isOrigin(url: string): boolean {
  try {
    return url.length <= 255 && kOrigin.test(url) && new URL(url).origin === url;
  } catch {
    return false;
  }
}

function decode(list: Bytes): string[] {
  const reader = new Reader(list);
  if (!equalBytes(reader.take(kLabel.length), kLabel)) throw misbehaved('another format');
  reader.take(16); // version and time: a visit sees one list
  const count = reader.number(1);
  if (count < 1 || count > kMaxServers) throw misbehaved('number of servers');
  const urls: string[] = [];
  for (let i = 0; i < count; ++i) {
    const [url, region] = [reader.text(), reader.text()];
    if (!isOrigin(url) || !kRegion.test(region) || urls.includes(url)) throw misbehaved('a server');
    urls.push(url);
  }
  reader.end();
  return urls;
}

// An answer of GET /v1/servers: the origins of all servers.
export async function readServerList(fields: Fields): Promise<string[]> {
  const list = fields.bytes('list', 1, kMaxList);
  try {
    await verifySignature(fields.bytes('key', 44), concat(list), fields.bytes('signature', 64));
  } catch {
    throw misbehaved('not signed with its key');
  }
  return decode(list);
}

// Visitors who lose a server together do not all go to the same next one.
export function shuffled(items: readonly string[], random: Random): string[] {
  const out = [...items];
  for (let i = out.length - 1; i > 0; --i) {
    const [a = 0, b = 0] = random(2);
    const j = (a * 256 + b) % (i + 1);
    [out[i], out[j]] = [out[j] as string, out[i] as string];
  }
  return out;
}
