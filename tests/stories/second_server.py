#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Figure 6 for a person: two servers of one store. One is killed: the computer goes on with the other and says why, and somebody in the
middle of `cardea recover` gets his key all the same, though he has named only the one that died."""
import os
import re

from chapters import ACCOUNT, Cast, must
from harness.daemon import Daemon, recover
from harness.dialog import Dialog
from harness.door import CARD_OR_KEY, log_in, must_enter
from harness.pair import share_store
from harness.process import wait_until
from harness.server import Server
from harness.story import story

KEY = r"[0-9A-Z]{5}(-[0-9A-Z]{5}){5}"

def in_use(cast):
    """Name of the server that the computer asks, why, and the line that a person reads."""
    status = cast.daemon.status()
    return next(server["region"] for server in status["server_choice"]["servers"] if server["in_use"]), status["server_choice"]["reason"]


def by_name(cast):
    return {server.name: server for server in (cast.server, cast.second)}


def two_servers(report, cast):
    report.chapter("Two servers of one store")
    world = cast.world
    with report.step("they share database and secrets, and sign a list of themselves"):
        cast.server, cast.second = Server(world, name="north"), Server(world, name="south", port=8444)
        share_store(cast.server, cast.second)
    with report.step("the owner registers at a computer that knows one of them"):
        cast.laptop = world.computer("laptop")
        cast.own_card = world.new_card(cast.laptop, "first")
        cast.laptop.slot.insert(cast.own_card)
        cast.daemon = Daemon(cast.laptop, server=cast.server, policy=["gate = card_required"])
        cast.daemon.wait_for_card()
        cast.daemon.register("owner", cast.server, ACCOUNT, cast.person, cast.own_card)
    with report.step("it learns of the other, measures both, and says which one it asks and why"):
        cast.daemon.cardea("access-key", "check", user="owner")
        cast.daemon.restart()
        cast.daemon.cardea("access-key", "check", user="owner")
        wait_until(lambda: in_use(cast)[1] == "fastest", "the servers to be measured")


def one_is_killed(report, cast):
    report.chapter("The one in use is killed")
    lost = by_name(cast)[in_use(cast)[0]]
    left = cast.second if lost is cast.server else cast.server
    with report.step("the computer goes on with the other, and tells that the first does not answer"):
        lost.process.kill9()
        cast.daemon.cardea("access-key", "rotate", user="owner")
        must(in_use(cast) == (left.name, "others-down"), f"{in_use(cast)}")
        with cast.daemon.dialog("status", user="owner") as dialog:
            dialog.sees(f"Server: {left.url} ({left.name})")
            dialog.sees("the others do not answer, or failed lately")
            dialog.sees(f"{lost.url} ({lost.name}), does not answer")
    with report.step("cardea recover: two are named, the first is down"):
        both = Named(f"{lost.url},{left.url}", cast.server.ca_file)
        key = recover(cast.world, both, ACCOUNT, cast.person).json["access-key"]
        must_enter_by(cast, key)
    with report.step("it comes back"):
        lost.start()


class Named:
    """What somebody types behind --server and --ca-file."""

    def __init__(self, url, ca_file):
        self.url, self.ca_file = url, ca_file


def must_enter_by(cast, key):
    cast.laptop.slot.remove()
    cast.daemon.wait_for_card(False)
    must_enter(log_in(cast.laptop, "owner", (CARD_OR_KEY, cast.world.secret(f"key-{key[:5]}", key))))
    cast.laptop.slot.insert(cast.own_card)
    cast.daemon.wait_for_card()
    cast.daemon.cardea("access-key", "rotate", user="owner")


def killed_in_a_dialog(report, cast):
    report.chapter("One dies while somebody is asked for his password")
    with report.step("he has named one server; it dies between password and answer, and he gets his key from the other"):
        home = os.path.join(cast.world.directory, "borrowed")
        os.makedirs(home, exist_ok=True)
        argv = [cast.world.program("cardea"), "recover", "--server", cast.server.url, "--account", ACCOUNT, "--ca-file", cast.server.ca_file]
        with Dialog(argv, env={"HOME": home, "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TERM": "xterm"}) as dialog:
            dialog.sees(f"Password of {ACCOUNT}: ")
            asked = cast.second if f"{cast.second.url} answers fastest" in dialog.transcript else cast.server
            dialog.types(cast.person["password"])
            dialog.sees("What did the house look like? ")
            asked.process.kill9()
            dialog.types(cast.person["answer"])
            dialog.sees("Access key for laptop")
            dialog.ends()
            key = re.search(KEY, dialog.transcript).group()
        must_enter_by(cast, key)


def run(report, world):
    cast = Cast(world)
    two_servers(report, cast)
    one_is_killed(report, cast)
    killed_in_a_dialog(report, cast)


story("second_server", run)
