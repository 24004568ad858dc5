#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Over ssh nobody gets at the card in the computer's reader, also not its owner: an access key lets in, and only once. Wrong keys make
the address wait that they came from, not the owner in front of his computer."""
from harness.door import KEY, PIN, SSH_PASSWORD, log_in, must_enter, must_stay_out
from harness.process import Broken
from harness.resident import Resident
from harness.ssh import BY_ANSWER, Sshd
from harness.story import story
from harness.typed_key import another_key, mistyped_key

STRANGER, TRAIN = "127.0.0.66", "127.0.1.7"
WRONG = "This access key does not open this computer."
FREE_TRIES = 5  # docs/spec/login.md, “Wrong access keys”


def must(condition, text):
    if not condition:
        raise Broken(text)


def keyboard_interactive(report, owner, sshd):
    report.chapter("ssh, keyboard-interactive")
    computer = owner.computer
    key = owner.new_key()
    with report.step("it asks for an access key only, though the owner's card lies in the reader"):
        owner.lets_the_card_rest()
        before = owner.card_use()
        report.shows(must_stay_out(log_in(computer, "owner", door=sshd.ssh), "(owner@127.0.0.1) Access key: ").text)
    with report.step("his PIN, typed all the same, reaches no card and is answered in words, three times"):
        must_stay_out(log_in(computer, "owner", (KEY, owner.pin), (KEY, owner.pin), (KEY, owner.pin), door=sshd.ssh, prompts=1),
                      "A remote login needs an access key.")
        owner.the_card_was_left_alone(before)
    with report.step("a mistyped key names the group, a wrong key says so, and the right one lets in"):
        seen = must_enter(log_in(computer, "owner", (KEY, mistyped_key(key, 2)), (KEY, another_key(key)), (KEY, key), door=sshd.ssh))
        must("Group 2 of the access key is mistyped." in seen.text and WRONG in seen.text, seen.text)
        report.shows(seen.text)
    with report.step("the same key a second time does not"):
        must_stay_out(log_in(computer, "owner", (KEY, key), door=sshd.ssh), WRONG)
        owner.the_card_was_left_alone(before)
    with report.step("his Unix password does not, nor does it for a user who does not exist"):
        must_stay_out(log_in(computer, "owner", (KEY, owner.world.passwords["owner"]), door=sshd.ssh))
        must_stay_out(log_in(computer, "nobody-here", ("Password: ", "guess"), door=sshd.ssh))


def password(report, owner, sshd):
    report.chapter("ssh, password: one field")
    computer = owner.computer

    def by_password(user, **options):
        return sshd.ssh(user, method="password", prompts=1, **options)
    key = owner.new_key()
    with report.step("a wrong key is one try, though the program would answer every question with it"):
        counted = owner.remote_wrong_keys()
        must_stay_out(log_in(computer, "owner", (SSH_PASSWORD, another_key(key)), door=by_password))
        must(owner.remote_wrong_keys() == counted + 1, f"{counted} wrong keys, then {owner.remote_wrong_keys()}")
    with report.step("a PIN reaches no card"):
        before = owner.card_use()
        must_stay_out(log_in(computer, "owner", (SSH_PASSWORD, owner.pin), door=by_password))
        owner.the_card_was_left_alone(before)
    with report.step("the right key lets in"):
        must_enter(log_in(computer, "owner", (SSH_PASSWORD, key), door=by_password))


def throttled(report, owner, sshd):
    report.chapter("A stranger types wrong keys")
    computer = owner.computer
    key = owner.new_key()
    wrong = another_key(key)

    def from_address(source, *answers):
        return log_in(computer, "owner", *answers, door=sshd.ssh, source=source)
    with report.step("after five he is told to wait, whatever he types"):
        for _ in range(FREE_TRIES):
            must_stay_out(from_address(STRANGER, (KEY, wrong)), WRONG)
        report.shows(must_stay_out(from_address(STRANGER, (KEY, wrong)), "Too many wrong access keys").text)
        must_stay_out(from_address(STRANGER, (KEY, key)), "Too many wrong access keys")
    with report.step("also after a restart of the daemon: the count is on the disk"):
        owner.daemon.restart()
        must_stay_out(from_address(STRANGER, (KEY, key)), "Too many wrong access keys")
    with report.step("the owner in front of his computer notices nothing: no wrong key is counted there"):
        must(owner.daemon.wrong_keys() == 0, f"{owner.daemon.wrong_keys()} wrong keys")
        must_stay_out(log_in(computer, "owner", (PIN, wrong)), WRONG)
        must_enter(log_in(computer, "owner", owner.by_pin))
        # The daemon that was started again has made new keys: one had been used.
        must_enter(log_in(computer, "owner", (PIN, owner.new_key())))
    with report.step("nor does he at another address"):
        must_enter(from_address(TRAIN, (KEY, owner.new_key())))
    with report.step("and wrong keys in front of the computer do not shut him out over the network"):
        key = owner.new_key()
        for _ in range(FREE_TRIES):
            must_stay_out(log_in(computer, "owner", (PIN, another_key(key))), WRONG)
        must_stay_out(log_in(computer, "owner", (PIN, key)), "Too many wrong access keys")
        must_enter(from_address(TRAIN, (KEY, key)))


def last_try(report, owner, sshd):
    report.chapter("The card is on its last try")
    computer = owner.computer
    with report.step("over ssh nothing spends it, in either way"):
        must_stay_out(log_in(computer, "owner", (PIN, "99999999"), (PIN, "99999998")), "Only 1 try left")
        before = owner.card_use()
        must(before["pin_tries"] == "1", f"{before}")
        must_stay_out(log_in(computer, "owner", *[(KEY, "99999999")] * 3, door=sshd.ssh, source=TRAIN, prompts=1))
        must_stay_out(log_in(computer, "owner", (SSH_PASSWORD, "99999999"), door=sshd.ssh, source=TRAIN, method="password", prompts=1))
        owner.the_card_was_left_alone(before)
    with report.step("the owner still has it"):
        must_enter(log_in(computer, "owner", owner.by_pin))


def run(report, world):
    owner = Resident(report, world)
    sshd = Sshd(owner.computer, BY_ANSWER)
    keyboard_interactive(report, owner, sshd)
    password(report, owner, sshd)
    throttled(report, owner, sshd)
    last_try(report, owner, sshd)


if __name__ == "__main__":
    story("doors_ssh", run)
