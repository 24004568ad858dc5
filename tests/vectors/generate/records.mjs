// SPDX-License-Identifier: Apache-2.0
// Makes ../records.json: sealed records (docs/spec/records.md) and a pairing (docs/spec/pairing.md) written a second time,
// from the pages and over Node's own cryptography. The C++ code and the portal's TypeScript both answer to it.
// Usage: node tests/vectors/generate/records.mjs > tests/vectors/records.json
import crypto from 'node:crypto';

import {aead, be, contextOf, fixed, hex, hkdf, hpke, lp} from './primitives.mjs';

const sha256 = (...parts) => crypto.createHash('sha256').update(Buffer.concat(parts.map((part) => Buffer.from(part)))).digest();
const user = fixed('user', 16);
const objectContext = (type, id, version, epoch) => contextOf({user_id: user, object_type: type, object_id: id, version, epoch});
const rootKey = fixed('root key', 32);
const recordsKey = (epoch) => hkdf(rootKey, Buffer.concat([Buffer.from('cardea/v1/wrap-records'), objectContext('records', '', 1, epoch)]), 32);

function sealedRecord(name, version, epoch, body) {
  const id = fixed(`record ${name}`, 16);
  const key = fixed(`record key ${name}`, 32);
  const text = Buffer.from(body);
  const size = Math.ceil((4 + text.length) / 256) * 256;
  const padded = Buffer.concat([be(text.length, 4), text, Buffer.alloc(size - 4 - text.length)]);
  const wrapped = aead(recordsKey(epoch), 'cardea/v1/records', objectContext('record-key', id, version, epoch), fixed(`wrap nonce ${name}`, 12), key);
  const sealed = aead(key, 'cardea/v1/record-body', objectContext('record', id, version, 0), fixed(`body nonce ${name}`, 12), padded);
  return {record_id: hex(id), version, epoch, body, envelope: hex(Buffer.concat([lp(wrapped), sealed]))};
}

const authority = 'cardea.example:8443';
const sessionKey = crypto.createPrivateKey({key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), fixed('session key', 32)]), format: 'der', type: 'pkcs8'});
const session = crypto.createPublicKey(sessionKey).export({type: 'spki', format: 'der'});
const seal = crypto.createECDH('prime256v1');
seal.setPrivateKey(fixed('seal key', 32));
const keys = Buffer.concat([lp(authority), lp(session), lp(seal.getPublicKey())]);
const id = fixed('pairing', 5);
const blind = fixed('blind', 32);
const code = Buffer.concat([id, sha256(lp('cardea/v1/pairing-code'), id, keys, lp(blind)).subarray(0, 10)]);
const cover = aead(code, 'cardea/v1/pairing-cover', keys, fixed('cover nonce', 12), blind);
const grant = {user_id: hex(user), session_id: hex(fixed('session', 16)), expires_at: 1795392000, account: 'anna', card_label: 'Anna’s card'};
const onCard = [{record_id: hex(fixed('record b', 16)), version: 2, epoch: 3}];
const head = Buffer.concat([be(1, 1), user, fixed('session', 16), be(0, 4), be(grant.expires_at, 4), lp(grant.account), lp(grant.card_label)]);
const lists = Buffer.concat([be(2, 2), be(3, 4), recordsKey(3), be(2, 4), recordsKey(2), be(1, 2), fixed('record b', 16), be(2, 4), be(3, 4)]);
const answer = (name, text) => hex(hpke(seal.getPublicKey(), fixed(`ephemeral ${name}`, 32), 'cardea/v1/pairing-answer',
  Buffer.concat([lp(code), keys, lp(blind)]), text));

console.log(JSON.stringify({
  user_id: hex(user),
  root_key: hex(rootKey),
  records_keys: [2, 3].map((epoch) => ({epoch, key: hex(recordsKey(epoch))})),
  records: [
    sealedRecord('a', 1, 2, '{"kind":"web","title":"Mail","url":"https://mail.example/","user":"anna","secret":"s3cret"}'),
    sealedRecord('b', 2, 3, '{"title":"Büro","set":"Paris","colour":{"x":[1,2]}}'),
    sealedRecord('c', 7, 3, ''),
    sealedRecord('d', 1, 3, `{"title":"long","notes":"${'x'.repeat(600)}"}`),
  ],
  pairing: {
    authority, seal_private: hex(seal.getPrivateKey()), session_spki: hex(session), seal_key: hex(seal.getPublicKey()), blind: hex(blind),
    code: hex(code), cover: hex(cover), ...grant,
    records_keys: [3, 2].map((epoch) => ({epoch, key: hex(recordsKey(epoch))})), on_card: onCard,
    answer: answer('a', Buffer.concat([head, be(1, 1), lists])),
    answer_without_records: answer('b', Buffer.concat([head, be(0, 1)])),
  },
}, null, 1));
