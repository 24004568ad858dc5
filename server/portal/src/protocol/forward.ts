// SPDX-License-Identifier: Apache-2.0
// Where an account is that has moved to another region (docs/spec/relocation.md, "Receipt and forward"), read and checked so
// that it can be told. The visit does not go on there by itself: the person does. Used by server.ts.
import {equalBytes, lp} from '../base/bytes';
import {verifySignature} from '../crypto/signature';
import type {Fields} from './fields';
import {isOrigin, misbehaved, Reader} from './origins';

const kLabel = lp('cardea/v1/forward');
const kUserAndEpoch = 20;
const kRegion = /^[a-z][a-z0-9-]{0,31}$/;

// The origin of the server that is his home now. The key is the one beside it: whoever answers as this server could also show
// any page.
export async function readForward(fields: Fields): Promise<string> {
  const statement = fields.bytes('statement', 1, 1024);
  try {
    await verifySignature(fields.bytes('key', 44), statement, fields.bytes('signature', 64));
  } catch {
    throw misbehaved('a forward that is not signed with its key');
  }
  const reader = new Reader(statement);
  if (!equalBytes(reader.take(kLabel.length), kLabel)) throw misbehaved('another format');
  reader.take(kUserAndEpoch);
  const [region, url] = [reader.text(), reader.text()];
  reader.take(reader.number(2)); // the next server's key
  reader.number(8); // time
  reader.end();
  if (!kRegion.test(region) || !isOrigin(url)) throw misbehaved('a forward to nowhere');
  return url;
}
