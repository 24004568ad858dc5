// SPDX-License-Identifier: Apache-2.0
// OPAQUE and its OPRF against the official vectors (RFC 9807, RFC 9497), and the floor under Argon2id.
import assert from 'node:assert/strict';
import test from 'node:test';

import {concat, equalBytes, toHex} from '../src/base/bytes';
import {OpaqueLogin, OpaqueRegistration} from '../src/crypto/opaque';
import {oprfBlind, oprfFinalize} from '../src/crypto/oprf';
import {loadSodium, sodium, systemRandom} from '../src/crypto/sodium';
import {argon2idStretch, type KeyStretch} from '../src/crypto/stretch';
import {hex, refuses, scripted, vectors} from './support';

interface Vector {
  config: {Fake: string; Context: string};
  inputs: Record<string, string>;
  outputs: Record<string, string>;
}

const all = vectors<Vector[]>('opaque-ristretto255-sha512.json').filter((vector) => vector.config.Fake === 'False');
const identity: KeyStretch = (output) => output;

await loadSodium();

function namesOf({inputs}: Vector) {
  return {
    ...(inputs['server_identity'] ? {server: hex(inputs['server_identity'])} : {}),
    ...(inputs['client_identity'] ? {client: hex(inputs['client_identity'])} : {}),
  };
}

function startOf({inputs}: Vector): OpaqueLogin {
  const random = scripted(hex(inputs['blind_login']), hex(inputs['client_nonce']), hex(inputs['client_keyshare_seed']));
  const login = OpaqueLogin.start(hex(inputs['password']), random);
  assert.equal(random.rest(), 0);
  return login;
}

function contextOf(vector: Vector): string {
  return Buffer.from(vector.config.Context, 'hex').toString('latin1');
}

test('registration is the RFC’s', () => {
  assert.equal(all.length, 2);
  for (const vector of all) {
    const {inputs, outputs} = vector;
    const registration = OpaqueRegistration.start(hex(inputs['password']), scripted(hex(inputs['blind_registration'])));
    assert.equal(toHex(registration.request), outputs['registration_request']);
    const response = hex(outputs['registration_response']);
    const random = scripted(hex(inputs['envelope_nonce']));
    const made = registration.finalize(response, identity, random, namesOf(vector));
    assert.equal(toHex(made.record), outputs['registration_upload']);
    assert.equal(toHex(made.exportKey), outputs['export_key']);
    assert.equal(toHex(made.serverPublicKey), inputs['server_public_key']);
  }
});

test('login is the RFC’s', () => {
  for (const vector of all) {
    const {inputs, outputs} = vector;
    const login = startOf(vector);
    assert.equal(toHex(login.ke1), outputs['KE1']);
    const session = login.finish(hex(outputs['KE2']), identity, namesOf(vector), contextOf(vector));
    assert.equal(toHex(session.ke3), outputs['KE3']);
    assert.equal(toHex(session.sessionKey), outputs['session_key']);
    assert.equal(toHex(session.exportKey), outputs['export_key']);
    assert.equal(toHex(session.serverPublicKey), inputs['server_public_key']);
  }
});

test('a KE2 with any byte changed is refused, without saying which', () => {
  const vector = all[0] as Vector;
  const good = hex(vector.outputs['KE2']);
  for (let at = 0; at < good.length; ++at) {
    const bad = good.slice();
    bad[at] = (bad[at] ?? 0) ^ 1;
    const finish = () => startOf(vector).finish(bad, identity, namesOf(vector), contextOf(vector));
    assert.throws(finish, refuses('identity-not-accepted'), `byte ${at}`);
  }
});

test('another password, context, identity or size is refused', () => {
  const vector = all[0] as Vector;
  const ke2 = hex(vector.outputs['KE2']);
  const login = (password: string) => {
    const {inputs} = vector;
    const drawn = scripted(hex(inputs['blind_login']), hex(inputs['client_nonce']), hex(inputs['client_keyshare_seed']));
    return OpaqueLogin.start(new TextEncoder().encode(password), drawn);
  };
  assert.throws(() => login('CorrectHorse').finish(ke2, identity, {}, contextOf(vector)), refuses('identity-not-accepted'));
  assert.throws(() => startOf(vector).finish(ke2, identity), refuses('identity-not-accepted'));
  const other = {server: hex('00')};
  assert.throws(() => startOf(vector).finish(ke2, identity, other, contextOf(vector)), refuses('identity-not-accepted'));
  assert.throws(() => startOf(vector).finish(ke2.slice(1), identity), refuses('invalid-argument'));
  assert.throws(() => OpaqueLogin.start(new Uint8Array(0), systemRandom), refuses('invalid-argument'));
  assert.throws(() => OpaqueLogin.start(new Uint8Array(65536), systemRandom), refuses('limit-exceeded'));
});

test('a login attempt has one end', () => {
  const vector = all[0] as Vector;
  const login = startOf(vector);
  const again = () => login.finish(hex(vector.outputs['KE2']), identity, namesOf(vector), contextOf(vector));
  again();
  assert.throws(again, refuses('identity-not-accepted'));
});

test('the OPRF is RFC 9497’s', () => {
  interface Suite {
    mode: number;
    skSm: string;
    vectors: Record<string, string>[];
  }
  let done = 0;
  for (const suite of vectors<Suite[]>('oprf-ristretto255-sha512.json').filter((one) => one.mode === 0)) {
    for (const vector of suite.vectors) {
      const input = hex(vector['Input']);
      const {blind, element} = oprfBlind(input, scripted(hex(vector['Blind'])));
      assert.equal(toHex(element), vector['BlindedElement']);
      const output = oprfFinalize(input, blind, hex(vector['EvaluationElement']));
      assert.equal(toHex(output), vector['Output']);
      ++done;
    }
  }
  assert.ok(done >= 2);
});

test('elements that are no group elements are refused', () => {
  const bad = ['00'.repeat(32), 'ff'.repeat(32), `${'00'.repeat(31)}80`, `01${'00'.repeat(31)}`];
  for (const text of bad) {
    const blind = systemRandom(32).fill(1, 0, 1).fill(0, 1);
    assert.throws(() => oprfFinalize(new Uint8Array(1), blind, hex(text)), refuses('key-invalid'), text);
  }
});

test('nobody makes Argon2id cheaper', () => {
  const costs = [
    {memoryKib: 64 * 1024 - 1, passes: 3},
    {memoryKib: 64 * 1024, passes: 2},
    {memoryKib: 8, passes: 1},
    {memoryKib: Number.NaN, passes: 3},
    {memoryKib: 64 * 1024, passes: Number.NaN},
    {memoryKib: 0, passes: 0},
    {memoryKib: -1, passes: -1},
  ];
  for (const cost of costs) assert.throws(() => argon2idStretch(cost), refuses('kdf-too-weak'), JSON.stringify(cost));
  assert.throws(() => argon2idStretch({memoryKib: 1024 * 1024 + 1, passes: 3}), refuses('limit-exceeded'));
  assert.throws(() => argon2idStretch({memoryKib: 64 * 1024, passes: 17}), refuses('limit-exceeded'));
});

test('the stretch is Argon2id of 64 MiB and 3 passes under a salt of zeros', () => {
  const input = new Uint8Array(64).fill(7);
  const salt = new Uint8Array(16);
  const expected = sodium.crypto_pwhash(64, input, salt, 3, 67108864, sodium.crypto_pwhash_ALG_ARGON2ID13);
  assert.ok(equalBytes(argon2idStretch()(input), expected));
  assert.equal(concat(expected).length, 64);
});
