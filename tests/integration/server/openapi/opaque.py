# SPDX-License-Identifier: Apache-2.0
"""OPAQUE-3DH (RFC 9807) as a client, over Debian's libsodium: a second reading of docs/spec/opaque.md beside those in C++ and
TypeScript. Without Argon2id, which the server never sees."""
import ctypes
import hashlib
import hmac
import os

_sodium = ctypes.CDLL("libsodium.so.23")
if _sodium.sodium_init() < 0:
    raise RuntimeError("libsodium")

CONTEXT = b"cardea/v1/opaque"


def _group(name, size, *arguments):
    out = ctypes.create_string_buffer(size)
    if getattr(_sodium, name)(out, *arguments) != 0:
        raise ValueError(name)
    return out.raw


def _reduce(uniform):
    out = ctypes.create_string_buffer(32)
    _sodium.crypto_core_ristretto255_scalar_reduce(out, uniform)
    return out.raw


def _multiply(scalar, element):
    return _group("crypto_scalarmult_ristretto255", 32, scalar, element)


def lp(data):
    return len(data).to_bytes(2, "big") + data


def _hash(*parts):
    return hashlib.sha512(b"".join(parts)).digest()


def _mac(key, *parts):
    return hmac.new(key, b"".join(parts), "sha512").digest()


def _expand(key, info, size):
    out, block = b"", b""
    for counter in range(1, 256):
        block = _mac(key, block, info, bytes([counter]))
        out += block
        if len(out) >= size:
            return out[:size]
    raise ValueError(size)


def _domain(purpose):
    return purpose + b"OPRFV1-\0-ristretto255-SHA512"


def _expand_message(message, tag):
    tail = tag + bytes([len(tag)])
    first = _hash(bytes(128), message, (64).to_bytes(2, "big"), b"\0", tail)
    return _hash(first, b"\1", tail)


def _key_pair(seed):
    info = lp(b"OPAQUE-DeriveDiffieHellmanKeyPair")
    private = _reduce(_expand_message(seed + info + b"\0", _domain(b"DeriveKeyPair")))
    return private, _group("crypto_scalarmult_ristretto255_base", 32, private)


class _Blinded:
    def __init__(self, secret):
        self.secret = secret
        self.blind = _reduce(os.urandom(64))
        point = _group("crypto_core_ristretto255_from_hash", 32, _expand_message(secret, _domain(b"HashToGroup-")))
        self.element = _multiply(self.blind, point)

    def randomised(self, evaluated):
        inverse = _group("crypto_core_ristretto255_scalar_invert", 32, self.blind)
        output = _hash(lp(self.secret), lp(_multiply(inverse, evaluated)), b"Finalize")
        return _mac(bytes(64), output, output)


def _client_keys(randomised, nonce):
    private, public = _key_pair(_expand(randomised, nonce + b"PrivateKey", 32))
    return _expand(randomised, nonce + b"AuthKey", 64), private, public


class Registration:
    def __init__(self, secret):
        self._blinded = _Blinded(secret)
        self.request = self._blinded.element

    def record(self, response):
        randomised, server, nonce = self._blinded.randomised(response[:32]), response[32:], os.urandom(32)
        auth_key, _, public = _client_keys(randomised, nonce)
        tag = _mac(auth_key, nonce, server, lp(server), lp(public))
        return public + _expand(randomised, b"MaskingKey", 64) + nonce + tag


class Login:
    def __init__(self, secret):
        self._blinded = _Blinded(secret)
        self._private, public = _key_pair(os.urandom(32))
        self.ke1 = self._blinded.element + os.urandom(32) + public

    def finish(self, ke2):
        """(KE3, session key). ValueError when the server or the password is another one."""
        response, nonce, keyshare, mac = ke2[:192], ke2[192:224], ke2[224:256], ke2[256:]
        randomised = self._blinded.randomised(response[:32])
        pad = _expand(_expand(randomised, b"MaskingKey", 64), response[32:64] + b"CredentialResponsePad", 128)
        plain = bytes(a ^ b for a, b in zip(pad, response[64:]))
        server, envelope_nonce, tag = plain[:32], plain[32:64], plain[64:]
        auth_key, private, public = _client_keys(randomised, envelope_nonce)
        if _mac(auth_key, envelope_nonce, server, lp(server), lp(public)) != tag:
            raise ValueError("envelope")
        shared = _multiply(self._private, keyshare) + _multiply(self._private, server) + _multiply(private, keyshare)
        transcript = b"OPAQUEv1-" + lp(CONTEXT) + lp(public) + self.ke1 + lp(server) + response + nonce + keyshare
        key = _mac(bytes(64), shared)

        def derive(secret, label, digest):
            label = b"OPAQUE-" + label
            info = (64).to_bytes(2, "big") + bytes([len(label)]) + label + bytes([len(digest)]) + digest
            return _expand(secret, info, 64)

        handshake = derive(key, b"HandshakeSecret", _hash(transcript))
        if _mac(derive(handshake, b"ServerMAC", b""), _hash(transcript)) != mac:
            raise ValueError("server")
        ke3 = _mac(derive(handshake, b"ClientMAC", b""), _hash(transcript, mac))
        return ke3, derive(key, b"SessionKey", _hash(transcript))
