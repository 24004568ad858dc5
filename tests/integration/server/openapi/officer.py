# SPDX-License-Identifier: Apache-2.0
"""Two help-desk officers and a security key (docs/spec/officers.md), and a browser that waits for a card (docs/spec/pairing.md)."""
import hashlib
import json
import os
import struct
import time

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from client import Signer, b64url, ecdsa, from_b64url, key_id, spki
from opaque import lp

USER_PRESENT_AND_VERIFIED = 0x05
CREDENTIAL_INCLUDED = 0x40


class SecurityKey:
    """What a browser answers for a WebAuthn key."""

    def __init__(self, authority):
        self.key, self.id, self.count = ec.generate_private_key(ec.SECP256R1()), os.urandom(32), 0
        self.origin, self.party = f"https://{authority}", hashlib.sha256(authority.split(":")[0].encode()).digest()

    def client_data(self, kind, challenge):
        return json.dumps({"type": f"webauthn.{kind}", "challenge": b64url(challenge), "origin": self.origin}).encode()

    def _authenticator_data(self, flags):
        self.count += 1
        return self.party + bytes([flags]) + struct.pack(">I", self.count)

    def created(self, challenge):
        """clientDataJSON, authenticator data."""
        known = os.urandom(16) + struct.pack(">H", len(self.id)) + self.id
        return (self.client_data("create", challenge),
                self._authenticator_data(USER_PRESENT_AND_VERIFIED | CREDENTIAL_INCLUDED) + known)

    def asserted(self, challenge):
        """clientDataJSON, authenticator data, signature."""
        client, data = self.client_data("get", challenge), self._authenticator_data(USER_PRESENT_AND_VERIFIED)
        return client, data, self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))


class Officer:
    def __init__(self, person, name):
        self.person, self.name = person, name
        self.card, self.session_key = ec.generate_private_key(ec.SECP256R1()), ed25519.Ed25519PrivateKey.generate()
        self.id = key_id(self.card)
        self.signer = None  # of his session by card
        self.key_signer = None  # of his session by a security key

    def _session(self, label):
        challenge, ends = self.person.said("make_challenge", "challenge"), int(time.time()) + 3600
        signed = (lp(label) + lp(self.person.authority.encode()) + lp(from_b64url(challenge)) + lp(spki(self.session_key)) +
                  ends.to_bytes(8, "big"))
        return signed, {"challenge": challenge, "session_spki": b64url(spki(self.session_key)), "expires_at": ends}

    def card_session(self, _example):
        signed, body = self._session(b"cardea/v1/officer-session")
        return {**body, "officer_id": self.id, "signature": b64url(ecdsa(self.card, signed))}

    def opened(self, answer):
        self.signer = Signer("officer:" + answer["session_id"], self.session_key)

    def new_key(self, _example):
        self.security_key = SecurityKey(self.person.authority)
        code = self.person.said("make_officer_key_code", "code")
        challenge = hashlib.sha256(lp(b"cardea/v1/officer-key-add") + lp(self.person.authority.encode()) + lp(code.encode())).digest()
        client, data = self.security_key.created(challenge)
        return {"code": code, "credential_id": b64url(self.security_key.id), "spki": b64url(spki(self.security_key.key)),
                "client_data": b64url(client), "authenticator_data": b64url(data)}

    def key_session(self, _example):
        signed, body = self._session(b"cardea/v1/officer-key-session")
        client, data, signature = self.security_key.asserted(hashlib.sha256(signed).digest())
        return {**body, "credential_id": b64url(self.security_key.id), "client_data": b64url(client),
                "authenticator_data": b64url(data), "signature": b64url(signature)}

    def touch(self, what):
        """His security key has been touched for this."""
        challenge = from_b64url(self.person.said("make_challenge", "challenge"))
        text = json.dumps(what, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        signed = (lp(b"cardea/v1/officer-touch") + lp(self.person.authority.encode()) + lp(challenge) +
                  lp(bytes.fromhex(self.session)) + lp(text))
        client, data, signature = self.security_key.asserted(hashlib.sha256(signed).digest())
        return {"challenge": b64url(challenge), "credential_id": b64url(self.security_key.id), "client_data": b64url(client),
                "authenticator_data": b64url(data), "signature": b64url(signature)}

    def closes_registration(self, _example):
        version = self.person.said("get_policies", "version")
        what = {"do": "policy-set", "name": "registration", "value": "closed", "version": version}
        return {"value": "closed", "touch": self.touch(what)}

    def reads_history(self, _example):
        what = {"do": "history-read", "account": self.person.account}
        return {"account": self.person.account, "touch": self.touch(what)}

    def opened_by_key(self, answer):
        self.session = answer["session_id"]
        self.key_signer = Signer("officer:" + answer["session_id"], self.session_key)

    def asks_for_key(self, _example):
        return {"user_id": self.person.user, "kind": "access-key", "computer_id": self.person.computer.id}

    def asks_for_account(self, _example):
        return {"user_id": self.person.user, "kind": "open-account", "computer_id": None}

    def seal(self):
        return {"officer_id": self.id, "name": self.name, "seal": b64url(os.urandom(115))}


def waiting_browser(pairing):
    """The body with which a browser begins to wait; the server looks at sizes and keys only."""
    def body(_example):
        point = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
        seal_key = b"\x04" + point.x.to_bytes(32, "big") + point.y.to_bytes(32, "big")
        return {"pairing_id": pairing, "session_spki": b64url(spki(ed25519.Ed25519PrivateKey.generate())),
                "seal_key": b64url(seal_key), "cover": b64url(os.urandom(94))}
    return body
