#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What breaks in life while somebody logs in: the daemon, the card worker, pcscd, the card. After each fault: nobody is let in
who should not be, nothing takes longer than its deadline, no PIN try is lost, and the next try works."""
import os
import signal
import time

from harness.daemon import Daemon
from harness.door import PASSWORD, PIN, log_in, must_enter, must_stay_out
from harness.process import Broken, wait_until
from harness.story import story

TIMEOUT = 8  # seconds, option timeout= of the module
DEADLINE = TIMEOUT + 4  # what a whole login may take: the module's grace, and starting and ending su


class Desk:
    """The owner's laptop with his card enrolled and the gate closed."""

    def __init__(self, world):
        self.computer = world.computer("laptop")
        self.computer.set_pam_timeout(TIMEOUT)
        self.card = world.new_card(self.computer, "owner")
        self.computer.slot.insert(self.card)
        self.daemon = Daemon(self.computer, policy=["gate = card_required"])
        self.daemon.wait_for_card()
        self.daemon.cardea("card", "enrol", "--user", "owner", "--key", world.key, answers={"pin": self.card.secrets.pin})
        self.pin = self.card.secrets.pin

    def works(self):
        """The next try lets in, and the fault has cost no PIN try."""
        self.daemon.wait_for_card()
        wait_until(lambda: self._own_card_known(), "the worker to know the card again")
        must_enter(log_in(self.computer, "owner", (PIN, self.pin)))
        if self.computer.slot.stat()["pin_tries"] != "3":
            raise Broken(f"PIN tries were lost: {self.computer.slot.stat()}")

    def _own_card_known(self):
        cards = self.daemon.cardea("card", "show", "--user", "owner").json["cards"]
        return any(card["state"] == "active" for card in cards)

    def fails(self, *answers, between=None):
        """A try under the fault: refused, and within the deadline."""
        attempt = must_stay_out(log_in(self.computer, "owner", *answers, between=between, seconds=DEADLINE + 20))
        if PASSWORD in attempt.text:
            raise Broken(f"the fault leads on to the Unix password:\n{attempt.text}")
        if attempt.seconds > DEADLINE:
            raise Broken(f"took {attempt.seconds:.1f} s:\n{attempt.text}")
        return attempt


def daemon_faults(report, desk):
    report.chapter("The daemon fails")
    with report.step("killed while the prompt stands: refused, and the next try works"):
        desk.fails((PIN, desk.pin), between=desk.daemon.process.kill9)
        desk.fails()
        desk.daemon.start()
        desk.works()
    with report.step("hung: the module gives up at its own deadline"):
        desk.daemon.process.signal(signal.SIGSTOP)
        desk.fails()
        desk.daemon.process.signal(signal.SIGCONT)
        desk.works()


def worker_faults(report, desk):
    report.chapter("The card worker fails")

    def strike(number):
        os.kill(wait_until(desk.daemon.worker_pid, "a card worker"), number)
    with report.step("killed before a login: it is started again"):
        strike(signal.SIGKILL)
        desk.works()
    with report.step("killed while the prompt stands: this PIN does not let in unless a new worker signs"):
        log_in(desk.computer, "owner", (PIN, desk.pin), between=lambda: strike(signal.SIGKILL), seconds=DEADLINE)
        desk.works()
    with report.step("hung while the prompt stands: it is killed and replaced within the deadline"):
        hung = wait_until(desk.daemon.worker_pid, "a card worker")
        started = time.monotonic()
        desk.fails((PIN, desk.pin), between=lambda: strike(signal.SIGSTOP))
        wait_until(lambda: desk.daemon.worker_pid() not in (None, hung), "another worker", DEADLINE)
        report.shows(f"replaced after {time.monotonic() - started:.1f} s")
        desk.works()


def reader_service_faults(report, desk):
    report.chapter("The reader service fails")
    with report.step("pcscd killed: no card login, and the daemon says why"):
        desk.computer.pcscd.process.kill9()
        wait_until(lambda: desk.daemon.cardea("status").json["reader_service"] == "reader service down", "the daemon to notice")
        attempt = desk.fails()
        if "The card reader service is not running." not in attempt.text:
            raise Broken(f"did not say what was wrong:\n{attempt.text}")
    with report.step("pcscd started again: the next try works"):
        desk.computer.pcscd.start()
        desk.works()
    with report.step("pcscd killed and restarted while the prompt stands"):
        log_in(desk.computer, "owner", (PIN, desk.pin), between=desk.computer.pcscd.restart, seconds=DEADLINE)
        desk.works()


def pull_at(desk, number, when):
    """One login with the card pulled at its command `number`. Returns (was it pulled, was he let in)."""
    slot = desk.computer.slot
    slot.order("yank-at", number, *(["done"] if when == "after" else []))
    attempt = log_in(desk.computer, "owner", (PIN, desk.pin), seconds=DEADLINE)
    if attempt.granted:  # the worker resets the card behind the answer
        wait_until(lambda: slot.stat()["verified"] == "0" or slot.stat()["inserted"] == "0", "the card to be reset")
    elif not any(text in attempt.text for text in ("The card was pulled too early.", "The card could not be read.")):
        raise Broken(f"did not say what was wrong:\n{attempt.text}")  # OpenSC first calls a pulled card a general error
    slot.order("yank-at", 0)
    pulled = slot.stat()["inserted"] == "0"
    if pulled:
        slot.wait_seen(False)
        slot.push()
    desk.works()
    return pulled, attempt.granted


def card_faults(report, desk):
    report.chapter("The card is pulled at every command of a login")
    for when in ("before", "after"):
        granted, pulled = [], True
        while pulled:
            number = len(granted) + 1
            with report.step(f"pulled {when} command {number} is carried out"):
                pulled, let_in = pull_at(desk, number, when)
                granted.append(let_in)
        with report.step(f"pulled {when} any of {len(granted) - 1} commands: let in only when the card had signed"):
            if granted[0] or not granted[-1] or granted != sorted(granted):
                raise Broken(f"{granted}")


def run(report, world):
    desk = Desk(world)
    daemon_faults(report, desk)
    worker_faults(report, desk)
    reader_service_faults(report, desk)
    card_faults(report, desk)


if __name__ == "__main__":
    story("card_login_faults", run, programs=("cardea-recoveryd", "cardea-card-worker", "cardea", "pam_cardea.so", "cardea-virtual-card"))
