#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A screen locker with one field, which runs as the user himself: i3lock. PIN and access key go into the same field; a wrong one
stays locked; nobody spends the tries of somebody else's card."""
import os
import signal

from harness.door import CARD_OR_KEY, PIN, log_in, must_enter, must_stay_out
from harness.private_etc import PEOPLE
from harness.process import Broken, wait_until
from harness.resident import Resident, WRONG_PIN
from harness.screen import pictures_of, start_xvfb
from harness.story import story
from harness.typed_key import another_key


def must(condition, text):
    if not condition:
        raise Broken(text)


class Locker:
    """i3lock of a user: it goes into the background when the screen is locked."""

    def __init__(self, owner, screen):
        self._owner = owner
        self._screen = screen
        computer = owner.computer
        computer.run(computer.as_user(owner.user, ["env", f"DISPLAY={screen.display}", "sh", "-c", "exec i3lock --color=335577 </dev/null >/dev/null 2>&1"]))
        wait_until(self.locked, "i3lock to lock the screen")
        owner.world.at_end(self._end)

    def _processes(self):
        """Its pids: one looks at the keyboard, one keeps the window above all others."""
        return self._owner.computer.run(["pgrep", "--exact", "--runstates", "R,S,D", "--uid", str(PEOPLE[self._owner.user]), "i3lock"], check=False).stdout.split()

    def _end(self):
        for pid in self._processes():
            os.kill(int(pid), signal.SIGTERM)

    def locked(self):
        return '"i3lock"' in self._screen.windows()

    def is_opened_by(self, text):
        self._screen.types(text)
        wait_until(lambda: not self.locked(), "the screen to be unlocked")

    def stays_locked_at(self, text, reason):
        """`reason` is what the daemon's verdict was."""
        said = f"pam_cardea(i3lock:auth): refused for user {self._owner.user}: {reason}"
        before = self._owner.computer.auth_log().count(said)
        self._screen.types(text)
        wait_until(lambda: self._owner.computer.auth_log().count(said) == before + 1, f"“{said}” once more in auth.log")
        must(self.locked(), "the screen is open")


def one_prompt(report, owner):
    report.chapter("A program with one field")
    computer = owner.computer
    key = owner.new_key()
    for name, answer in (("wrong PIN", WRONG_PIN), ("wrong access key", another_key(key))):
        with report.step(f"{name}: asked once, hidden, and no message before or after"):
            seen = must_stay_out(log_in(computer, "owner", (PIN, answer), door="pamtester", service="i3lock"))
            prompt = f"PIN for card “{owner.card.label} (User PIN)”: "
            said = [line for line in seen.text.splitlines() if not line.startswith("pamtester:")]
            must(said == [prompt], f"{said}")
    owner.daemon.forget_wrong_keys()
    must_enter(log_in(computer, "owner", owner.by_pin))


def i3lock(report, owner, screen):
    report.chapter("i3lock, as the user himself")
    with report.step("the PIN unlocks"):
        Locker(owner, screen).is_opened_by(owner.pin)
    with report.step("a wrong PIN costs one try and stays locked; an access key in the same field unlocks"):
        locker = Locker(owner, screen)
        locker.stays_locked_at(WRONG_PIN, "pin-wrong")
        must(owner.card_use()["pin_tries"] == "2", f"{owner.card_use()}")
        screen.picture("i3lock-wrong-pin")
        locker.is_opened_by(owner.new_key())
    with report.step("a wrong access key stays locked, the right PIN unlocks"):
        locker = Locker(owner, screen)
        locker.stays_locked_at(another_key(owner.new_key()), "access-key-wrong")
        locker.is_opened_by(owner.pin)
    with report.step("his Unix password stays locked"):
        locker = Locker(owner, screen)
        locker.stays_locked_at(owner.world.passwords["owner"], "access-key-mistyped")
        must(locker.locked(), "the screen is open")
        locker.is_opened_by(owner.pin)
    with report.step("the last try of the PIN is never spent here, where no warning can be seen"):
        must_stay_out(log_in(owner.computer, "owner", (PIN, WRONG_PIN), (PIN, "99999998")), "Only 1 try left")
        locker = Locker(owner, screen)
        owner.lets_the_card_rest()
        before = owner.card_use()
        must(before["pin_tries"] == "1", f"{before}")
        locker.stays_locked_at(owner.pin, "pin-last-try")
        owner.the_card_was_left_alone(before)
        locker.is_opened_by(owner.new_key())
        must_enter(log_in(owner.computer, "owner", owner.by_pin))
    with report.step("the card is taken away while it is locked, and comes back: locked with no card, unlocked by the PIN"):
        locker = Locker(owner, screen)
        owner.takes_card_away()
        locker.stays_locked_at(owner.pin, "card-absent")
        owner.puts_card_in()
        locker.is_opened_by(owner.pin)


def somebody_else(report, owner):
    report.chapter("Somebody else's processes")
    computer = owner.computer
    with report.step("whoever is neither root nor the owner is not even asked for the owner's PIN, and the card is not given a command"):
        owner.lets_the_card_rest()
        before = owner.card_use()
        for service in ("i3lock", "cardea-test", "su"):
            with computer.dialog_as("second", ["pamtester", service, "owner", "authenticate"]) as stranger:
                must(stranger.ends() != 0, "let in")
                must("PIN" not in stranger.text() and CARD_OR_KEY not in stranger.text(), stranger.text())
        owner.the_card_was_left_alone(before)
        must("refused for user owner: permission-denied" in computer.auth_log(), "not refused by the daemon")
    with report.step("thrice as often as the card has tries: the owner's PIN still opens at once"):
        for _ in range(9):
            with computer.dialog_as("second", ["sh", "-c", f"echo {WRONG_PIN} | pamtester i3lock owner authenticate"]) as stranger:
                must(stranger.ends() != 0, "let in")
        owner.the_card_was_left_alone(before)
        must_enter(log_in(computer, "owner", owner.by_pin))


def run(report, world):
    owner = Resident(report, world)
    owner.computer.serve("i3lock")
    screen = start_xvfb(owner.computer, pictures_of(world, "doors_locker"))
    one_prompt(report, owner)
    i3lock(report, owner, screen)
    somebody_else(report, owner)


if __name__ == "__main__":
    story("doors_locker", run)
