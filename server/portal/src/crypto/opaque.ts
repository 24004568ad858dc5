// SPDX-License-Identifier: Apache-2.0
// OPAQUE-3DH (RFC 9807), the client: docs/spec/opaque.md. Neither the password nor the answer leaves this file other than
// blinded. Used by protocol/login.ts.
import {concat, equalBytes, lp, uint, wipe, type Bytes} from '../base/bytes';
import {Failure} from '../base/failure';
import {deriveDiffieHellmanKeyPair, multiply, oprfBlind, oprfFinalize} from './oprf';
import {hkdfSha512Expand, hmacSha512, sha512, type Random} from './sodium';
import type {KeyStretch} from './stretch';

export const kKe2Size = 320;
const kContext = 'cardea/v1/opaque';
const kMaskedSize = 128;

// Empty: the public keys themselves, as Cardea has it. Only the RFC's vectors name others.
export interface Identities {
  server?: Bytes;
  client?: Bytes;
}

export interface OpaqueSession {
  ke3: Bytes;
  sessionKey: Bytes;
  exportKey: Bytes;
  serverPublicKey: Bytes;
}

export interface OpaqueRecord {
  record: Bytes;
  exportKey: Bytes;
  serverPublicKey: Bytes;
}

const refused = () => new Failure('identity-not-accepted');

function randomisedPassword(input: Bytes, blind: Bytes, evaluated: Bytes, stretch: KeyStretch): Bytes {
  const output = oprfFinalize(input, blind, evaluated);
  return hmacSha512(new Uint8Array(64), output, stretch(output)); // HKDF-Extract with an empty salt
}

function clientKeys(randomised: Bytes, nonce: Bytes) {
  const expand = (label: string, size: number) => hkdfSha512Expand(randomised, concat(nonce, label), size);
  return {
    authKey: expand('AuthKey', 64),
    exportKey: expand('ExportKey', 64),
    pair: deriveDiffieHellmanKeyPair(expand('PrivateKey', 32)),
  };
}

function resolve(identities: Identities, serverPublicKey: Bytes, clientPublicKey: Bytes) {
  return {server: identities.server ?? serverPublicKey, client: identities.client ?? clientPublicKey};
}

function deriveSecret(secret: Bytes, label: string, transcriptHash: Bytes): Bytes {
  const full = `OPAQUE-${label}`;
  const hash = concat(uint(transcriptHash.length, 1), transcriptHash);
  return hkdfSha512Expand(secret, concat(uint(64, 2), uint(full.length, 1), full, hash), 64);
}

// The three parts of the key exchange that RFC 9807 section 6.4 derives from the transcript.
function handshake(transcript: Bytes, dhValues: Bytes) {
  const key = hmacSha512(new Uint8Array(64), dhValues);
  const hash = sha512(transcript);
  const secret = deriveSecret(key, 'HandshakeSecret', hash);
  const none = new Uint8Array(0);
  const serverMac = hmacSha512(deriveSecret(secret, 'ServerMAC', none), hash);
  const clientMac = hmacSha512(deriveSecret(secret, 'ClientMAC', none), sha512(transcript, serverMac));
  return {serverMac, clientMac, sessionKey: deriveSecret(key, 'SessionKey', hash)};
}

function checkInput(input: Bytes): void {
  if (input.length === 0) throw new Failure('invalid-argument');
  if (input.length > 0xffff) throw new Failure('limit-exceeded');
}

export class OpaqueLogin {
  private constructor(
    private readonly input: Bytes,
    private readonly blind: Bytes,
    private readonly keyshare: Bytes,
    readonly ke1: Bytes,
  ) {}

  static start(input: Bytes, random: Random): OpaqueLogin {
    checkInput(input);
    const blinded = oprfBlind(input, random);
    const nonce = random(32);
    const pair = deriveDiffieHellmanKeyPair(random(32));
    const ke1 = concat(blinded.element, nonce, pair.publicKey);
    return new OpaqueLogin(input.slice(), blinded.blind, pair.privateKey, ke1);
  }

  // identity-not-accepted for a wrong password, another server or a changed message: not told apart.
  finish(ke2: Bytes, stretch: KeyStretch, identities: Identities = {}, context = kContext): OpaqueSession {
    if (ke2.length !== kKe2Size) throw new Failure('invalid-argument', 'KE2 of wrong size');
    try {
      return this.finishChecked(ke2, stretch, identities, context);
    } catch (error) {
      throw error instanceof Failure && error.code === 'key-invalid' ? refused() : error;
    } finally {
      wipe(this.input, this.blind, this.keyshare); // a login attempt has one end
    }
  }

  private finishChecked(ke2: Bytes, stretch: KeyStretch, identities: Identities, context: string): OpaqueSession {
    const credentialResponse = ke2.slice(0, 192);
    const [serverNonce, serverKeyshare, serverMac] = [ke2.slice(192, 224), ke2.slice(224, 256), ke2.slice(256)];
    const randomised = randomisedPassword(this.input, this.blind, ke2.slice(0, 32), stretch);
    const maskingKey = hkdfSha512Expand(randomised, 'MaskingKey', 64);
    const pad = hkdfSha512Expand(maskingKey, concat(ke2.slice(32, 64), 'CredentialResponsePad'), kMaskedSize);
    const plain = pad.map((byte, i) => byte ^ (ke2[64 + i] ?? 0));
    const [serverPublicKey, nonce, tag] = [plain.slice(0, 32), plain.slice(32, 64), plain.slice(64)];
    const keys = clientKeys(randomised, nonce);
    const names = resolve(identities, serverPublicKey, keys.pair.publicKey);
    const expected = hmacSha512(keys.authKey, nonce, serverPublicKey, lp(names.server), lp(names.client));
    if (!equalBytes(expected, tag)) throw refused();

    const dhValues = concat(
      multiply(this.keyshare, serverKeyshare),
      multiply(this.keyshare, serverPublicKey),
      multiply(keys.pair.privateKey, serverKeyshare),
    );
    const transcript = concat(
      ...['OPAQUEv1-', lp(context), lp(names.client), this.ke1, lp(names.server), credentialResponse],
      ...[serverNonce, serverKeyshare],
    );
    const made = handshake(transcript, dhValues);
    wipe(dhValues, randomised, maskingKey, keys.authKey, keys.pair.privateKey);
    if (!equalBytes(made.serverMac, serverMac)) throw refused();
    return {ke3: made.clientMac, sessionKey: made.sessionKey, exportKey: keys.exportKey, serverPublicKey};
  }
}

export class OpaqueRegistration {
  private constructor(
    private readonly input: Bytes,
    private readonly blind: Bytes,
    readonly request: Bytes,
  ) {}

  static start(input: Bytes, random: Random): OpaqueRegistration {
    checkInput(input);
    const blinded = oprfBlind(input, random);
    return new OpaqueRegistration(input.slice(), blinded.blind, blinded.element);
  }

  finalize(response: Bytes, stretch: KeyStretch, random: Random, identities: Identities = {}): OpaqueRecord {
    if (response.length !== 64) throw new Failure('invalid-argument', 'registration response of wrong size');
    const serverPublicKey = response.slice(32);
    const randomised = randomisedPassword(this.input, this.blind, response.slice(0, 32), stretch);
    const nonce = random(32);
    const keys = clientKeys(randomised, nonce);
    const names = resolve(identities, serverPublicKey, keys.pair.publicKey);
    const tag = hmacSha512(keys.authKey, nonce, serverPublicKey, lp(names.server), lp(names.client));
    const maskingKey = hkdfSha512Expand(randomised, 'MaskingKey', 64);
    const record = concat(keys.pair.publicKey, maskingKey, nonce, tag);
    wipe(this.input, this.blind, randomised, maskingKey, keys.authKey, keys.pair.privateKey);
    return {record, exportKey: keys.exportKey, serverPublicKey};
  }
}
