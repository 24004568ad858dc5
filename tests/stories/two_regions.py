#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Somebody works a month in the south, is asked, moves there with all he has, and his computer, `cardea recover` and his records
find the new server by themselves."""
import time

from harness.daemon import Daemon, recover
from harness.door import CARD_OR_KEY, PIN, log_in, must_enter
from harness.process import Broken, wait_until
from harness.region import make_regions
from harness.server import FIRST_PORT, Server
from harness.story import story

ACCOUNT = "owner@story"
DAY = 24 * 3600


def must(truth, text):
    if not truth:
        raise Broken(text)


class Traveller:
    def __init__(self, world):
        self.world = world
        self.north = Server(world, name="north")
        self.south = Server(world, name="south", port=FIRST_PORT + 1)
        make_regions(("north", self.north), ("south", self.south))
        self.laptop = world.computer("laptop")
        self.card = world.new_card(self.laptop, "owner")
        self.proof = {"password": world.secret("account-password"), "answer": world.secret("answer")}
        self.daemon = Daemon(self.laptop, server=self.north, policy=["gate = card_required"])
        self.laptop.slot.insert(self.card)
        self.daemon.wait_for_card()

    def does(self, *words, answers=None, check=True):
        return self.daemon.cardea(*words, user="owner", check=check, answers={"pin": self.card.secrets.pin, **(answers or {})})

    def home(self):
        return self.daemon.status()["home_region"]

    def servers(self):
        return self.daemon.status()["enrolment"]["servers"]

    def worked_in(self, region, days):
        """As if he had been there: a month is too long for a story."""
        user = self.north.sql("SELECT lower(hex(user_id)) FROM users").strip()
        today = int(time.time()) // DAY
        self.north.changes("".join(f"INSERT OR REPLACE INTO work_days VALUES(x'{user}', {today - ago}, '{region}');" for ago in range(days)))


def at_home(report, who):
    report.chapter("At home in the north")
    with report.step("registered there, with a record; the computer knows the home region after its check-in"):
        who.daemon.register("owner", who.north, ACCOUNT, who.proof, who.card)
        who.does("records", "put", "mail", answers={"secret": who.world.secret("record")})
        who.does("access-key", "check")
        must(who.home()["region"] == "north" and not who.home()["record_days"], str(who.home()))
    with report.step("no day is kept before the owner switches that on, with his card"):
        who.does("access-key", "check")
        must(who.north.sql("SELECT count(*) FROM work_days").strip() == "0", "days were kept")
        who.does("server", "days", "on")
        who.does("access-key", "check")
        must(who.north.sql("SELECT region FROM work_days").strip() == "north", "another day was kept, or none")


def asked(report, who):
    report.chapter("A month in the south")
    with report.step("the rule holds: he is asked, and moves nowhere unasked"):
        who.north.stop()
        who.worked_in("south", 30)
        who.north.start()
        wait_until(lambda: who.north.sql("SELECT state FROM homes").strip() == "asked", "the proposal")
        who.does("access-key", "check")
        must(who.home()["state"] == "asked" and who.home()["to"] == "south", str(who.home()))
        with who.daemon.dialog("status", user="owner") as dialog:
            must(dialog.ends() == 0 and "server move --yes" in dialog.text(), dialog.text())
    with report.step("who does not say yes stays"):
        with who.daemon.dialog("server", "move", user="owner") as dialog:
            dialog.sees("PIN")
            dialog.types(who.card.secrets.pin)
            dialog.sees("Move? [y/N]")
            dialog.types("n", secret=False)
            must(dialog.ends() != 0 and "Nothing was changed." in dialog.text(), dialog.text())
        must(who.north.sql("SELECT state FROM homes").strip() == "asked", "something was decided")


def moved(report, who):
    report.chapter("The move")
    with report.step("he says yes; a moment later the south is his home, and the north knows where he is"):
        must(who.does("server", "move", "--yes").json["state"] == "agreed", "not agreed")
        wait_until(lambda: who.north.sql("SELECT delivered FROM homes").strip() == "1", "the move", 30)
        must(who.south.sql("SELECT state FROM homes").strip() == "here", "another state of homes at the south")
    with report.step("what needs the server follows him in the middle of its work"):
        shown = recover(who.world, who.north, ACCOUNT, who.proof)
        who.does("records", "put", "second", answers={"secret": who.world.secret("record-2")})
        must(who.servers() == [who.south.url], str(who.servers()))
    with report.step("the check-in agrees with the new server, and the computer says where it is"):
        who.does("access-key", "check")
        must(who.home()["region"] == "south" and who.home()["state"] == "here", str(who.home()))
        must(not who.daemon.status()["enrolment"]["server_doubted"], "the new server is doubted")
    with report.step("card and access key open as before; also with the north gone"):
        who.north.stop()
        must_enter(log_in(who.laptop, "owner", (PIN, who.card.secrets.pin)))
        who.laptop.slot.remove()
        who.daemon.wait_for_card(False)
        must_enter(log_in(who.laptop, "owner", (CARD_OR_KEY, shown.json["access-key"])))
        who.laptop.slot.insert(who.card)
        who.daemon.wait_for_card()
        names = who.does("records", "list").text
        must("mail" in names and "second" in names, names)


def run(report, world):
    who = Traveller(world)
    at_home(report, who)
    asked(report, who)
    moved(report, who)


if __name__ == "__main__":
    story("two_regions", run)
