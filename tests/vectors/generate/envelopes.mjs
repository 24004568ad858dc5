// SPDX-License-Identifier: Apache-2.0
// Makes ../envelopes.json: the envelopes of docs/spec/envelopes.md written a second time, from the page and over
// Node's own cryptography, so that a mistake in the C++ code can't hide in its own vectors.
// Usage: node tests/vectors/generate/envelopes.mjs > tests/vectors/envelopes.json
import crypto from 'node:crypto';

import {aead, be, contextOf, fixed, hex, hkdf, hpke} from './primitives.mjs';

const context = {user_id: '6f1c0c52-8a2b-4d0e-9c6e-0f6e0d6f0a11', object_type: 'record', object_id: 'r-0001', version: 7, epoch: 2};
const texts = ['', 'x', 'the quick brown fox', 'y'.repeat(256), 'z'.repeat(5000)];

const recipient = crypto.createECDH('prime256v1');
recipient.setPrivateKey(fixed('recipient', 32));
const rsa = crypto.generateKeyPairSync('rsa', {modulusLength: 2048});
const rsaSpki = rsa.publicKey.export({type: 'spki', format: 'der'});
const ed = crypto.createPrivateKey({key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), fixed('ed25519', 32)]), format: 'der', type: 'pkcs8'});
const ec = crypto.generateKeyPairSync('ec', {namedCurve: 'prime256v1'});
const message = Buffer.from('cardea signs this');
const spki = (key) => key.export({type: 'spki', format: 'der'});

console.log(JSON.stringify({
  context: {...context, encoded: hex(contextOf(context))},
  derive_key: ['cardea/v1/test-a', 'cardea/v1/test-b'].map((label) => ({label, secret: hex(fixed('secret', 32)), context: hex(contextOf(context)),
    key: hex(hkdf(fixed('secret', 32), Buffer.concat([Buffer.from(label), contextOf(context)]), 32))})),
  aead: texts.map((text, i) => { const nonce = fixed(`nonce ${i}`, 12); return {secret: hex(fixed('secret', 32)), nonce: hex(nonce), plaintext: hex(Buffer.from(text)),
    envelope: hex(aead(fixed('secret', 32), 'cardea/v1/test-a', contextOf(context), nonce, Buffer.from(text)))}; }),
  hpke: texts.map((text, i) => { const ephemeral = fixed(`ephemeral ${i}`, 32); return {recipient: hex(recipient.getPrivateKey()), ephemeral: hex(ephemeral), plaintext: hex(Buffer.from(text)),
    envelope: hex(hpke(recipient.getPublicKey(), ephemeral, 'cardea/v1/test-a', contextOf(context), Buffer.from(text)))}; }),
  rsa: texts.map((text, i) => { const key = fixed(`rsa ${i}`, 32); const wrapped = crypto.publicEncrypt({key: rsa.publicKey, oaepHash: 'sha1', padding: crypto.constants.RSA_PKCS1_OAEP_PADDING}, key);
    return {pkcs8: hex(rsa.privateKey.export({type: 'pkcs8', format: 'der'})), plaintext: hex(Buffer.from(text)),
    envelope: hex(Buffer.concat([Buffer.from([1, 3]), be(wrapped.length, 2), wrapped, aead(key, 'cardea/v1/test-a', contextOf(context), fixed(`rsa nonce ${i}`, 12), Buffer.from(text))]))}; }),
  signatures: [
    {kind: 'p256', spki: hex(spki(ec.publicKey)), message: hex(message), signature: hex(crypto.sign('sha256', message, {key: ec.privateKey, dsaEncoding: 'ieee-p1363'}))},
    {kind: 'rsa', spki: hex(rsaSpki), modulus: hex(Buffer.from(rsa.publicKey.export({format: 'jwk'}).n, 'base64url')), message: hex(message), signature: hex(crypto.sign('sha256', message, rsa.privateKey))},
    {kind: 'ed25519', seed: hex(fixed('ed25519', 32)), spki: hex(spki(crypto.createPublicKey(ed))), message: hex(message), signature: hex(crypto.sign(null, message, ed))},
  ],
  refused_keys: [
    ['P-384', crypto.generateKeyPairSync('ec', {namedCurve: 'secp384r1'}).publicKey],
    ['secp256k1', crypto.generateKeyPairSync('ec', {namedCurve: 'secp256k1'}).publicKey],
    ['P-256 with explicit parameters', crypto.generateKeyPairSync('ec', {namedCurve: 'prime256v1', paramEncoding: 'explicit'}).publicKey],
    ['RSA 1024', crypto.generateKeyPairSync('rsa', {modulusLength: 1024}).publicKey],
    ['RSA 2040', crypto.generateKeyPairSync('rsa', {modulusLength: 2040}).publicKey],
    ['RSA exponent 3', crypto.generateKeyPairSync('rsa', {modulusLength: 2048, publicExponent: 3}).publicKey],
    ['RSA 4104', crypto.generateKeyPairSync('rsa', {modulusLength: 4104}).publicKey],
    ['RSA-PSS', crypto.generateKeyPairSync('rsa-pss', {modulusLength: 2048}).publicKey],
    ['Ed448', crypto.generateKeyPairSync('ed448').publicKey],
    ['X25519', crypto.generateKeyPairSync('x25519').publicKey],
    ['DSA', crypto.generateKeyPairSync('dsa', {modulusLength: 2048, divisorLength: 256}).publicKey],
  ].map(([name, key]) => ({name, spki: hex(spki(key))})),
}, null, 1));
