#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Login with a card that root has enrolled for this computer alone: no server, no access key. What a person sees at su, login
and pamtester with the right PIN, a wrong one, somebody else's card, no card, and a card pulled too early."""
from harness.daemon import Daemon
from harness.door import CARD_OR_KEY, PASSWORD, PIN, log_in, must_enter, must_stay_out
from harness.process import Broken
from harness.story import story


def enrol(report, world, computer):
    report.chapter("A card is enrolled for this computer")
    with report.step("a blank card is bought, with a PIN and without Cardea keys"):
        world.own = world.new_card(computer, "owner")
        world.foreign = world.new_card(computer, "stranger")
        computer.slot.insert(world.own)
    with report.step("the daemon starts and sees it"):
        world.daemon = Daemon(computer, policy=["gate = card_required"])
        world.daemon.wait_for_card()
    with report.step("before enrolment the owner is a user like any other: his Unix password opens"):
        must_enter(log_in(computer, "owner", (PASSWORD, world.passwords["owner"])))
    with report.step(f"root enrols it: {world.key} keys are made on the card"):
        done = world.daemon.cardea("card", "enrol", "--user", "owner", "--key", world.key, answers={"pin": world.own.secrets.pin})
        report.shows(done.text)


def use(report, world, computer):
    report.chapter("The card opens the computer")
    pin = world.own.secrets.pin
    with report.step("su: the right PIN lets in"):
        report.shows(must_enter(log_in(computer, "owner", (PIN, pin))).text)
    with report.step("pamtester: authenticate and acct_mgmt pass"):
        must_enter(log_in(computer, "owner", (PIN, pin), door="pamtester"))
    with report.step("login: a session on a terminal of its own"):
        must_enter(log_in(computer, "owner", (PIN, pin), door="login"))
    with report.step("the card is left locked"):
        if computer.slot.stat()["verified"] != "0":
            raise Broken(f"the card still accepts commands without PIN: {computer.slot.stat()}")
    with report.step("his Unix password does not open any more"):
        must_stay_out(log_in(computer, "owner", (PIN, world.passwords["owner"])))


def refuse(report, world, computer):
    report.chapter("Nothing else does")
    pin = world.own.secrets.pin
    with report.step("a wrong PIN: says how many tries are left, and the right one still lets in"):
        seen = must_enter(log_in(computer, "owner", (PIN, "99999999"), (PIN, pin)))
        if "Wrong PIN. 2 tries left." not in seen.text:
            raise Broken(seen.text)
        report.shows(seen.text)
    with report.step("two wrong PINs: the prompt says that one try is left; the right PIN still lets in"):
        must_stay_out(log_in(computer, "owner", (PIN, "99999999"), (PIN, "99999998")),
                      "Wrong PIN. Only 1 try left; a further wrong PIN locks the card.")
        must_enter(log_in(computer, "owner", (PIN, pin)))
    with report.step("without a card it asks for card or access key; nothing typed does not open"):
        computer.slot.pull()
        world.daemon.wait_for_card(False)
        must_stay_out(log_in(computer, "owner", (CARD_OR_KEY, "")))
    with report.step("somebody else's card does not open"):
        computer.slot.insert(world.foreign)
        world.daemon.wait_for_card()
        must_stay_out(log_in(computer, "owner", (CARD_OR_KEY, world.foreign.secrets.pin), (CARD_OR_KEY, "")),
                      "This is not the card enrolled for owner.")
    with report.step("the administrator still gets in with his Unix password, also when the daemon is dead"):
        must_enter(log_in(computer, "admin", (PASSWORD, world.passwords["admin"])))
        world.daemon.stop()
        must_enter(log_in(computer, "admin", (PASSWORD, world.passwords["admin"])))
        must_stay_out(log_in(computer, "owner"), "The card service is not running; card and access key can't be checked.")


def run(report, world):
    computer = world.computer("laptop")
    enrol(report, world, computer)
    use(report, world, computer)
    refuse(report, world, computer)


if __name__ == "__main__":
    story("login_with_card", run, programs=("cardea-recoveryd", "cardea-card-worker", "cardea", "pam_cardea.so", "cardea-virtual-card"))
