#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Somebody has lost card and password. Two help-desk officers, each with a card of his own at his own computer, let her in: found,
verified, a reason, the second officer, a key that opens the real login once. She reads all of it in her history. What an officer may
not do, and what is left after kill -9 between the server's count and the officer's terminal."""
import os

from harness.daemon import Daemon
from harness.door import CARD_OR_KEY, log_in, must_enter, must_stay_out
from harness.killer import Killer
from harness.private_etc import write
from harness.process import Broken, run as run_program
from harness.server import Server
from harness.story import story
from harness.world import BUILT, FOR_OFFICERS

REFUSED = 1
WRONG = "This access key does not open this computer."


def must(holds, text):
    if not holds:
        raise Broken(text)


class Person:
    """Somebody with a card and a computer, registered at the server."""

    def __init__(self, world, server, account, computer_name, policy=()):
        self.account = account
        self.computer = world.computer(computer_name)
        self.card = world.new_card(self.computer, account)
        self.computer.slot.insert(self.card)
        self.daemon = Daemon(self.computer, server=server, policy=policy)
        self.daemon.wait_for_card()
        proof = {"password": world.secret(f"password-{account}"), "answer": world.secret(f"answer-{account}")}
        self.daemon.register("owner", server, account, proof, self.card)

    def officer(self, *words, check=True):
        """`cardea officer …` with his card and PIN."""
        return self.daemon.cardea("officer", *words, user="owner", answers={"pin": self.card.secrets.pin}, check=check)

    def must_not(self, *words, code=REFUSED, said=""):
        done = self.officer(*words, check=False)
        must(done.code == code and said in done.error, f"{words}: {done.code}: {done.text}{done.error}")
        return done


class Desk:
    """Anna, and the two officers who help her."""

    def __init__(self, report, world):
        self.world = world
        report.chapter("A help desk")
        with report.step("a server, and three people with cards and computers"):
            self.server = Server(world)
            self.officers_file = os.path.join(world.directory, "officers")
            self.anna = Person(world, self.server, "anna", "laptop", ["gate = card_required", f"officers_file = {self.officers_file}"])
            self.olaf = Person(world, self.server, "olaf", "desk-one")
            self.otto = Person(world, self.server, "otto", "desk-two")
        self.lines = {}

    def admin(self, *words, check=True):
        done = run_program([self.world.program("cardea-server-admin"), "--config", self.server.config, *words, "--json"], check=False)
        if check and done.returncode != 0:
            raise Broken(f"cardea admin {' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def anna_names(self, *officers):
        """Root of Anna's computer writes the list; the daemon notices at its next contact, and makes access keys for it."""
        write(self.officers_file, "# who may help\n" + "".join(self.lines[name] + "\n" for name in officers), 0o644)
        noticed = self.anna.daemon.cardea("access-key", "check", user="owner").json
        must(noticed["rotation_wanted"] is True, "another list is no reason for new access keys")
        self.anna.daemon.cardea("access-key", "rotate", user="owner")
        count = self.server.sql("select count(*) from officer_seals").strip()
        must(count == str(len(officers)), f"{count} seals for {len(officers)} officers")

    def ask(self, officer, *more):
        asked = officer.officer("ask", "--account", "anna", "--reason", "Lost her bag in Paris", "--verified", "call-back", *more)
        return asked.json["request_id"]

    def history(self):
        """What Anna reads of the officers in her history."""
        return self.server.sql("select a.kind || ' ' || a.details from audit a join users u using(user_id) "
                               "where u.account='anna' and a.kind like 'officer-%' order by a.sequence").splitlines()


def named_and_listed(report, desk):
    with report.step("each officer shows his line; the administrator adds it at the server, Anna's root at her computer"):
        for name, person in (("olaf", desk.olaf), ("otto", desk.otto)):
            desk.lines[name] = person.daemon.cardea("officer", "show", user="owner").json["line"]
            person.must_not("list", said="This card is not an officer's")
            desk.admin("officers", "add", *desk.lines[name].split())
        desk.admin("policy", "set", "officer.second", "always")
        desk.admin("policy", "set", "officer.verification", "call-back")
    with report.step("before her root has named them nobody can make a key of her computer"):
        desk.olaf.must_not("ask", "--account", "anna", "--reason", "Lost her bag", said="has no access keys for you")
    with report.step("an officers file that others may write, or that is none, stops the daemon with the reason"):
        write(desk.officers_file, "olaf not-a-key\n", 0o644)
        desk.anna.daemon.stop()
        done = desk.anna.computer.run([desk.world.program("cardea-recoveryd"), "--config", desk.anna.daemon.config], check=False)
        must(done.returncode == 1 and "officers:1: " in done.stderr, f"{done.returncode}: {done.stderr}")
        os.chmod(desk.officers_file, 0o666)
        done = desk.anna.computer.run([desk.world.program("cardea-recoveryd"), "--config", desk.anna.daemon.config], check=False)
        must(done.returncode == 1 and "officers" in done.stderr, f"{done.returncode}: {done.stderr}")
        os.unlink(desk.officers_file)
        desk.anna.daemon.start()
        desk.anna.daemon.wait_for_card()
    with report.step("named: the daemon seals for them at once, and tells the owner"):
        desk.anna_names("olaf", "otto")
        must(desk.anna.daemon.status()["officers"] == ["olaf", "otto"], "the status names nobody")


def helped(report, desk):
    report.chapter("Anna has lost card and password")
    olaf, otto, anna = desk.olaf, desk.otto, desk.anna
    anna.computer.slot.remove()
    anna.daemon.wait_for_card(False)
    with report.step("an officer finds her, and sees neither records nor question"):
        found = olaf.officer("find", "--account", "anna")
        must(found.json["computers"][0]["can_issue"] is True, found.text)
        olaf.must_not("find", "--account", "nobody")
        report.shows(found.lines)
    with report.step("without the verification that policy demands nothing is asked for"):
        done = olaf.must_not("ask", "--account", "anna", "--reason", "Lost her bag in Paris", said="Your organisation wants to know more")
        report.shows(done.error)
    with report.step("asked with a reason; nothing is issued before a second officer has approved, and not by himself"):
        request = desk.ask(olaf)
        olaf.must_not("issue", "--request", request, said="The request is not in the state for this")
        olaf.must_not("approve", "--request", request, said="Another officer must do this.")
    with report.step("the second officer sees it and approves; he does not get the key"):
        listed = otto.officer("list").json["requests"]
        must([(one["request_id"], one["reason"]) for one in listed] == [(request, "Lost her bag in Paris")], str(listed))
        otto.officer("approve", "--request", request)
        otto.must_not("issue", "--request", request)
    with report.step("kill -9 between the server's count and the officer's terminal: the next number, and nothing is lost"):
        killer = Killer(desk.world, olaf.daemon, "fsync,fdatasync", 1)
        olaf.officer("issue", "--request", request, check=False)
        must(killer.has_struck(5), "the daemon was not struck")
        olaf.daemon.wait_for_card()
        issued = olaf.officer("issue", "--request", request).json
        must(issued["index"] == 2, str(issued))
        key = desk.world.secret("access-key-of-the-help-desk", issued["access-key"])
    with report.step("the key that she is told opens the real login, once"):
        must_enter(log_in(anna.computer, "owner", (CARD_OR_KEY, key)))
        must_stay_out(log_in(anna.computer, "owner", (CARD_OR_KEY, key)), WRONG)
    with report.step("she reads each step in her history: who, why, and who agreed"):
        history = desk.history()
        kinds = [line.split()[0] for line in history]
        for kind in ("officer-found", "officer-asked", "officer-approved", "officer-issued"):
            must(kind in kinds, f"{kind} is missing: {kinds}")
        last = history[-1]
        must('"officer":"olaf"' in last and '"second":"otto"' in last and "Lost her bag in Paris" in last, last)
        report.shows("\n".join(kinds))


def not_any_more(report, desk):
    report.chapter("Who is no officer any more")
    with report.step("suspended at the server: out at once"):
        desk.admin("officers", "suspend", "olaf")
        desk.olaf.must_not("list")
    with report.step("resumed: in again; a reported card is out, whatever the list says"):
        desk.admin("officers", "resume", "olaf")
        desk.olaf.officer("list")
    with report.step("no longer named by her root: the next keys are not for him"):
        desk.anna_names("otto")
        found = desk.olaf.officer("find", "--account", "anna")
        must(found.json["computers"][0]["can_issue"] is False, found.text)


def run(report, world):
    desk = Desk(report, world)
    named_and_listed(report, desk)
    helped(report, desk)
    not_any_more(report, desk)


if __name__ == "__main__":
    story("help_desk", run, programs=(*BUILT, *FOR_OFFICERS))
