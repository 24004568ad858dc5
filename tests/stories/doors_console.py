#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The doors of a console: login on a terminal, su from another's session, sudo. PIN, wrong PIN with the tries that are left, access
key, who asks; and programs without anybody in front of them fail at once and cost the card nothing."""
from harness.door import CARD_OR_KEY, PIN, log_in, must_enter, must_stay_out
from harness.private_etc import write_pam_service
from harness.process import Broken, wait_until
from harness.resident import Resident, WRONG_PIN
from harness.story import story
from harness.typed_key import another_key

SUDOERS = """\
Defaults env_reset, use_pty
owner ALL=(ALL:ALL) ALL
second ALL=(ALL:ALL) ALL
"""


def must(condition, text):
    if not condition:
        raise Broken(text)


def at_login(report, owner):
    report.chapter("login on a terminal")
    computer = owner.computer
    with report.step("a wrong PIN says how many tries are left; the right one at the same prompt lets in"):
        seen = must_enter(log_in(computer, "owner", (PIN, WRONG_PIN), owner.by_pin, door="login"))
        must("Wrong PIN. 2 tries left." in seen.text, seen.text)
        report.shows(seen.text)
    with report.step("three wrong answers end the login; the card's last try was not spent on it"):
        key = owner.new_key()
        wrong = another_key(key)
        must_stay_out(log_in(computer, "owner", (PIN, wrong), (PIN, wrong + "-"), (PIN, ""), door="login"))
        must(owner.card_use()["pin_tries"] == "3", f"{owner.card_use()}")
        owner.daemon.forget_wrong_keys()
    with report.step("an access key lets in, typed at the prompt for the PIN; and only once"):
        must_enter(log_in(computer, "owner", (PIN, key), door="login"))
        must_stay_out(log_in(computer, "owner", (PIN, key), door="login"), "This access key does not open this computer.")
    with report.step("no card: the prompt says so; the card is put in while it waits, and the PIN lets in"):
        owner.takes_card_away()
        must_enter(log_in(computer, "owner", (CARD_OR_KEY, owner.pin), door="login", between=owner.puts_card_in))


def at_su(report, owner):
    report.chapter("su, from somebody else's session")
    with report.step("who asks stands in front of the question: program, person, terminal"):
        seen = must_enter(log_in(owner.computer, "owner", owner.by_pin, door="su_from", caller="second"))
        must("su asks for second, to act as owner, on pts/" in seen.text.replace("/dev/", ""), seen.text)
        report.shows(seen.text)
    with report.step("wrong PIN, then an access key, at one su"):
        seen = must_enter(log_in(owner.computer, "owner", (PIN, WRONG_PIN), (PIN, owner.new_key()), door="su_from", caller="second"))
        must("Wrong PIN. 2 tries left." in seen.text, seen.text)
        must_enter(log_in(owner.computer, "owner", owner.by_pin))


def at_sudo(report, owner):
    report.chapter("sudo")
    computer = owner.computer
    with report.step("who asks, and the PIN; then he is root"):
        seen = must_enter(log_in(computer, "owner", owner.by_pin, door="sudo"))
        must("sudo asks, to act as owner, on pts/" in seen.text.replace("/dev/", ""), seen.text)
        report.shows(seen.text)
    with report.step("a wrong PIN says how many tries are left; the right one lets in"):
        seen = must_enter(log_in(computer, "owner", (PIN, WRONG_PIN), owner.by_pin, door="sudo"))
        must("Wrong PIN. 2 tries left." in seen.text, seen.text)
    with report.step("without a card an access key lets in"):
        owner.takes_card_away()
        must_enter(log_in(computer, "owner", (CARD_OR_KEY, owner.new_key()), door="sudo"))
        owner.puts_card_in()
    with report.step("his Unix password does not make him root"):
        must_stay_out(log_in(computer, "owner", (PIN, owner.world.passwords["owner"]), door="sudo"))
        must_enter(log_in(computer, "owner", owner.by_pin, door="sudo"))


def nobody_there(report, owner):
    report.chapter("Nobody in front of the program")
    computer = owner.computer
    # Without a terminal: what sudo or su could ask reaches nobody. `setsid` also when the story itself runs at one.
    ways = {
        "sudo -n": ["sudo", "-k", "-n", "id"],
        "sudo -S </dev/null": ["sudo", "-k", "-S", "id"],
        "sudo in a pipe": ["sudo", "-k", "id"],
        "su </dev/null": ["su", "owner", "-c", "id"],
    }
    for name, argv in ways.items():
        with report.step(f"{name} fails at once, and the card is not given a command"):
            before = owner.card_use()
            done = computer.run(computer.as_user("owner", ["setsid", "--wait", *argv]), check=False, seconds=10,
                                stdin="not a PIN\n" if "pipe" in name else None)
            must(done.returncode == 1 and "uid=" not in done.stdout, f"{done.returncode}\n{done.stdout}{done.stderr}")
            must(("PIN" in done.stderr) == ("-S" in name or "su " in name), f"asked, though nobody is there:\n{done.stderr}")
            owner.the_card_was_left_alone(before)
            report.shows(done.stderr)
    with report.step("sudo -S takes the PIN from a script that has it, and asks no second time when it is wrong"):
        right = computer.run(computer.as_user("owner", ["setsid", "--wait", "sudo", "-k", "-S", "id", "-un"]), stdin=f"{owner.pin}\n", check=False)
        must(right.returncode == 0 and right.stdout == "root\n", right.stderr)
        wrong = computer.run(computer.as_user("owner", ["setsid", "--wait", "sudo", "-k", "-S", "id", "-un"]), stdin=f"{WRONG_PIN}\n", check=False)
        must(wrong.returncode == 1 and owner.card_use()["pin_tries"] == "2", f"{wrong.stderr}\n{owner.card_use()}")
        must_enter(log_in(computer, "owner", owner.by_pin, door="sudo"))


def run(report, world):
    owner = Resident(report, world)
    owner.computer.lay_over("/etc/sudoers", SUDOERS, 0o440)
    owner.computer.serve("sudo")
    at_login(report, owner)
    at_su(report, owner)
    at_sudo(report, owner)
    nobody_there(report, owner)


if __name__ == "__main__":
    story("doors_console", run)
