// SPDX-License-Identifier: Apache-2.0
// Makes account-statement.json from docs/spec/guests.md, "Account statement", with Node's own cryptography and no code of
// ours: one good statement, and others signed as well that break one rule each. Run: node account_statement.mjs > ../account-statement.json
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';

const seed = (byte) => createPrivateKey({ key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, byte)]), format: 'der', type: 'pkcs8' });
const spki = (key) => createPublicKey(key).export({ format: 'der', type: 'spki' });
const server = seed(0x5e);
const other = seed(0x66);
const lp = (bytes) => { const b = Buffer.from(bytes); const n = Buffer.alloc(2); n.writeUInt16BE(b.length); return Buffer.concat([n, b]); };
const u32 = (value) => { const b = Buffer.alloc(4); b.writeUInt32BE(value); return b; };
const u64 = (value) => { const b = Buffer.alloc(8); b.writeBigUInt64BE(BigInt(value)); return b; };

const authSpki = spki(seed(0xca));
const good = {
  label: 'cardea/v1/account-statement', server: 'cardea.example', computer: Buffer.alloc(32, 0x33), user: Buffer.alloc(16, 0x11), account: 'Anna', login: 'anna', uid: 2010000007,
  groups: [['readers', 2010000001], ['guests-2', 2010000002]], display: 'Anna', epoch: 3, card: createHash('sha256').update(authSpki).digest(), auth: authSpki, wrap: spki(seed(0xcb)),
  issued: 1800000000n, expires: 1800086400n,
};

function encode(s) {
  return Buffer.concat([
    lp(s.label), lp(s.server), s.computer, s.user, lp(s.account), lp(s.login), u32(s.uid), Buffer.from([s.groups.length]),
    ...s.groups.flatMap(([name, gid]) => [lp(name), u32(gid)]), lp(s.display), u32(s.epoch), s.card, lp(s.auth), lp(s.wrap), u64(s.issued), u64(s.expires),
  ]);
}
const hex = (b) => b.toString('hex');
const signed = (name, bytes, error, key = server) => ({ name, statement: hex(bytes), signature: hex(sign(null, bytes, key)), error });
const variant = (name, error, change) => signed(name, encode({ ...good, ...change }), error);

const bytes = encode(good);
const flipped = Buffer.from(sign(null, bytes, server));
flipped[10] ^= 1;
const cases = [
  signed('good', bytes, ''),
  variant('without groups', '', { groups: [] }),
  variant('no display name', '', { display: '' }),
  signed('signed by another key', bytes, 'signature-invalid', other),
  { name: 'signature changed', statement: hex(bytes), signature: hex(flipped), error: 'signature-invalid' },
  { name: 'signature cut short', statement: hex(bytes), signature: hex(sign(null, bytes, server).subarray(0, 63)), error: 'signature-invalid' },
  { name: 'one byte changed after signing', statement: hex(Buffer.concat([bytes.subarray(0, bytes.length - 1), Buffer.from([1])])), signature: hex(sign(null, bytes, server)), error: 'signature-invalid' },
  signed('empty', Buffer.alloc(0), 'corrupted'),
  signed('cut short', bytes.subarray(0, bytes.length - 1), 'corrupted'),
  signed('a byte too many', Buffer.concat([bytes, Buffer.from([0])]), 'corrupted'),
  variant('a checkpoint\'s label', 'corrupted', { label: 'cardea/v1/checkpoint' }),
  variant('another server', 'server-misbehaved', { server: 'evil.example' }),
  variant('no server', 'corrupted', { server: '' }),
  variant('another computer', 'server-misbehaved', { computer: Buffer.alloc(32, 0x34) }),
  variant('another card', 'server-misbehaved', (() => { const auth = spki(seed(0xcc)); return { auth, card: createHash('sha256').update(auth).digest() }; })()),
  variant('card id of another key', 'corrupted', { auth: spki(seed(0xcc)) }),
  variant('uid 0', 'corrupted', { uid: 0 }),
  variant('uid of the first local user', 'corrupted', { uid: 1000 }),
  variant('uid just below the range', 'corrupted', { uid: 2009999999 }),
  variant('uid just above the range', 'corrupted', { uid: 2147000001 }),
  variant('uid -1', 'corrupted', { uid: 0xffffffff }),
  variant('first uid of the range', '', { uid: 2010000000 }),
  variant('last uid of the range', '', { uid: 2147000000 }),
  variant('login root', 'corrupted', { account: 'root', login: 'root' }),
  variant('login sudo', 'corrupted', { account: 'Sudo', login: 'sudo' }),
  variant('login of another account', 'corrupted', { login: 'berta' }),
  variant('login in capitals', 'corrupted', { login: 'Anna' }),
  variant('login with a digit first', 'corrupted', { account: '0anna', login: '0anna' }),
  variant('login with an at sign', 'corrupted', { account: 'anna@work', login: 'anna@work' }),
  variant('login with a line end', 'corrupted', { account: 'anna\nroot', login: 'anna\nroot' }),
  variant('login with a zero byte', 'corrupted', { account: 'anna\0', login: 'anna\0' }),
  variant('login of 32 characters', '', { account: 'a'.repeat(32), login: 'a'.repeat(32) }),
  variant('login of 33 characters', 'corrupted', { account: 'a'.repeat(33), login: 'a'.repeat(33) }),
  variant('empty login', 'corrupted', { account: 'anna@work', login: '' }),
  variant('group sudo', 'corrupted', { groups: [['sudo', 2010000001]] }),
  variant('group with gid 0', 'corrupted', { groups: [['readers', 0]] }),
  variant('group with the gid of a local group', 'corrupted', { groups: [['readers', 27]] }),
  variant('group with his own gid', 'corrupted', { groups: [['readers', 2010000007]] }),
  variant('group with his own name', 'corrupted', { groups: [['anna', 2010000001]] }),
  variant('the same group twice', 'corrupted', { groups: [['readers', 2010000001], ['readers', 2010000002]] }),
  variant('the same gid twice', 'corrupted', { groups: [['readers', 2010000001], ['writers', 2010000001]] }),
  variant('17 groups', 'corrupted', { groups: Array.from({ length: 17 }, (_, i) => [`g${i}`, 2010000100 + i]) }),
  variant('display name with a colon', 'corrupted', { display: 'Anna:0:0' }),
  variant('display name with a line end', 'corrupted', { display: 'Anna\nroot' }),
  variant('display name too long', 'corrupted', { display: 'a'.repeat(129) }),
  variant('epoch 0', 'corrupted', { epoch: 0 }),
  variant('from the future', 'clock-skewed', { issued: 1800000701n, expires: 1800087000n }),
  variant('ended', 'session-expired', { issued: 1799900000n, expires: 1800000400n }),
  variant('ends before it begins', 'corrupted', { issued: 1800000000n, expires: 1799999999n }),
  variant('good for eight days', 'corrupted', { expires: 1800000000n + 8n * 86400n }),
  variant('ends after the end of time', 'corrupted', { issued: 0n, expires: 2n ** 64n - 1n }),
];
process.stdout.write(JSON.stringify({
  server: good.server, computer: hex(good.computer), card: hex(good.card), key: hex(spki(server)), now: 1800000400,
  fields: { user: hex(good.user), account: good.account, login: good.login, uid: good.uid, epoch: good.epoch, auth_spki: hex(good.auth), wrap_spki: hex(good.wrap), display_name: good.display }, cases,
}, null, 1) + '\n');
