#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The computer's disk is full or read-only, then the server's. The card opens all the same; what needs a durable write is refused
before anything else has changed, with a clear word; when there is room again the next try works and nothing acknowledged is lost."""
from chapters import ACCOUNT, Cast, a_card_and_its_world, must, register
from harness.daemon import recover
from harness.disk import Disk
from harness.door import CARD_OR_KEY, PIN, log_in, must_enter, must_stay_out
from harness.story import story

REFUSED = 1
FULL = "No space left on device"
UNWRITABLE = "this computer can't record its use (disk full or read-only)"


def refused(answer, *words):
    must(answer.code == REFUSED, f"exit code {answer.code}: {answer.text}{answer.error}")
    for word in words:
        must(word in answer.error, f"“{word}” was not said: {answer.error}")


class Laptop:
    """What the owner tries at his laptop."""

    def __init__(self, cast):
        self.cast = cast
        self.daemon = cast.daemon

    def puts_in(self, card):
        self.cast.laptop.slot.insert(card)
        self.daemon.wait_for_card()

    def pulls_out(self):
        self.cast.laptop.slot.remove()
        self.daemon.wait_for_card(False)

    def card_opens(self, card=None):
        card = card or self.cast.own_card
        self.puts_in(card)
        must_enter(log_in(self.cast.laptop, "owner", (PIN, card.secrets.pin)))

    def key(self, key):
        self.pulls_out()
        return log_in(self.cast.laptop, "owner", (CARD_OR_KEY, key))

    def rotate(self):
        return self.daemon.cardea("access-key", "rotate", user="owner", check=False)

    def replace(self):
        self.puts_in(self.cast.new_card)
        return self.daemon.cardea("card", "replace", "--key", self.cast.world.key, user="owner", check=False,
                                  answers={"pin": self.cast.new_card.secrets.pin, **self.cast.person})

    def enrolment(self):
        return self.daemon.status()["enrolment"]


def registration(report, cast):
    report.chapter("Registration meets a full disk")
    tried = lambda: cast.daemon.register("owner", cast.server, ACCOUNT, cast.person, cast.own_card, check=False)
    with report.step("the computer's: refused, nobody is enrolled, and the server has not heard of him"):
        cast.daemon_disk.fill()
        refused(tried(), FULL)
        must("enrolment" not in cast.daemon.status(), "somebody is enrolled")
        must(cast.server.sql("select count(*) from users").strip() == "0", "the server has an account")
        cast.daemon_disk.free()
    with report.step("the server's: refused, nobody is enrolled"):
        cast.server_disk.fill()
        refused(tried(), "no room")
        must("enrolment" not in cast.daemon.status(), "somebody is enrolled")
        cast.server_disk.free()


def computer_can_not_write(report, cast, how, reason):
    """Common to a full and a read-only disk."""
    laptop = Laptop(cast)
    with report.step(f"{how}: the card opens"):
        laptop.card_opens()
    with report.step(f"{how}: an access key is refused, and is not spent"):
        must_stay_out(laptop.key(cast.access_key), UNWRITABLE)
        must(cast.daemon.wrong_keys() == 0, "a try was counted")
    with report.step(f"{how}: new access keys and a new card are refused, and nothing has changed"):
        before = laptop.enrolment()
        refused(laptop.rotate(), reason)
        refused(laptop.replace(), reason)
        must(laptop.enrolment() == before, f"{before}\n{laptop.enrolment()}")
        must(cast.server.sql("select count(*) from cards").strip() == "1", "the server knows another card")
        laptop.card_opens()


def computers_disk(report, cast):
    report.chapter("The computer's disk is full")
    cast.access_key = cast.issue_access_key("access-key-full-disk")
    cast.daemon_disk.fill()
    computer_can_not_write(report, cast, "full", FULL)
    with report.step("full, and the daemon is started again: the same"):
        cast.daemon.restart()
        Laptop(cast).card_opens()
        must_stay_out(Laptop(cast).key(cast.access_key), UNWRITABLE)
    cast.daemon_disk.free()
    report.chapter("The computer's disk is read-only")
    cast.daemon.stop()
    cast.daemon_disk.make_read_only()
    cast.daemon.start()
    computer_can_not_write(report, cast, "read-only", "Read-only file system")
    report.chapter("The computer's disk can be written again")
    cast.daemon.stop()
    cast.daemon_disk.make_read_only(False)
    cast.daemon.start()
    with report.step("the key that was refused opens, once"):
        must_enter(Laptop(cast).key(cast.access_key))
        must_stay_out(Laptop(cast).key(cast.access_key), "This access key does not open this computer.")
    with report.step("a new generation is made, and its keys open"):
        must(Laptop(cast).rotate().code == 0, "not made")
        must_enter(Laptop(cast).key(cast.issue_access_key("access-key-room-again")))


def servers_disk(report, cast):
    report.chapter("The server's disk is full")
    laptop = Laptop(cast)
    before = laptop.enrolment()
    cast.server_disk.fill()
    with report.step("the card opens"):
        laptop.card_opens()
    with report.step("no access key is given out: it could be given out again"):
        refused(recover(cast.world, cast.server, ACCOUNT, cast.person, check=False), "no room")
    with report.step("new access keys, a new record and a new card are refused, and nothing has changed"):
        refused(laptop.rotate(), "no room")
        refused(cast.daemon.cardea("records", "put", "more", user="owner", check=False, answers={"pin": cast.pin, "secret": "x"}), "no room")
        refused(laptop.replace(), "no room")
        must(laptop.enrolment() == before, f"{before}\n{laptop.enrolment()}")
        laptop.card_opens()
    cast.server_disk.free()
    with report.step("room again: everything that was acknowledged is there"):
        must(cast.server.sql("pragma integrity_check").strip() == "ok", "the database is damaged")
        done = cast.daemon.cardea("records", "get", cast.record_id, user="owner", answers={"pin": cast.pin})
        must(cast.record in str(done.json["record"]), done.text)
        must_enter(laptop.key(cast.issue_access_key("access-key-server-room-again")))
    with report.step("and the new card takes over"):
        done = laptop.replace()
        must(done.code == 0 and done.json["revoked"] == 1, f"{done.text}{done.error}")
        laptop.card_opens(cast.new_card)


def run(report, world):
    cast = Cast(world, daemon_parts={"disk": Disk(world, "laptop")}, server_parts={"disk": Disk(world, "server")})
    cast.daemon_disk, cast.server_disk = cast.daemon_parts["disk"], cast.server_parts["disk"]
    a_card_and_its_world(report, cast)
    registration(report, cast)
    register(report, cast)
    cast.daemon.configure(["gate = card_required"])
    computers_disk(report, cast)
    servers_disk(report, cast)


if __name__ == "__main__":
    story("full_disk", run)
