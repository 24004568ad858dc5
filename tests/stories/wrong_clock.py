#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A clock is wrong by a year, ahead or behind: the computer's, the server's, that of the computer where somebody recovers. What needs
no clock works: the card, an access key. What needs one says whose clock to look at and changes nothing; with the clock set right the
next try works."""
from chapters import ACCOUNT, Cast, a_card_and_its_world, must, register
from harness.clock import ProgramClock
from harness.daemon import recover
from harness.door import CARD_OR_KEY, PIN, log_in, must_enter, must_stay_out
from harness.story import story

REFUSED = 1
YEAR = 366  # days
WRONG = (("a year ahead", YEAR), ("a year behind", -YEAR))
CLOCK = "clock"


def refused(answer):
    must(answer.code == REFUSED and CLOCK in answer.error, f"exit code {answer.code}: {answer.text}{answer.error}")


class Wrong:
    """For the length of a block."""

    def __init__(self, days, *clocks):
        self._days, self._clocks = days, clocks

    def __enter__(self):
        for clock in self._clocks:
            clock.is_off_by(self._days)

    def __exit__(self, *_):
        for clock in self._clocks:
            clock.is_off_by(0)


def rows(cast, table):
    return int(cast.server.sql(f"select count(*) from {table}"))


def registration(report, cast):
    report.chapter("Registration with a wrong clock")
    for whose, clock in (("the computer's", cast.laptop_clock), ("the server's", cast.server_clock)):
        for how, days in WRONG:
            with report.step(f"{whose} is {how}: refused, and nobody is enrolled here or there"), Wrong(days, clock):
                refused(cast.daemon.register("owner", cast.server, ACCOUNT, cast.person, cast.own_card, check=False))
                must("enrolment" not in cast.daemon.status(), "somebody is enrolled")
                must(rows(cast, "users") == 0, "the server has an account")


def enters(cast, card):
    cast.laptop.slot.insert(card)
    cast.daemon.wait_for_card()
    return log_in(cast.laptop, "owner", (PIN, card.secrets.pin))


def enters_by_key(cast, key):
    cast.laptop.slot.remove()
    cast.daemon.wait_for_card(False)
    return log_in(cast.laptop, "owner", (CARD_OR_KEY, key))


def logins(report, cast):
    report.chapter("Login with a wrong clock")
    keys = [cast.issue_access_key(f"access-key-clock-{number}") for number in range(4)]
    for how, days in WRONG:
        with report.step(f"{how}: the card opens, and an access key, once"), Wrong(days, cast.laptop_clock):
            must_enter(enters(cast, cast.own_card))
            key = keys.pop(0)
            must_enter(enters_by_key(cast, key))
            must_stay_out(enters_by_key(cast, key), "This access key does not open this computer.")
    report.chapter("Login with a wrong clock where the age of the last contact counts (max_offline)")
    cast.laptop.slot.insert(cast.own_card)
    cast.daemon.configure(["gate = card_required", f"max_offline = {30 * 86400}"])
    cast.daemon.cardea("access-key", "rotate", user="owner")
    keys = [cast.issue_access_key(f"access-key-offline-{number}") for number in range(2)]
    for (how, days), text in zip(WRONG, ("without contact to the server for too long", "The clock of this computer is behind")):
        with report.step(f"{how}: no card opens, and the reason is said; an access key does"), Wrong(days, cast.laptop_clock):
            must_stay_out(enters(cast, cast.own_card), text)
            must_enter(enters_by_key(cast, keys.pop(0)))
        with report.step("set right: the card opens"):
            must_enter(enters(cast, cast.own_card))


def with_the_server(report, cast):
    report.chapter("What goes to the server with a wrong clock")
    person = ProgramClock(cast.world, "elsewhere")
    cast.laptop.slot.insert(cast.new_card)
    cast.daemon.wait_for_card()

    def nothing_goes(recovers, works_here):
        before = cast.daemon.status()["enrolment"]
        issued = cast.server.sql("select generation, issued, used from generations")
        if recovers:
            refused(recover(cast.world, cast.server, ACCOUNT, cast.person, clock=person, check=False))
        if works_here:
            refused(cast.daemon.cardea("access-key", "rotate", user="owner", check=False))
            refused(cast.daemon.cardea("card", "replace", user="owner", check=False,
                                       answers={"pin": cast.new_card.secrets.pin, **cast.person}))
        must(cast.daemon.status()["enrolment"] == before, f"{before}\n{cast.daemon.status()}")
        must(cast.server.sql("select generation, issued, used from generations") == issued and rows(cast, "cards") == 1, "the server has changed something")
    places = (("where somebody recovers", person, True, False), ("at the computer", cast.laptop_clock, False, True),
              ("at the server", cast.server_clock, True, True))
    for how, days in WRONG:
        for where, clock, recovers, works_here in places:
            with report.step(f"{where} it is {how}: no access key is given out, none is made, no card takes over"):
                with Wrong(days, clock):
                    nothing_goes(recovers, works_here)
                cast.issue_access_key(f"access-key-{days}-{where}")  # set right it works, which ends the count of guesses
    with report.step("all are a year ahead: they agree, and it works"), Wrong(YEAR, person, cast.laptop_clock, cast.server_clock):
        cast.access_key = cast.world.secret("access-key-ahead", recover(cast.world, cast.server, ACCOUNT, cast.person, clock=person).json["access-key"])
        must(cast.daemon.cardea("access-key", "check", user="owner", check=False).code == 0, "the computer can't check in")
    with report.step("set right: the computer has seen a time that is not yet, until its next contact"):
        must_stay_out(enters(cast, cast.own_card), "The clock of this computer is behind")
        must(cast.daemon.cardea("access-key", "check", user="owner", check=False).code == 0, "the computer can't check in")
        must_enter(enters(cast, cast.own_card))
        must_enter(enters_by_key(cast, cast.access_key))
    with report.step("and the new card takes over"):
        cast.laptop.slot.insert(cast.new_card)
        cast.daemon.wait_for_card()
        cast.daemon.cardea("card", "replace", "--key", cast.world.key, user="owner", answers={"pin": cast.new_card.secrets.pin, **cast.person})
        must_enter(enters(cast, cast.new_card))


def run(report, world):
    clocks = {"laptop_clock": ProgramClock(world, "laptop"), "server_clock": ProgramClock(world, "server")}
    cast = Cast(world, daemon_parts={"clock": clocks["laptop_clock"]}, server_parts={"clock": clocks["server_clock"]})
    cast.laptop_clock, cast.server_clock = clocks["laptop_clock"], clocks["server_clock"]
    a_card_and_its_world(report, cast)
    registration(report, cast)
    register(report, cast)
    cast.daemon.configure(["gate = card_required"])
    logins(report, cast)
    with_the_server(report, cast)


if __name__ == "__main__":
    story("wrong_clock", run)
