# SPDX-License-Identifier: Apache-2.0
"""Somebody who has prepared his account in a browser, and finishes it at a computer (docs/spec/drafts.md)."""
import opaque
from client import b64url, from_b64url, spki
from person import BOTH, PASSWORD, Person, noise


class Drafting(Person):
    def __init__(self, person):
        super().__init__(person.authority)
        self.account = "berta"
        self.answers = person.answers

    def draft(self, _example):
        made = self.registration_end({"card": {}, "computer": {}, "holders": []})
        return {name: made[name] for name in ("registration_id", "opaque_a_record", "opaque_b_record", "question_seal",
                                              "recovery_seal", "recovery_public", "sheet_check")}

    def guess(self, secret):
        def body(_example):
            self.login = opaque.Login(secret)
            return {"sheet_check": b64url(spki(self.sheet)), "ke1": b64url(self.login.ke1)}
        return body

    question, answer = property(lambda self: self.guess(PASSWORD)), property(lambda self: self.guess(BOTH))

    def finished(self, example):
        ke3, _ = self.login.finish(from_b64url(self.said("answer_draft_question", "ke2")))
        return {"login_id": self.said("answer_draft_question", "login_id"), "ke3": b64url(ke3), "account": self.account,
                "profile": noise(200), "card": self._card(self.card, example["card"]),
                "computer": {**example["computer"], "device_spki": b64url(spki(self.computer.key))},
                "holders": self._holders(self.card, example["holders"])}
