# SPDX-License-Identifier: Apache-2.0
"""Requests to a real server over TLS, signed as docs/spec/server-protocol.md says."""
import base64
import hashlib
import hmac
import http.client
import json
import os
import ssl
import time
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

COMPONENTS = '("@method" "@authority" "@path" "@query" "content-digest")'


def b64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def from_b64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def spki(key):
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def key_id(key):
    """Of a card or computer: the hash of its public key."""
    return hashlib.sha256(spki(key)).hexdigest()


def ecdsa(key, message):
    """r ‖ s, as a card gives it."""
    r, s = utils.decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


class Signer:
    """Ed25519 with a private key, HMAC with the bytes of an OPAQUE session key."""

    def __init__(self, keyid, key):
        self.keyid = keyid
        if isinstance(key, ed25519.Ed25519PrivateKey):
            self.algorithm, self.sign = "ed25519", key.sign
        else:
            derived = HKDF(hashes.SHA256(), 32, None, b"cardea/v1/request-signature").derive(key)
            self.algorithm, self.sign = "hmac-sha256", lambda base: hmac.digest(derived, base, "sha256")

    def headers(self, method, authority, target, body):
        path, _, query = target.partition("?")
        digest = "sha-256=:" + base64.b64encode(hashlib.sha256(body).digest()).decode() + ":"
        parameters = (f'{COMPONENTS};created={int(time.time())};nonce="{b64url(os.urandom(16))}";keyid="{self.keyid}";'
                      f'alg="{self.algorithm}"')
        base = "\n".join((f'"@method": {method}', f'"@authority": {authority}', f'"@path": {path}', f'"@query": ?{query}',
                          f'"content-digest": {digest}', f'"@signature-params": {parameters}'))
        signature = base64.b64encode(self.sign(base.encode())).decode()
        return {"Content-Digest": digest, "Signature-Input": f"sig1={parameters}", "Signature": f"sig1=:{signature}:"}


@dataclass
class Answer:
    status: int
    headers: dict = field(repr=False)  # names in lower case
    text: str = ""

    @property
    def json(self):
        return json.loads(self.text) if self.text else None


class Client:
    def __init__(self, port, ca_file):
        self.authority = f"127.0.0.1:{port}"
        self._connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=20,
                                                       context=ssl.create_default_context(cafile=ca_file))

    def call(self, method, target, body=None, signer=None, headers=None):
        data = b"" if body is None else json.dumps(body).encode()
        sent = dict(headers or {})
        if body is not None:
            sent["Content-Type"] = "application/json"
        if signer is not None:
            sent.update(signer.headers(method, self.authority, target, data))
        self._connection.request(method, target, data or None, sent)
        reply = self._connection.getresponse()
        text = reply.read().decode()
        return Answer(reply.status, {name.lower(): value for name, value in reply.getheaders()}, text)
