// SPDX-License-Identifier: Apache-2.0
// Makes server-list.json from docs/spec/server-list.md, with Node.js's own cryptography. Usage: node server_list.mjs > ../server-list.json
import crypto from 'node:crypto';

const prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
const keyOf = (seed) => crypto.createPrivateKey({key: Buffer.concat([prefix, Buffer.alloc(32, seed)]), format: 'der', type: 'pkcs8'});
const key = keyOf(0x51);
const stranger = keyOf(0x52);
const spki = (of) => crypto.createPublicKey(of).export({type: 'spki', format: 'der'});

const u = (value, size) => Buffer.from(BigInt(value).toString(16).padStart(2 * size, '0'), 'hex');
const lp = (text) => Buffer.concat([u(Buffer.byteLength(text), 2), Buffer.from(text)]);
const kLabel = 'cardea/v1/server-list';
const kServers = [['https://a.example', 'north'], ['https://b.example:8443', 'south'], ['https://[2001:db8::1]:9000', 'far-away']];
const encode = ({label = kLabel, version = 7, time = 1800000000, servers = kServers, count = servers.length} = {}) =>
  Buffer.concat([lp(label), u(version, 8), u(time, 8), u(count, 1), ...servers.flatMap((server) => server.map(lp))]);
const one = (url, region = 'north') => ({servers: [[url, region]]});
const many = (n) => ({servers: Array.from({length: n}, (_, i) => [`https://s${i}.example`, 'r'])});

const cases = [];
function add(name, bytes, error = '', by = key) {
  cases.push({name, list: bytes.toString('hex'), signature: crypto.sign(null, bytes, by).toString('hex'), error});
}
add('good', encode());
add('one server', encode(one('https://192.0.2.7')));
add('the longest', encode(one(`https://${'a'.repeat(247)}`, 'r'.repeat(64))));
add('16 servers', encode(many(16)));
add('signed by a stranger', encode(), 'signature-invalid', stranger);
const checkpoint = encode({label: 'cardea/v1/checkpoint'});
add('another label', checkpoint, 'corrupted');
add('a later format', encode({label: 'cardea/v2/server-list'}), 'corrupted');
add('cut short', encode().subarray(0, -1), 'corrupted');
add('a byte too many', Buffer.concat([encode(), u(0, 1)]), 'corrupted');
add('more counted than there are', encode({count: 4}), 'corrupted');
add('17 servers', encode(many(17)), 'corrupted');
add('no server', encode({servers: []}), 'corrupted');
add('a server twice', encode({servers: [kServers[0], kServers[0]]}), 'corrupted');
for (const [name, url] of [
  ['http', 'http://a.example'], ['a path', 'https://a.example/x'], ['a slash at the end', 'https://a.example/'], ['port 443', 'https://a.example:443'],
  ['capitals', 'https://A.example'], ['a user', 'https://u@a.example'], ['a wildcard', 'https://*.example'], ['more of a policy', "https://a.example; script-src 'none'"],
  ['a line end', 'https://a.example\r\nX: y'], ['port 0', 'https://a.example:0'], ['port 65536', 'https://a.example:65536'], ['no host', 'https://'],
  ['too long', `https://${'a'.repeat(248)}`],
]) add(name, encode(one(url)), 'corrupted');
add('no region', encode(one('https://a.example', '')), 'corrupted');
add('a region in capitals', encode(one('https://a.example', 'North')), 'corrupted');
console.log(JSON.stringify({key: spki(key).toString('hex'), version: 7, time: 1800000000, servers: kServers, cases}, null, 1));
