// SPDX-License-Identifier: Apache-2.0
// Sealed records and the keys that open them (docs/spec/records.md). Used by records.ts.
import {concat, fromUtf8, lp, uint, utf8, wipe, type Bytes} from '../base/bytes';
import {Failure} from '../base/failure';
import {objectContext, openAead, sealAead} from '../crypto/envelope';
import {deriveKey} from '../crypto/hash';
import type {Random} from '../crypto/sodium';

export const kMaxBody = 24 * 1024;
const kPaddingStep = 256;
const kWrappedSize = 32 + 62;
const kNone = new Uint8Array(0);
const kMaxEpochSteps = 1024;

export interface RecordName {
  id: Bytes; // 16
  version: number;
}

export interface SealedRecord extends RecordName {
  epoch: number;
  envelope: Bytes;
}

// By epoch.
export type RecordsKeys = Map<number, Bytes>;

export async function recordsKey(rootKey: Bytes, user: Bytes, epoch: number): Promise<Bytes> {
  return deriveKey(rootKey, 'cardea/v1/wrap-records', objectContext(user, 'records', kNone, 1, epoch));
}

export interface EpochSeal {
  epoch: number; // of the key inside
  envelope: Bytes;
}

// The records keys of the newest root key and of all that `seals` lead to. Root keys are wiped.
export async function keysFrom(rootKey: Bytes, epoch: number, user: Bytes, seals: EpochSeal[]): Promise<RecordsKeys> {
  const keys: RecordsKeys = new Map();
  let root = rootKey;
  for (let at = epoch; ; --at) {
    keys.set(at, await recordsKey(root, user, at));
    const seal = seals.find((one) => one.epoch === at - 1);
    if (seal === undefined || epoch - at >= kMaxEpochSteps) break;
    const context = objectContext(user, 'epoch', kNone, 1, at - 1);
    const older = await openAead(root, 'cardea/v1/epoch-seal', context, seal.envelope);
    wipe(root);
    root = older;
  }
  wipe(root);
  return keys;
}

const damaged = () => new Failure('decrypt-failed', 'structure of a sealed record');

function pad(body: Bytes): Bytes {
  const padded = new Uint8Array(Math.ceil((4 + body.length) / kPaddingStep) * kPaddingStep);
  padded.set(concat(uint(body.length, 4), body));
  return padded;
}

// Only the padding that pad() makes: one text for one body.
function unpad(padded: Bytes): Bytes {
  const length = new DataView(padded.buffer, padded.byteOffset).getUint32(0);
  const zeros = padded.slice(4 + length);
  if (4 + length > padded.length || zeros.length >= kPaddingStep || zeros.some((byte) => byte !== 0)) throw damaged();
  return padded.slice(4, 4 + length);
}

// decrypt-failed unless it is this user's record of this name; holder-missing without a key of its epoch.
export async function openRecord(keys: RecordsKeys, user: Bytes, record: SealedRecord): Promise<Bytes> {
  const key = keys.get(record.epoch);
  if (key === undefined) throw new Failure('holder-missing', `epoch ${record.epoch}`);
  const {id, version, epoch, envelope} = record;
  if (envelope.length < 2 + kWrappedSize || envelope[0] !== 0 || envelope[1] !== kWrappedSize) throw damaged();
  const [wrapped, sealed] = [envelope.slice(2, 2 + kWrappedSize), envelope.slice(2 + kWrappedSize)];
  const wrapContext = objectContext(user, 'record-key', id, version, epoch);
  const recordKey = await openAead(key, 'cardea/v1/records', wrapContext, wrapped);
  try {
    const bodyContext = objectContext(user, 'record', id, version, 0);
    const padded = await openAead(recordKey, 'cardea/v1/record-body', bodyContext, sealed);
    if (padded.length < kPaddingStep || padded.length % kPaddingStep !== 0) throw damaged();
    return unpad(padded);
  } finally {
    wipe(recordKey);
  }
}

// Under the newest key, with a record key of its own.
export async function sealRecord(
  keys: RecordsKeys,
  user: Bytes,
  {id, version}: RecordName,
  body: Bytes,
  random: Random,
): Promise<SealedRecord> {
  const epoch = Math.max(...keys.keys());
  const key = keys.get(epoch);
  if (key === undefined) throw new Failure('holder-missing');
  if (body.length > kMaxBody) throw new Failure('record-too-large');
  const recordKey = random(32);
  const wrapContext = objectContext(user, 'record-key', id, version, epoch);
  const wrapped = await sealAead(key, 'cardea/v1/records', wrapContext, recordKey, random);
  const padded = pad(body);
  const bodyContext = objectContext(user, 'record', id, version, 0);
  const sealed = await sealAead(recordKey, 'cardea/v1/record-body', bodyContext, padded, random);
  wipe(recordKey, padded);
  return {id, version, epoch, envelope: concat(lp(wrapped), sealed)};
}

// What is in a body: the members of a JSON object, or a text that is none.
export type Body = {members: Record<string, unknown>} | {text: string};

export function readBody(bytes: Bytes): Body {
  let text: string;
  try {
    text = fromUtf8(bytes);
  } catch {
    return {text: ''};
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return {members: value as Record<string, unknown>};
    }
  } catch {
    // A note that somebody's script has stored as it was.
  }
  return {text};
}

export function writeBody(members: Record<string, unknown>): Bytes {
  return utf8(JSON.stringify(members));
}
