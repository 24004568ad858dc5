# SPDX-License-Identifier: Apache-2.0
"""The main job of Cardea in six chapters: card login, lost card, access key, new card. Played by quickstart.py, with a reader
who may take part or unattended, and by other stories that go on from a chapter."""
import secrets

from harness.daemon import Daemon, recover
from harness.door import CARD_OR_KEY, PASSWORD, PIN, log_in, must_enter, must_stay_out
from harness.process import Broken, wait_until
from harness.server import Server
from harness.typed_key import another_key, is_well_formed, mistyped_key

ACCOUNT = "owner@story"
WRONG_PIN = "99999999"  # no pin() is that


def must(condition, text):
    if not condition:
        raise Broken(text)


class Cast:
    """Who and what plays; filled chapter by chapter."""

    def __init__(self, world, *, tap=False, daemon_parts=None, server_parts=None):
        self.world = world
        self.tap = tap
        self.daemon_parts = daemon_parts or {}
        self.server_parts = server_parts or {}
        self.server = self.laptop = self.daemon = None
        self.own_card = self.new_card = self.strangers_card = None
        self.sheet = self.access_key = self.record_id = None
        self.record = world.secret("record", f"wlan password: swordfish {secrets.token_hex(8)}")
        self.person = {"password": world.secret("account-password"), "answer": world.secret("answer", f"A yellow house {secrets.token_hex(6)}")}

    @property
    def pin(self):
        return self.own_card.secrets.pin

    def enters_by_pin(self, pin=None, **options):
        return log_in(self.laptop, "owner", (PIN, pin or self.pin), **options)

    def issue_access_key(self, name):
        done = recover(self.world, self.server, ACCOUNT, self.person)
        return self.world.secret(name, done.json["access-key"])


def a_card_and_its_world(report, cast):
    report.chapter("A card in a reader, a computer, a server")
    world = cast.world
    with report.step("the server: HTTPS over SQLite, with keys of its own"):
        cast.server = Server(world, tap=cast.tap, **cast.server_parts)
        report.look(f"log        {cast.server.process.log}", f"database   sqlite3 -readonly {cast.server.database} .tables")
    with report.step("the computer with a real pcscd, and cards as they are bought: a PIN, no Cardea keys"):
        cast.laptop = world.computer("laptop")
        cast.own_card = world.new_card(cast.laptop, "first")
        cast.new_card = world.new_card(cast.laptop, "second")
        cast.strangers_card = world.new_card(cast.laptop, "stranger")
        cast.laptop.slot.insert(cast.own_card)
        report.look("readers    opensc-tool --list-readers", f"log        {cast.laptop.pcscd.process.log}")
    with report.step("cardea-recoveryd and its card worker see the card"):
        cast.daemon = Daemon(cast.laptop, server=cast.server, **cast.daemon_parts)
        cast.daemon.wait_for_card()
        report.look("state      cardea status --user owner", f"log        {cast.daemon.process.log}")


def register(report, cast):
    report.chapter("The owner registers")
    world = cast.world
    with report.step("cardea register: account, password, question, answer; keys on the card, access keys, recovery sheet"):
        done = cast.daemon.register("owner", cast.server, ACCOUNT, cast.person, cast.own_card)
        cast.sheet = world.secret("sheet-code", done.json["sheet-code"])
        report.shows(done.lines)
        report.look("database   select * from cards; select * from computers", "card       pkcs11-tool --list-objects")
    with report.step("he stores a record: sealed, on the card and at the server"):
        done = cast.daemon.cardea("records", "put", "wlan", user="owner", answers={"pin": cast.pin, "secret": cast.record})
        cast.record_id = done.json["record_id"]
        must(done.json["on_card"], done.text)
        report.look("database   select * from records", "card       cardea records list")
    with report.step("secure mode is off, his Unix password still opens"):
        must_enter(log_in(cast.laptop, "owner", (PASSWORD, world.passwords["owner"])))


def close_the_gate(report, cast):
    report.chapter("The gate is rehearsed and closed")
    world = cast.world
    with report.step("cardea gate on refuses before the rehearsals"):
        refused = cast.daemon.cardea("gate", "on", "--user", "owner", check=False)
        must(refused.code == 1 and "Not yet rehearsed" in refused.error, f"{refused.code}: {refused.error}")
        report.shows(refused.error)

    def rehearse(step, answers):
        return cast.daemon.cardea("gate", "rehearse", "--user", "owner", "--service", "cardea-test", "--admin", "admin", "--step", step,
                                  answers=answers)
    with report.step("rehearsed: login with the card"):
        rehearse("card", {"pin": cast.pin})
    with report.step("rehearsed: login with an access key"):
        rehearse("access-key", {"access-key": cast.issue_access_key("access-key-rehearsal")})
    with report.step("rehearsed: the administrator's break-glass login, without any card"):
        rehearse("break-glass", {"password": world.passwords["admin"]})
    with report.step("cardea gate on"):
        report.shows(cast.daemon.cardea("gate", "on", "--user", "owner").lines)
        report.look("state      cardea gate status --user owner")


def at_the_door(report, cast):
    report.chapter("At the door")
    with report.step("the PIN lets in: su, login and pamtester"):
        report.takes_part(cast)
        report.shows(must_enter(cast.enters_by_pin()).text)
        must_enter(cast.enters_by_pin(door="pamtester"))
        must_enter(cast.enters_by_pin(door="login"))
    with report.step("his Unix password does not"):
        must_stay_out(cast.enters_by_pin(cast.world.passwords["owner"]))
    with report.step("a wrong PIN does not, and says how many tries are left"):
        report.shows(must_stay_out(cast.enters_by_pin(WRONG_PIN), "Wrong PIN. 2 tries left.").text)
        must_enter(cast.enters_by_pin())
    with report.step("somebody else's card does not"):
        cast.laptop.slot.insert(cast.strangers_card)
        cast.daemon.wait_for_card()
        seen = must_stay_out(log_in(cast.laptop, "owner", (CARD_OR_KEY, cast.strangers_card.secrets.pin)), "This is not the card enrolled for owner.")
        report.shows(seen.text)
    with report.step("without a card the prompt asks for an access key"):
        cast.laptop.slot.remove()
        cast.daemon.wait_for_card(False)
        seen = must_stay_out(log_in(cast.laptop, "owner", (CARD_OR_KEY, "")))
        must(PASSWORD not in seen.text, f"nothing typed leads on to the Unix password:\n{seen.text}")
        report.shows(seen.text)
    with report.step("the administrator gets in with his own password"):
        must_enter(log_in(cast.laptop, "admin", (PASSWORD, cast.world.passwords["admin"])))


def card_lost(report, cast):
    report.chapter("The card is lost")
    with report.step("cardea recover, from another computer: password and answer show an access key"):
        cast.access_key = cast.issue_access_key("access-key-lost-card")
        must(is_well_formed(cast.access_key), cast.access_key)
        report.shows(f"access key: {cast.access_key}")
        report.look("database   select * from audit")
    key = cast.access_key
    with report.step("typed with a mistake: the prompt names the group, and no try is counted"):
        seen = must_stay_out(log_in(cast.laptop, "owner", (CARD_OR_KEY, mistyped_key(key, 3))), "Group 3 of the access key is mistyped.")
        must(cast.daemon.wrong_keys() == 0, "a try was counted")
        report.shows(seen.text)
    with report.step("a wrong key is refused and counted"):
        must_stay_out(log_in(cast.laptop, "owner", (CARD_OR_KEY, another_key(key))), "This access key does not open this computer.")
        must(cast.daemon.wrong_keys() == 1, f"{cast.daemon.wrong_keys()} tries were counted")
    with report.step("the right one lets in, with the server stopped"):
        cast.server.stop()
        seen = must_enter(log_in(cast.laptop, "owner", (CARD_OR_KEY, key)))
        must("Access key accepted. It can't be used again." in seen.text, seen.text)
        report.shows(seen.text)
    with report.step("the same key a second time does not"):
        must_stay_out(log_in(cast.laptop, "owner", (CARD_OR_KEY, key)), "This access key does not open this computer.")
        cast.server.start()


def new_card(report, cast):
    report.chapter("A new card takes over")
    with report.step("cardea card replace: the blank card gets keys, data and rights; new access keys, new recovery sheet"):
        cast.laptop.slot.insert(cast.new_card)
        cast.daemon.wait_for_card()
        done = cast.daemon.cardea("card", "replace", "--key", cast.world.key, user="owner",
                                  answers={"pin": cast.new_card.secrets.pin, **cast.person})
        cast.world.secret("sheet-code-2", done.json["sheet-code"])
        must(done.json["revoked"] == 1 and done.json["records_on_card"] == 1, done.text)
        report.shows(done.lines)
    with report.step("the new card logs in"):
        must_enter(cast.enters_by_pin(cast.new_card.secrets.pin))
    with report.step("its records are there, also with the server stopped"):
        cast.server.stop()
        done = cast.daemon.cardea("records", "get", cast.record_id, user="owner", answers={"pin": cast.new_card.secrets.pin})
        must(cast.record in str(done.json["record"]) and done.json["source"] == "card", done.text)
        cast.server.start()
    with report.step("the old card, found again, is refused by the computer"):
        cast.laptop.slot.insert(cast.own_card)
        cast.daemon.wait_for_card()
        seen = must_stay_out(cast.enters_by_pin(), "This card has been replaced or reported lost. It does not open this computer.")
        report.shows(seen.text)
    with report.step("and by the server"):
        refused = cast.daemon.register("owner", cast.server, ACCOUNT, cast.person, cast.own_card, existing=True, check=False)
        must(refused.code != 0 and "replaced or reported lost at the server" in refused.error, f"{refused.code}: {refused.error}")
        report.shows(refused.error)
    with report.step("with the new card in the reader everything is as before"):
        cast.laptop.slot.insert(cast.new_card)
        cast.daemon.wait_for_card()
        wait_until(lambda: cast.enters_by_pin(cast.new_card.secrets.pin).granted, "the new card to open")


CHAPTERS = (a_card_and_its_world, register, close_the_gate, at_the_door, card_lost, new_card)
