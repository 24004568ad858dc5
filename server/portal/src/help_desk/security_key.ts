// SPDX-License-Identifier: Apache-2.0
// A security key (WebAuthn), which only a page may ask. Whatever the browser says of a failure is one refusal: it does not
// tell more, on purpose.
import type {Bytes} from '../base/bytes';
import {Failure} from '../base/failure';
import type {Assertion, NewKey} from '../worker/officer_messages';

const kTimeoutMillis = 120_000;
// ES256, EdDSA, RS256 (IANA COSE Algorithms): what the server checks.
const kAlgorithms = [-7, -8, -257];

function bytes(buffer: ArrayBuffer): Bytes {
  return new Uint8Array(buffer);
}

async function asked(ask: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  if (!('credentials' in navigator) || typeof PublicKeyCredential === 'undefined') throw new Failure('internal');
  let credential: Credential | null;
  try {
    credential = await ask();
  } catch {
    credential = null; // nobody touched it, it is not known here, the browser refuses
  }
  if (!(credential instanceof PublicKeyCredential)) throw new Failure('identity-not-accepted');
  return credential;
}

export async function signWithKey(challenge: Bytes): Promise<Assertion> {
  const credential = await asked(() =>
    navigator.credentials.get({
      publicKey: {challenge, rpId: location.hostname, userVerification: 'required', timeout: kTimeoutMillis},
    }),
  );
  const response = credential.response as AuthenticatorAssertionResponse;
  return {
    credential: bytes(credential.rawId),
    clientData: bytes(response.clientDataJSON),
    authenticatorData: bytes(response.authenticatorData),
    signature: bytes(response.signature),
  };
}

export async function makeKey(challenge: Bytes, label: string): Promise<NewKey> {
  const credential = await asked(() =>
    navigator.credentials.create({
      publicKey: {
        challenge,
        rp: {id: location.hostname, name: 'Cardea'},
        user: {id: crypto.getRandomValues(new Uint8Array(16)), name: label, displayName: label},
        pubKeyCredParams: kAlgorithms.map((alg) => ({type: 'public-key', alg})),
        authenticatorSelection: {residentKey: 'required', userVerification: 'required'},
        attestation: 'none',
        timeout: kTimeoutMillis,
      },
    }),
  );
  const response = credential.response as AuthenticatorAttestationResponse;
  const spki = response.getPublicKey();
  if (spki === null) throw new Failure('identity-not-accepted');
  return {
    credential: bytes(credential.rawId),
    spki: bytes(spki),
    clientData: bytes(response.clientDataJSON),
    authenticatorData: bytes(response.getAuthenticatorData()),
  };
}
