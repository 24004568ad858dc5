// SPDX-License-Identifier: Apache-2.0
// Request signatures (docs/spec/server-protocol.md, "Request signatures"): RFC 9421 in its one profile, with the key of an
// OPAQUE session or of one that a card has opened. Used by server.ts.
import {toBase64, toBase64Url, utf8, type Bytes} from '../base/bytes';
import {deriveKey, hmacSha256} from '../crypto/hash';
import {own, sha256, sodium, type Random} from '../crypto/sodium';

const kComponents = '("@method" "@authority" "@path" "@query" "content-digest")';

export interface SignedTarget {
  method: string;
  authority: string; // the Host in lower case, without the port when it is 443
  path: string;
  query: string; // with its '?', or empty
}

// Of an OPAQUE session.
export interface HmacKey {
  keyid: string;
  hmacKey: Bytes;
}
// Of a session that a card has opened for a key of this browser.
export interface Ed25519Key {
  keyid: string;
  privateKey: Bytes; // libsodium's 64 bytes
}
export type RequestKey = HmacKey | Ed25519Key;

export async function requestKey(sessionId: string, opaqueSessionKey: Bytes): Promise<HmacKey> {
  const hmacKey = await deriveKey(opaqueSessionKey, 'cardea/v1/request-signature', new Uint8Array(0));
  return {keyid: `session:${sessionId}`, hmacKey};
}

export function contentDigest(body: string): string {
  return `sha-256=:${toBase64(sha256(body))}:`;
}

export function signatureBase(target: SignedTarget, digest: string, parameters: string): string {
  return [
    `"@method": ${target.method}`,
    `"@authority": ${target.authority}`,
    `"@path": ${target.path}`,
    `"@query": ${target.query === '' ? '?' : target.query}`, // RFC 9421 section 2.2.7
    `"content-digest": ${digest}`,
    `"@signature-params": ${parameters}`,
  ].join('\n');
}

async function sign(key: RequestKey, message: Bytes): Promise<Bytes> {
  if ('hmacKey' in key) return hmacSha256(key.hmacKey, message);
  return own(sodium.crypto_sign_detached(message, key.privateKey));
}

// The three headers.
export async function signRequest(
  target: SignedTarget,
  body: string,
  key: RequestKey,
  created: number,
  random: Random,
): Promise<Record<string, string>> {
  const nonce = toBase64Url(random(16));
  const algorithm = 'hmacKey' in key ? 'hmac-sha256' : 'ed25519';
  const parameters = `${kComponents};created=${created};nonce="${nonce}";keyid="${key.keyid}";alg="${algorithm}"`;
  const digest = contentDigest(body);
  const signature = await sign(key, utf8(signatureBase(target, digest, parameters)));
  return {
    'Content-Digest': digest,
    'Signature-Input': `sig1=${parameters}`,
    Signature: `sig1=:${toBase64(signature)}:`,
  };
}
