#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A server that shows yesterday's state, because somebody rolled it back or an administrator restored a backup: the computer notices
it in the account's history and in its records, takes nothing that is older than what it knows, brings back what only the card still
has, and goes on letting the owner in. He takes the server as it is by a word of his own."""
import json
import os
import shutil

from chapters import ACCOUNT, Cast, a_card_and_its_world, must, register
from harness.door import log_in, must_enter, PIN
from harness.story import story

REFUSED = 1
LARGE = " n" * 10000  # behind a secret


def does(cast, *words, check=True, **answers):
    return cast.daemon.cardea("records", *words, user="owner", check=check, answers={"pin": cast.pin, **answers})


def reads(cast, name):
    return json.loads(does(cast, "get", name).json["record"])["secret"].split()[0]


def synchronises(cast, *words):
    return does(cast, "sync", *words).json


def kept(server):
    """A copy of everything the stopped server has in its store."""
    copy = os.path.join(server.directory, "yesterday")
    os.mkdir(copy)
    for name in os.listdir(server.directory):
        if name.startswith("cardea.db"):
            shutil.copy2(os.path.join(server.directory, name), copy)
    return copy


def becomes(server, copy):
    for name in os.listdir(server.directory):
        if name.startswith("cardea.db"):
            os.unlink(os.path.join(server.directory, name))
    for name in os.listdir(copy):
        shutil.copy2(os.path.join(copy, name), server.directory)


def yesterday_and_today(report, cast):
    report.chapter("Yesterday, and today")
    with report.step("records until the card is full: one is at the server only"):
        for number in range(10):
            if not does(cast, "put", f"large {number}", secret=LARGE).json["on_card"]:
                break
        forum = does(cast, "put", "forum", secret="forum-1" + LARGE)
        must(forum.json["on_card"] is False, "there is room for everything on the card")
    with report.step("the state of the evening is kept"):
        cast.server.stop()
        cast.yesterday = kept(cast.server)
        cast.server.start()
    with report.step("today records change, on the card and at the server only, and one is new"):
        for secret in ("wlan-2", "wlan-3"):
            does(cast, "put", "wlan", secret=secret)
        does(cast, "put", "forum", secret="forum-2" + LARGE)
        must(does(cast, "put", "new", secret="new-1").json["on_card"], "the card has no room for a small record")
        cast.daemon.cardea("access-key", "rotate", user="owner", answers={"pin": cast.pin})
        cast.daemon.cardea("access-key", "check", user="owner")
        must(reads(cast, "forum") == "forum-2", "the server has the newer one")


def rolled_back(report, cast):
    report.chapter("The server is rolled back")
    with report.step("it starts with yesterday's store"):
        cast.server.stop()
        becomes(cast.server, cast.yesterday)
        cast.server.start()
    with report.step("the computer sees that the account's history does not go on, and says so"):
        cast.daemon.cardea("access-key", "check", user="owner", check=False)
        must(cast.daemon.status()["enrolment"]["server_doubted"], "the server is believed")
    with report.step("he gets in with his card as before"):
        must_enter(log_in(cast.laptop, "owner", (PIN, cast.pin)))
    with report.step("an older record is not shown for the newer one, and nothing is written on top of it"):
        for refused in (does(cast, "get", "forum", check=False), does(cast, "put", "forum", secret="forum-3" + LARGE, check=False),
                        does(cast, "remove", "forum", check=False)):
            must(refused.code == REFUSED and "older “forum” than was seen here" in refused.error, f"{refused.code}: {refused.error}")
    with report.step("what it has forgotten is read from the card, and not written anew"):
        must(reads(cast, "new") == "new-1", "not from the card")
        refused = does(cast, "put", "new", secret="new-2", check=False)
        must(refused.code == REFUSED and "The server has no “new” any more." in refused.error, f"{refused.code}: {refused.error}")
    with report.step("what the card has newer goes back to the server; what only the server had is left, and counted"):
        first, second = synchronises(cast), synchronises(cast)
        must((first["brought"], first["older"]) == (2, 1), f"{first}")
        must((second["brought"], second["older"]) == (0, 1), f"{second}")
        must((reads(cast, "wlan"), reads(cast, "new")) == ("wlan-3", "new-1"), "not what was written today")
    with report.step("the daemon's log names the event"):
        log = cast.daemon.process.log_text()
        must("an older version of a record than this computer has seen" in log, "nothing is in the log")


def taken_as_it_is(report, cast):
    report.chapter("It was a restored backup, and the owner takes it")
    with report.step("records sync --take-older: the older one is there, and a newer one can be written"):
        taken = synchronises(cast, "--take-older")
        must(taken["older"] == 0, f"{taken}")
        must(reads(cast, "forum") == "forum-1", "another record")
        does(cast, "put", "forum", secret="forum-4" + LARGE)
        must(reads(cast, "forum") == "forum-4", "another record")
    with report.step("register --existing ends the doubt"):
        cast.daemon.register("owner", cast.server, ACCOUNT, cast.person, cast.own_card, existing=True)
        must(not cast.daemon.status()["enrolment"]["server_doubted"], "the server is still doubted")


def run(report, world):
    cast = Cast(world)
    a_card_and_its_world(report, cast)
    register(report, cast)
    cast.daemon.configure(["gate = card_required"])
    yesterday_and_today(report, cast)
    rolled_back(report, cast)
    taken_as_it_is(report, cast)


story("rolled_back_server", run)
