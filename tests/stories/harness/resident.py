# SPDX-License-Identifier: Apache-2.0
"""Somebody who lives with his computer: it has a server behind it, his card opens it, and access keys wait at the server. Where the
stories of the doors begin."""
from .daemon import Daemon, recover
from .door import PIN
from .process import Broken, wait_until
from .server import Server

SECURE = ("gate = card_required",)
WRONG_PIN = "99999999"  # no pin() is that


class Resident:
    """`user` is registered with his card, which lies in the reader; whatever `policy` adds, the gate is closed."""

    def __init__(self, report, world, user="owner", policy=()):
        self.world = world
        self.user = user
        self.account = f"{user}@story"
        self.proof = {"password": world.secret(f"password-{user}"), "answer": world.secret(f"answer-{user}")}
        self._keys = 0
        report.chapter("A computer whose owner has a card")
        with report.step("a server, a computer, a card; the owner registers, and the gate is closed"):
            self.server = Server(world)
            self.computer = world.computer("laptop")
            self.card = world.new_card(self.computer, user)
            self.computer.slot.insert(self.card)
            self.daemon = Daemon(self.computer, server=self.server, policy=[*SECURE, *policy])
            self.daemon.wait_for_card()
            self.daemon.register(user, self.server, self.account, self.proof, self.card)

    @property
    def pin(self):
        return self.card.secrets.pin

    @property
    def by_pin(self):
        """An answer for log_in."""
        return (PIN, self.pin)

    def new_key(self):
        """An access key that was never used, from the server."""
        self._keys += 1
        done = recover(self.world, self.server, self.account, self.proof)
        return self.world.secret(f"access-key-{self.user}-{self._keys}", done.json["access-key"])

    def takes_card_away(self):
        self.computer.slot.pull()
        self.daemon.wait_for_card(False)

    def puts_card_in(self):
        self.computer.slot.push()
        self.daemon.wait_for_card()

    def card_use(self):
        """What the card has seen so far: commands that were carried out for a login, and the PIN's tries that are left."""
        return self.computer.slot.stat()

    def lets_the_card_rest(self):
        """Until nobody gives the card commands any more: after it was put in or logged in with it is looked at once more."""
        quiet = []

        def look():
            quiet.append(self.card_use()["apdus"])
            return len(quiet) > 20 and len(set(quiet[-20:])) == 1
        wait_until(look, "the card to be left in peace")

    def remote_wrong_keys(self):
        return self.daemon.status(self.user)["enrolment"]["wrong_access_keys_remote"]

    def the_card_was_left_alone(self, before):
        """Since `before` = card_use() nobody has given the card a command."""
        now = self.card_use()
        if now != before:
            raise Broken(f"the card was touched: {before}, then {now}")
