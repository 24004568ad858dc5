# SPDX-License-Identifier: Apache-2.0
"""The main job of Cardea in six chapters: card login, lost card, access key, new card. Used by quickstart.py (with a reader
who may take part) and, unattended, for each kind of card and key."""
import os

from harness.daemon import Daemon
from harness.door import CARD_OR_KEY, PASSWORD, PIN, log_in, must_enter, must_stay_out
from harness.process import Broken
from harness.server import Server

ANSWER = "A yellow house on the hill"
QUESTION = "Where did the cat sleep?"
RECORD = "story-canary wlan password: swordfish-and-chips"


def must(condition, text):
    if not condition:
        raise Broken(text)


class Cast:
    """Who and what plays in the story; filled chapter by chapter."""

    def __init__(self, world):
        self.world = world
        self.server = self.laptop = self.daemon = None
        self.lost_card = self.new_card = self.foreign_card = None
        self.password = world.secret("account-password")
        self.answer = world.secret("answer", f"{ANSWER} {os.urandom(4).hex()}")
        self.record = world.secret("record", f"{RECORD} {os.urandom(4).hex()}")

    def pin(self):
        return self.lost_card.secrets.pin

    def identity(self):
        """What proves a person to the server when he has no card."""
        return {"password": self.password, "answer": self.answer}


def a_card_and_its_world(report, cast, *, tap=False):
    report.chapter("A card in a reader, a server, a computer")
    world = cast.world
    with report.step("a server: HTTPS, SQLite, keys of its own"):
        cast.server = Server(world, tap=tap)
        report.look(f"log       {cast.server.process.log}", f"database  sqlite3 -readonly {cast.server.database} .tables")
    with report.step("a computer with a card reader: pcscd, and cards from the factory (PIN set, no Cardea keys)"):
        cast.laptop = world.computer("laptop")
        cast.lost_card = world.new_card(cast.laptop, "first")
        cast.new_card = world.new_card(cast.laptop, "second")
        cast.foreign_card = world.new_card(cast.laptop, "stranger")
        cast.laptop.slot.insert(cast.lost_card)
        report.look("card      opensc-tool --list-readers; pkcs11-tool --list-objects")
    with report.step("the recovery daemon and its card worker see the card"):
        cast.daemon = Daemon(cast.laptop, server=cast.server)
        cast.daemon.wait_for_card()
        report.look(f"log       {cast.daemon.process.log}", "state     cardea status --user owner")


def register(report, cast):
    report.chapter("The owner registers")
    with report.step("account, password, question and answer, computer, card keys, first access keys, recovery sheet"):
        done = cast.daemon.cardea("register", "--server", cast.server.url, "--account", "owner@story", "--key", cast.world.key, user="owner",
                                  answers={"pin": cast.pin(), "question": QUESTION, **cast.identity()})
        cast.sheet = cast.world.secret("sheet-code", done.json["sheet_code"])
        report.shows(done.text)
        report.look("at the server: select * from cards, computers", "on the card: pkcs11-tool --list-objects")
    with report.step("he stores a record: sealed on the card and at the server"):
        cast.daemon.cardea("records", "put", "wlan", user="owner", answers={"pin": cast.pin(), "record": cast.record})
    with report.step("secure mode is still off, and refuses to be switched on without rehearsals"):
        must_enter(log_in(cast.laptop, "owner", (PASSWORD, cast.world.passwords["owner"])))
        refused = cast.daemon.cardea("gate", "on", "--user", "owner", check=False)
        must(refused.code == 1 and "rehears" in refused.error, f"{refused.code}: {refused.error}")
        report.shows(refused.error)
