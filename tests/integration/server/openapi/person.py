# SPDX-License-Identifier: Apache-2.0
"""Somebody with a card, a computer, a password and an answer, and what he would put into each request. The envelopes are
random: the server can't tell."""
import os
import time

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

import opaque
from client import Signer, b64url, ecdsa, from_b64url, key_id, spki
from officer import Officer
from opaque import lp
from region import Region

PASSWORD = b"correct horse battery"
BOTH = lp(PASSWORD) + lp(b"rex the dog")


def noise(size):
    return b64url(os.urandom(size))


def envelope():
    """lp(wrapped key) ‖ body, of a record."""
    return b64url(lp(os.urandom(94)) + os.urandom(272))


class Card:
    def __init__(self):
        self.auth, self.wrap = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        self.id = key_id(self.auth)


class Computer:
    def __init__(self):
        self.key = ed25519.Ed25519PrivateKey.generate()
        self.id = key_id(self.key)
        self.signer = Signer(f"device:{self.id}", self.key)


class Person:
    def __init__(self, authority):
        self.authority = authority
        self.account = "anna"
        self.card, self.computer, self.desk, self.new_card = Card(), Computer(), Computer(), Card()
        recovery = ec.generate_private_key(ec.SECP256R1()).public_key()
        self.recovery = recovery.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
        self.record = os.urandom(16).hex()
        self.sheet = ed25519.Ed25519PrivateKey.generate()
        self.officer, self.second = Officer(self, "meier"), Officer(self, "huber")
        self.south = Region("south")
        self.session_key = ed25519.Ed25519PrivateKey.generate()
        self.login_key = ed25519.Ed25519PrivateKey.generate()
        self.check_k0 = noise(32)
        self.seal = noise(115)
        self.session = None     # Signer: password, then answer
        self.answers = {}       # the last answer of each operation

    @property
    def user(self):
        return self.answers["start_registration"]["user_id"]

    def said(self, operation, name):
        return self.answers[operation][name]

    # --- bodies, as changes of the document's example
    def registration(self, _example):
        self.a, self.b = opaque.Registration(PASSWORD), opaque.Registration(BOTH)
        return {"account": self.account, "opaque_a_request": b64url(self.a.request), "opaque_b_request": b64url(self.b.request)}

    def _card(self, card, example):
        proof = lp(b"cardea/v1/card-proof") + lp(bytes.fromhex(self.user)) + lp(spki(card.auth)) + lp(spki(card.wrap))
        return {**example, "auth_spki": b64url(spki(card.auth)), "wrap_spki": b64url(spki(card.wrap)),
                "proof": b64url(ecdsa(card.auth, proof + lp(self.recovery)))}

    @staticmethod
    def _holders(card, example):
        return [{**holder, "ref": card.id if holder["kind"] == "card" else holder["ref"], "envelope": noise(104)}
                for holder in example]

    def registration_end(self, example):
        started = self.answers["start_registration"]
        record = {name: b64url(part.record(from_b64url(started[f"{name}_response"])))
                  for name, part in (("opaque_a", self.a), ("opaque_b", self.b))}
        return {"registration_id": started["registration_id"], "opaque_a_record": record["opaque_a"],
                "opaque_b_record": record["opaque_b"], "question_seal": noise(100), "recovery_seal": noise(104),
                "recovery_public": b64url(self.recovery), "profile": noise(200), "card": self._card(self.card, example["card"]),
                "computer": {**example["computer"], "device_spki": b64url(spki(self.computer.key))},
                "holders": self._holders(self.card, example["holders"]), "sheet_check": b64url(spki(self.sheet))}

    def login_a(self, _example):
        self.login = opaque.Login(PASSWORD)
        return {"account": self.account, "ke1": b64url(self.login.ke1)}

    def login_b(self, _example):
        self.login = opaque.Login(BOTH)
        return {"ke1": b64url(self.login.ke1)}

    def login_end(self, operation):
        def body(_example):
            ke3, self.opaque_key = self.login.finish(from_b64url(self.said(operation, "ke2")))
            return {"login_id": self.said(operation, "login_id"), "ke3": b64url(ke3)}
        return body

    def opened(self, answer):
        self.session = Signer("session:" + answer["session_id"], self.opaque_key)

    def card_session(self, _example):
        challenge, ends = self.said("make_challenge", "challenge"), int(time.time()) + 3600
        proof = (lp(b"cardea/v1/session") + lp(self.authority.encode()) + lp(from_b64url(challenge)) +
                 lp(spki(self.session_key)) + ends.to_bytes(8, "big"))
        return {"card_id": self.card.id, "challenge": challenge, "session_spki": b64url(spki(self.session_key)),
                "expires_at": ends, "signature": b64url(ecdsa(self.card.auth, proof))}

    def access_key_session(self, _example):
        challenge, generation = self.said("make_challenge", "challenge"), self.said("begin_access_keys", "generation")
        proof = (lp(b"cardea/v1/access-key-session") + lp(self.authority.encode()) + lp(from_b64url(challenge)) +
                 lp(bytes.fromhex(self.computer.id)) + lp(bytes.fromhex(self.user)) + generation.to_bytes(4, "big"))
        return {"computer_id": self.computer.id, "user_id": self.user, "generation": generation, "challenge": challenge,
                "session_spki": b64url(spki(self.session_key)), "signature": b64url(self.login_key.sign(proof))}

    def sheet_proof(self, purpose):
        def body(_example):
            challenge = self.said("make_challenge", "challenge")
            proof = (lp(b"cardea/v1/sheet-proof") + lp(self.authority.encode()) + lp(from_b64url(challenge)) +
                     lp(self.account.lower().encode()) + lp(purpose.encode()))
            return {"account": self.account, "challenge": challenge, "signature": b64url(self.sheet.sign(proof))}
        return body

    def added_computer(self, example):
        proof = lp(b"cardea/v1/computer-proof") + lp(bytes.fromhex(self.user)) + lp(spki(self.desk.key))
        holder = {**example["holders"][0], "ref": self.desk.id, "envelope": noise(104)}
        return {"device_spki": b64url(spki(self.desk.key)), "proof": b64url(self.desk.key.sign(proof)), "holders": [holder]}

    def generation(self, example):
        given = {"user_id": self.user, "generation": self.said("begin_access_keys", "generation"), "check_k0": self.check_k0,
                 "seal": self.seal, "login_public": b64url(spki(self.login_key))}
        given["officer_seals"] = [self.officer.seal()]
        return {name: value for name, value in given.items() if name in example}

    def replacement(self, example):
        proof = (lp(b"cardea/v1/replace-proof") + lp(bytes.fromhex(self.user)) + lp(bytes.fromhex(self.new_card.id)) +
                 (2).to_bytes(4, "big"))
        return {"card": self._card(self.new_card, example["card"]), "holders": self._holders(self.new_card, example["holders"]),
                "epoch_seal": noise(94), "sheet_check": b64url(spki(self.sheet)), "computer_id": self.computer.id, "computer_proof": b64url(self.computer.key.sign(proof))}
