// SPDX-License-Identifier: Apache-2.0
// Request signatures (docs/spec/server-protocol.md, "Request signatures"): RFC 9421 in its one profile, with the key of a
// session. Used by server.ts.
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

// Of an OPAQUE session, or of one whose Ed25519 key was made here.
export type RequestKey = {keyid: string; hmacKey: Bytes} | {keyid: string; signingKey: Bytes};

export async function requestKey(sessionId: string, opaqueSessionKey: Bytes): Promise<RequestKey> {
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
  const base = utf8(signatureBase(target, digest, parameters));
  const signature =
    'hmacKey' in key ? await hmacSha256(key.hmacKey, base) : own(sodium.crypto_sign_detached(base, key.signingKey));
  return {
    'Content-Digest': digest,
    'Signature-Input': `sig1=${parameters}`,
    Signature: `sig1=:${toBase64(signature)}:`,
  };
}
