#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The computer in another language. First the language “qps”, in which every text of the catalogue stands between ⟦ and ⟧: whatever
a person sees outside of them was forgotten. Then German, at the prompts of a login and of the card utility. Last a locale name that is
none, which is answered in English."""
import re

from chapters import ACCOUNT, WRONG_PIN, Cast, a_card_and_its_world, must
from harness.process import run
from harness.story import story
from harness.typed_key import another_key, mistyped_key

PSEUDO = "qps"
GERMAN = "de_DE.UTF-8"
# What a person sees that is no text of ours: the name before a complaint, content of records, codes and keys, dots of a secret.
NO_TEXT = (r"^cardea: ", r"^\{.*\}$", r"^[0-9a-f]{32}.*$", r"\b[0-9A-Z]{5}(-[0-9A-Z]{5})+\b", r"pamtester: .*$", r"^What did the house look like\? ", r"•+")


def forgotten(text):
    """The lines of a text in which something is left when what stands between the marks is taken out."""
    previous = None
    while previous != text:
        previous, text = text, re.sub(r"⟦[^⟦⟧]*⟧", "", text)
    for pattern in NO_TEXT:
        text = re.sub(pattern, "", text, flags=re.MULTILINE)
    return [line for line in text.splitlines() if re.search(r"[^\W\d_]", line)]


class Person:
    """Somebody who reads a language: types commands, and logs in by pamtester."""

    def __init__(self, cast, locale):
        self.cast = cast
        self.locale = locale
        self.seen = 0

    def reads(self, text):
        if self.locale == PSEUDO:
            left = forgotten(text)
            must("⟦" in text and not left, f"not in the catalogue: {left}\nin\n{text}")
        self.seen += 1
        return text

    def cardea(self, *words, answers=None, user="owner", code=0):
        daemon = self.cast.daemon
        argv = daemon.argv(*words, "--answers", "-")
        lines = "".join(f"{name}={value}\n" for name, value in (answers or {}).items())
        done = run(daemon.computer.inside(daemon.computer.as_user(user, argv) if user else argv),
                   env=daemon.computer.environment(LC_ALL=self.locale), stdin=lines, seconds=60, check=False)
        must(done.returncode == code, f"{words} ended with {done.returncode}\n{done.stdout}{done.stderr}")
        return self.reads(done.stdout + done.stderr)

    def at_the_door(self, *typed, operation="authenticate"):
        """Answers prompt after prompt, in whatever language they are, and hangs up at a further one."""
        argv = ["pamtester", "-v", "-E", f"LC_ALL={self.locale}", "cardea-only", "owner", operation]
        computer = self.cast.laptop
        done = run(computer.inside(argv), env=computer.environment(TERM="dumb"), stdin="".join(f"{one}\n" for one in typed), seconds=40, check=False)
        return self.reads(re.sub(r"pamtester: .*\n?", "", done.stdout + done.stderr))


def only_cardea(cast):
    """A service in which nothing but our module speaks."""
    with open(f"{cast.laptop.pam_directory}/cardea-only", "w", encoding="ascii") as file:
        for kind in ("auth", "account", "password"):
            file.write(f"{kind} required {cast.laptop.module} socket={cast.laptop.socket} timeout=30\n")


def the_owner_begins(report, cast, person):
    report.chapter("Nothing is forgotten: the life of a card in the language of the marks")
    pin = cast.pin
    with report.step("before anything is there: help, status, refusals"):
        for words in (("--help",), ("gate", "--help"), ("records", "put", "--help"), ("gate", "on", "--help")):
            help_text = person.cast.daemon.computer
            done = run(help_text.inside(cast.daemon.argv(*words)), env=help_text.environment(LC_ALL=PSEUDO), check=False)
            must("⟦" in done.stdout, done.stdout)
        for words, code in ((("status",), 0), (("card", "show"), 0), (("gate", "status"), 0), (("records", "list"), 1), (("sheet", "check"), 1)):
            person.cardea(*words, code=code)
        person.cardea("gate", "on", code=1)
        person.cardea("register", "--server", cast.server.url, "--account", "not a name", code=1)
    with report.step("register, and again"):
        words = ("register", "--server", cast.server.url, "--account", ACCOUNT)
        said = person.cardea(*words, answers={"pin": pin, "question": "What did the house look like?", "sheet-confirm": "no-check", **cast.person})
        must("⟦Your recovery sheet." in said, said)
        person.cardea(*words, code=1)
        person.cardea("card", "enrol", "--user", "owner", user=None, code=1)
    with report.step("records: put, get, list, remove, sync, and one that is not there"):
        person.cardea("records", "put", "wlan", answers={"pin": pin, "secret": cast.record})
        person.cardea("records", "get", "wlan", answers={"pin": pin})
        person.cardea("records", "get", "nothing", answers={"pin": pin}, code=1)
        person.cardea("records", "list", answers={"pin": pin})
        person.cardea("records", "sync", answers={"pin": pin})
        person.cardea("records", "remove", "wlan", answers={"pin": pin})
        person.cardea("records", "list", answers={"pin": pin})
    with report.step("PIN, access keys, sheet, suspending"):
        person.cardea("card", "change-pin", answers={"pin": WRONG_PIN, "new-pin": pin}, code=5)
        person.cardea("card", "change-pin", answers={"pin": pin, "new-pin": pin}, code=5)
        for old, new in ((pin, "24680135"), ("24680135", pin)):
            person.cardea("card", "change-pin", answers={"pin": old, "new-pin": new})
        person.cardea("access-key", "check")
        person.cardea("access-key", "rotate")
        person.cardea("card", "suspend", answers={"password": "wrong"}, code=5)
        person.cardea("card", "suspend", answers=cast.person)
        person.cardea("card", "resume", answers=cast.person)
        person.cardea("status")
        person.cardea("card", "show")
        person.cardea("sheet", "check", code=1)  # no answer for the code


def the_gate(report, cast, person):
    report.chapter("The prompts of a login")
    with report.step("the rehearsals, and the gate"):
        words = ("gate", "rehearse", "--user", "owner", "--service", "cardea-only", "--admin", "admin", "--step")
        person.cardea(*words, "card", answers={"pin": cast.pin}, user=None)
        person.cardea(*words, "card", answers={"pin": WRONG_PIN}, user=None, code=1)
        key = cast.issue_access_key("access-key-rehearsal")
        person.cardea(*words, "access-key", answers={"access-key": key}, user=None)
        cast.daemon.cardea("gate", "rehearse", "--user", "owner", "--service", "cardea-test", "--admin", "admin", "--step", "break-glass",
                           answers={"password": cast.world.passwords["admin"]})
        person.cardea("gate", "on", "--user", "owner", "--confirm-within", "10m", user=None)
        person.cardea("gate", "on", "--confirm", user=None)
        person.cardea("gate", "status", user=None)
    with report.step("wrong PIN, right PIN"):
        report.shows(person.at_the_door(WRONG_PIN, cast.pin))
    with report.step("a mistyped key, a wrong key, a stranger's card, no card"):
        key = cast.issue_access_key("access-key-door")
        person.at_the_door(mistyped_key(key, 3), another_key(key), cast.pin)
        cast.laptop.slot.insert(cast.strangers_card)
        cast.daemon.wait_for_card()
        person.at_the_door("12345678", "12345678")
        cast.laptop.slot.remove()
        cast.daemon.wait_for_card(False)
        person.at_the_door("", "")
        person.at_the_door(key)
        person.at_the_door(key)
    with report.step("the new card takes over"):
        cast.laptop.slot.insert(cast.new_card)
        cast.daemon.wait_for_card()
        report.shows(person.cardea("card", "replace", answers={"pin": cast.new_card.secrets.pin, **cast.person}))
        cast.pin_now = cast.new_card.secrets.pin
        person.at_the_door(cast.pin_now)
        cast.laptop.slot.insert(cast.own_card)
        cast.daemon.wait_for_card()
        person.at_the_door(cast.pin)
        cast.laptop.slot.insert(cast.new_card)
        cast.daemon.wait_for_card()
    with report.step("without the server"):
        cast.server.stop()
        person.cardea("access-key", "check", code=3)
        person.cardea("records", "list", answers={"pin": cast.pin_now})
        cast.server.start()
        must(person.seen > 35, f"only {person.seen} outputs were looked at")


def german(report, cast):
    report.chapter("In German")
    person = Person(cast, GERMAN)
    with report.step("at the door"):
        seen = person.at_the_door(WRONG_PIN, cast.pin_now)
        must("PIN für Karte „" in seen and "Falsche PIN. Noch 2 Versuche. PIN für Karte „" in seen, seen)
        report.shows(seen)
    with report.step("in the card utility"):
        must("owner ist als Konto owner@story eingerichtet." in person.cardea("status"), "status")
        refused = person.cardea("records", "get", "nichts", answers={"pin": cast.pin_now}, code=1)
        must("cardea: Es gibt keinen Datensatz „nichts“. Siehe „cardea records list“." in refused, refused)
        report.shows(refused)
    with report.step("what a script reads stays English, and so does the log"):
        done = run(cast.laptop.inside(cast.daemon.argv("records", "get", "nichts", "--user", "owner", "--json", "--answers", "-")),
                   env=cast.laptop.environment(LC_ALL=GERMAN), stdin=f"pin={cast.pin_now}\n", check=False)
        must('"message":"There is no record “nichts”. See “cardea records list”."' in done.stdout, done.stdout)
        log = cast.daemon.process.log_text()
        must("There is no record" in log and "Datensatz" not in log and "⟦" not in log, "the log of cardea-recoveryd is translated")


def hostile(report, cast):
    report.chapter("A locale name that is none")
    with report.step("is answered in English"):
        for name in ("../../../../tmp/evil", "de/../../x", "d" * 4000, "de\u00e9"):
            person = Person(cast, name)
            must("PIN for card “" in person.at_the_door(cast.pin_now), name[:40])
            must("owner is enrolled as account owner@story." in person.cardea("status"), name[:40])
    with report.step("and a computer that speaks German speaks it to whoever names no language"):
        cast.daemon.stop()
        cast.daemon.start(LC_ALL=GERMAN)
        cast.daemon.wait_for_card()
        done = run(cast.laptop.inside(["pamtester", "-v", "cardea-only", "owner", "authenticate"]), env={"PATH": "/usr/bin"},
                   stdin=f"{cast.pin_now}\n", check=False)
        must("PIN für Karte „" in done.stdout + done.stderr, done.stdout + done.stderr)
        must("PIN for card “" in Person(cast, "en_GB.UTF-8").at_the_door(cast.pin_now), "English was asked for")


def play(report, world):
    cast = Cast(world)
    a_card_and_its_world(report, cast)
    only_cardea(cast)
    person = Person(cast, PSEUDO)
    the_owner_begins(report, cast, person)
    the_gate(report, cast, person)
    german(report, cast)
    hostile(report, cast)


if __name__ == "__main__":
    story("in_another_language", play)
