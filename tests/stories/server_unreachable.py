#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The server is down, silent, or not the right one. What needs no server goes on; what needs it fails with a clear word and changes
nothing; when the server is back everything works."""
import os
import signal

from chapters import ACCOUNT, Cast, a_card_and_its_world, at_the_door, close_the_gate, must, register
from harness.daemon import recover
from harness.door import CARD_OR_KEY, log_in, must_enter
from harness.private_etc import write
from harness.process import run as run_program
from harness.story import story

UNREACHABLE = 3  # exit code of the utility
REFUSED = 1


def fails(answer, code, *words):
    must(answer.code == code, f"exit code {answer.code}: {answer.text}{answer.error}")
    for word in words:
        must(word in answer.error, f"“{word}” was not said: {answer.error}")


def before_registration(report, cast):
    report.chapter("Registration meets a server that it can't use")
    with report.step("the server is down: says so, and enrols nobody"):
        cast.server.stop()
        fails(cast.daemon.register("owner", cast.server, ACCOUNT, cast.person, cast.own_card, check=False), UNREACHABLE, "localhost")
        must("enrolment" not in cast.daemon.status(), "somebody is enrolled")
        cast.server.start()
    with report.step("its certificate is signed by nobody who is trusted: refused before anything is sent"):
        stranger = os.path.join(cast.laptop.directory, "stranger.pem")
        run_program(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-days", "2", "-subj",
                     "/CN=Somebody else", "-keyout", os.devnull, "-out", stranger])
        with open(cast.daemon.config, encoding="utf-8") as file:
            good = file.read()
        write(cast.daemon.config, good.replace(cast.server.ca_file, stranger), 0o600)
        cast.daemon.restart()
        fails(cast.daemon.register("owner", cast.server, ACCOUNT, cast.person, cast.own_card, check=False), REFUSED, "certificate")
        write(cast.daemon.config, good, 0o600)
        cast.daemon.restart()


def needing_it(cast, everything):
    """A silent server costs each request its whole time: then only one is tried."""
    fails(cast.daemon.cardea("access-key", "rotate", user="owner", check=False), UNREACHABLE)
    if not everything:
        return
    fails(recover(cast.world, cast.server, ACCOUNT, cast.person, check=False), UNREACHABLE)
    fails(cast.daemon.cardea("records", "put", "more", user="owner", answers={"pin": cast.pin, "secret": "x"}, check=False), UNREACHABLE)
    cast.laptop.slot.insert(cast.new_card)
    cast.daemon.wait_for_card()
    fails(cast.daemon.cardea("card", "replace", user="owner", answers={"pin": cast.new_card.secrets.pin, **cast.person}, check=False), UNREACHABLE)
    cast.laptop.slot.insert(cast.own_card)
    cast.daemon.wait_for_card()


def afterwards(report, cast):
    report.chapter("The server goes away afterwards")
    pin = {"pin": cast.pin}
    cast.laptop.slot.insert(cast.own_card)
    cast.daemon.wait_for_card()
    cast.access_key = cast.issue_access_key("access-key-offline")
    for state, away, back in (("down", cast.server.stop, cast.server.start),
                              ("silent", lambda: cast.server.process.signal(signal.SIGSTOP), lambda: cast.server.process.signal(signal.SIGCONT))):
        away()
        with report.step(f"{state}: the card logs in, and the computer still says how it is"):
            must_enter(cast.enters_by_pin())
            cast.daemon.status()
        with report.step(f"{state}: what is on the card is there"):
            done = cast.daemon.cardea("records", "get", cast.record_id, user="owner", answers=pin)
            must(done.json["source"] == "card", done.text)
        with report.step(f"{state}: what needs it says so, and changes nothing"):
            before = cast.daemon.status()["enrolment"]
            needing_it(cast, everything=state == "down")
            must(cast.daemon.status()["enrolment"] == before, f"{before}\n{cast.daemon.status()}")
        back()
    with report.step("an access key opens without it, and the computer catches up when it is back"):
        cast.server.stop()
        cast.laptop.slot.remove()
        cast.daemon.wait_for_card(False)
        must_enter(log_in(cast.laptop, "owner", (CARD_OR_KEY, cast.access_key)))
        must(cast.daemon.status()["enrolment"]["rotation_wanted"], "a used key asks for a new generation")
        cast.server.start()
        cast.daemon.cardea("access-key", "rotate", user="owner")
        must(not cast.daemon.status()["enrolment"]["rotation_wanted"], "there is a new generation")
        must_enter(log_in(cast.laptop, "owner", (CARD_OR_KEY, cast.issue_access_key("access-key-next"))))


def run(report, world):
    cast = Cast(world)
    a_card_and_its_world(report, cast)
    before_registration(report, cast)
    register(report, cast)
    close_the_gate(report, cast)
    at_the_door(report, cast)
    afterwards(report, cast)


if __name__ == "__main__":
    story("server_unreachable", run)
