#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The card pulled during a session, on a computer without logind: an administrator's command is told which session to lock or to
end. A restart of pcscd or of the worker is no removal; a session that no card of this reader opened is nobody's affair."""
import os

from harness.door import CARD_OR_KEY, PASSWORD, SHELL, log_in, must_enter
from harness.private_etc import write
from harness.process import Broken, wait_until
from harness.resident import SECURE, Resident
from harness.story import story

COMMAND = """\
#!/bin/sh
echo "$1 $2 $4" >>{told}
[ "$1" = lock ] || exec kill -TERM "$5"
"""


def must(condition, text):
    if not condition:
        raise Broken(text)


class Console:
    """Somebody who has logged in at a terminal and stays."""

    def __init__(self, computer, user, *answers):
        self.dialog = computer.login(user, seconds=300)
        for prompt, text in answers:
            self.dialog.sees(prompt)
            self.dialog.types(text)
        self.dialog.sees(SHELL)

    def works(self):
        self.dialog.types("echo still $((40 + 2))", secret=False)
        self.dialog.sees("still 42")
        self.dialog.sees(SHELL)

    def leaves(self):
        self.dialog.types("exit", secret=False)
        self.dialog.ends()


class Told:
    """What the command was called with."""

    def __init__(self, owner):
        self._path = os.path.join(owner.computer.directory, "told")
        self.command = os.path.join(owner.computer.directory, "removal-command")
        write(self.command, COMMAND.format(told=self._path), 0o755)

    def lines(self):
        if not os.path.exists(self._path):
            return []
        with open(self._path, encoding="utf-8") as file:
            return file.read().splitlines()

    def comes_to(self, *lines):
        wait_until(lambda: len(self.lines()) >= len(lines), f"the command to be called, {lines}; so far {self.lines()}", 20)
        must(self.lines() == list(lines), f"called with {self.lines()}")
        os.unlink(self._path)


def locks(report, owner, told):
    report.chapter("removal = lock")
    policy = [*SECURE, "removal = lock", f"removal_command = {told.command}"]
    owner.daemon.configure(policy)
    with report.step("pulled for longer than the grace: the command is told to lock the session, which goes on"):
        at = Console(owner.computer, "owner", owner.by_pin)
        owner.takes_card_away()
        told.comes_to("lock owner login")
        at.works()
    with report.step("the card put back and its PIN open again; pulled once more, it locks once more"):
        owner.puts_card_in()
        must_enter(log_in(owner.computer, "owner", owner.by_pin, door="pamtester"))
        owner.takes_card_away()
        told.comes_to("lock owner login")
        owner.puts_card_in()
    with report.step("after the session has ended a pulled card has no effect"):
        at.leaves()
        other = Console(owner.computer, "owner", owner.by_pin)
        owner.takes_card_away()
        told.comes_to("lock owner login")  # of the other one alone
        owner.puts_card_in()
        other.leaves()


def leaves_alone(report, owner, told):
    report.chapter("What is no removal, and whose sessions are not touched")
    # Without a grace whatever is taken for a removal is acted upon at once, and would be seen in the next step.
    owner.daemon.configure([*SECURE, "removal = lock", "removal_grace = 0", f"removal_command = {told.command}"])
    at = Console(owner.computer, "owner", owner.by_pin)
    with report.step("pcscd is restarted, then the card worker is killed: nothing is locked"):
        owner.computer.pcscd.restart()
        owner.daemon.wait_for_card()
        worker = owner.daemon.worker_pid()
        os.kill(worker, 9)
        wait_until(lambda: owner.daemon.worker_pid() not in (None, worker), "another worker")
        owner.daemon.wait_for_card()
        at.works()
        must(told.lines() == [], f"{told.lines()}")
    with report.step("pulled: his session by card, and neither that by access key nor the administrator's by password"):
        key = owner.new_key()
        owner.takes_card_away()
        told.comes_to("lock owner login")
        by_key = Console(owner.computer, "owner", (CARD_OR_KEY, key))
        admin = Console(owner.computer, "admin", (PASSWORD, owner.world.passwords["admin"]))
        owner.puts_card_in()
        owner.takes_card_away()
        told.comes_to("lock owner login")
        owner.puts_card_in()
        for console in (by_key, admin, at):
            console.works()
            console.leaves()
    with report.step("a daemon that was started anew knows of no session"):
        at = Console(owner.computer, "owner", owner.by_pin)
        owner.daemon.restart()
        owner.takes_card_away()
        owner.puts_card_in()
        known = Console(owner.computer, "owner", owner.by_pin)
        owner.takes_card_away()
        told.comes_to("lock owner login")
        owner.puts_card_in()
        for console in (at, known):
            console.leaves()


def logs_out(report, owner, told):
    report.chapter("removal = logout")
    owner.daemon.configure([*SECURE, "removal = logout", f"removal_command = {told.command}"])
    with report.step("pulled: the console session ends"):
        at = Console(owner.computer, "owner", owner.by_pin)
        owner.takes_card_away()
        at.dialog.ends()
        told.comes_to("logout owner login")
    with report.step("the card put back, he logs in again"):
        owner.puts_card_in()
        must_enter(log_in(owner.computer, "owner", owner.by_pin, door="login"))
    with report.step("a command that others may change is not run; the session stays"):
        os.chmod(told.command, 0o777)
        at = Console(owner.computer, "owner", owner.by_pin)
        owner.takes_card_away()
        wait_until(lambda: "others may change it" in owner.daemon.process.log_text(), "the daemon to complain", 20)
        at.works()
        must(told.lines() == [], f"{told.lines()}")
        at.leaves()
        owner.puts_card_in()


def run(report, world):
    owner = Resident(report, world)
    told = Told(owner)
    locks(report, owner, told)
    leaves_alone(report, owner, told)
    logs_out(report, owner, told)


if __name__ == "__main__":
    story("card_removal", run)
