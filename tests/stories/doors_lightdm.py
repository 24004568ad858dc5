#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The login screen: the machine's own LightDM with its GTK greeter. PIN, wrong PIN with the tries that are left, no card and an access
key, the card put in while it waits; each time the user's session must run. What he saw stays as pictures in the build tree."""
from harness.door import log_in, must_enter
from harness.lightdm import LightDm
from harness.process import Broken, wait_until
from harness.resident import Resident, WRONG_PIN
from harness.screen import pictures_of
from harness.story import story
from harness.typed_key import another_key


def must(condition, text):
    if not condition:
        raise Broken(text)


def verdicts(owner):
    """What the daemon has said at this door, oldest first."""
    return [line.rsplit("reason=", 1)[1] for line in owner.daemon.process.log_text().splitlines() if "service=lightdm" in line and "reason=" in line]


def comes_in(report, owner, greeter, last_answer):
    """The last thing typed starts his session; then he leaves, and the greeter is back."""
    greeter.screen.types(last_answer)
    said = greeter.must_be_in(owner.user)
    report.shows(said)
    must(wait_until(lambda: verdicts(owner), "a verdict")[-1] == "ok", f"{verdicts(owner)}")
    greeter.ends_session(owner.user)
    greeter.wait_for_next_greeter()
    return said


def by_card(report, owner, greeter):
    report.chapter("The card lies in the reader")
    with report.step("his name, his PIN: his session runs, and knows his card"):
        greeter.answers(owner.user)
        greeter.screen.picture("pin")
        said = comes_in(report, owner, greeter, owner.pin)
        must(owner.card.label in said, said)
    with report.step("a wrong PIN: the greeter says how many tries are left; the right one lets in"):
        greeter.answers(owner.user)
        greeter.answers(WRONG_PIN)
        greeter.screen.picture("wrong-pin")
        must(owner.card_use()["pin_tries"] == "2", f"{owner.card_use()}")
        comes_in(report, owner, greeter, owner.pin)
    with report.step("a wrong access key at the same prompt, then the PIN"):
        greeter.answers(owner.user)
        greeter.answers(another_key(owner.new_key()))
        greeter.screen.picture("wrong-access-key")
        comes_in(report, owner, greeter, owner.pin)
    with report.step("his Unix password opens nothing"):
        greeter.answers(owner.user)
        greeter.answers(owner.world.passwords["owner"])
        must(not greeter.session_of(owner.user), "a session runs")
        comes_in(report, owner, greeter, owner.pin)


def in_words(report, owner):
    report.chapter("What the greeter is given to show")
    with report.step("the first question is said beforehand, because the greeter shows no text with it; the reason of the next stands in it"):
        with owner.computer.pamtester(owner.user, "authenticate", service="lightdm") as dialog:
            dialog.sees(f"PIN for card “{owner.card.label} (User PIN)”\n")
            dialog.types(WRONG_PIN)
            dialog.sees("Wrong PIN. 2 tries left. PIN for card “")
            dialog.types(owner.pin)
            must(dialog.ends() == 0, dialog.text())
            report.shows(dialog.text())


def without_card(report, owner, greeter):
    report.chapter("No card")
    with report.step("an access key lets in"):
        owner.takes_card_away()
        greeter.answers(owner.user)
        greeter.screen.picture("no-card")
        said = comes_in(report, owner, greeter, owner.new_key())
        must("no card" in said, said)
    with report.step("the card is put in while the greeter waits: the PIN lets in"):
        greeter.answers(owner.user)
        owner.puts_card_in()
        comes_in(report, owner, greeter, owner.pin)
        must_enter(log_in(owner.computer, owner.user, owner.by_pin))


def run(report, world):
    owner = Resident(report, world)
    with report.step("LightDM shows its greeter"):
        greeter = LightDm(owner.computer, pictures_of(world, "doors_lightdm"))
        greeter.screen.picture("greeter")
    in_words(report, owner)
    by_card(report, owner, greeter)
    without_card(report, owner, greeter)


if __name__ == "__main__":
    story("doors_lightdm", run)
