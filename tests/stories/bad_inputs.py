#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a person can get wrong, and what time does to files: a clear word, nobody let in who should not be, nothing lost. What other
tests show already is not repeated: oversize and malformed requests (integration_server_guard), an untrusted certificate
(server_unreachable), unsafe files of the server and its damaged database (integration_server_program), a half-written card
(card_worker_faults)."""
import os
import subprocess

from chapters import ACCOUNT, Cast, a_card_and_its_world, close_the_gate, must, register
from harness.computer import PROGRAMS
from harness.door import CARD_OR_KEY, PASSWORD, PIN, log_in, must_enter, must_stay_out
from harness.private_etc import write, write_pam_service
from harness.story import story

DAMAGED = "The enrolment data of this computer is damaged. An administrator must restore it from a backup or enrol again."


def read(path):
    with open(path, "rb") as file:
        return file.read()


def put_back(path, content):
    with open(path, "r+b") as file:  # owner and mode stay
        file.truncate()
        file.write(content)


def flipped(content, position):
    return content[:position] + bytes([content[position] ^ 0x01]) + content[position + 1:]


def does_not_start(cast, *words):
    """The daemon ends with 1 within its time and says each of the words."""
    try:
        done = cast.laptop.run([f"{PROGRAMS}/cardea-recoveryd", "--config", cast.daemon.config], check=False, seconds=10)
    except subprocess.TimeoutExpired:
        must(False, "it started")
    must(done.returncode == 1, f"ended with {done.returncode}: {done.stderr}")
    for word in words:
        must(word in done.stderr, f"“{word}” was not said: {done.stderr}")


def configuration(report, cast):
    report.chapter("The configuration of the computer")
    good = read(cast.daemon.config).decode()
    cast.daemon.stop()
    with report.step("an unknown key: file, line and key are named"):
        write(cast.daemon.config, good + "max_ofline = 30\n", 0o600)
        does_not_start(cast, f"{cast.daemon.config}:{good.count(chr(10)) + 1}", "max_ofline")
    with report.step("a word in the place of a number"):
        write(cast.daemon.config, good + "max_offline = a month\n", 0o600)
        does_not_start(cast, f"{cast.daemon.config}:{good.count(chr(10)) + 1}", "max_offline")
    with report.step("a file that its group may write"):
        write(cast.daemon.config, good, 0o660)
        does_not_start(cast, cast.daemon.config, "mode 0660")
    write(cast.daemon.config, good, 0o600)
    with report.step("the device key may be read by others, or belongs to somebody else"):
        key = os.path.join(cast.daemon.state_dir, "computer")
        os.chmod(key, 0o640)
        does_not_start(cast, key, "mode 0640")
        os.chmod(key, 0o600)
        os.chown(key, 51002, 51002)
        does_not_start(cast, key, "belongs to uid 51002")
        os.chown(key, 0, 0)
    with report.step("set right: it starts and the card opens"):
        cast.daemon.start()
        cast.daemon.wait_for_card()
        must_enter(cast.enters_by_pin())


def pam_option(report, cast):
    report.chapter("The PAM configuration")
    with report.step("an unknown option: refused, and the log names it"):
        write_pam_service(cast.laptop.pam_directory, "cardea-test", module=cast.laptop.module, socket=cast.laptop.socket, timeout=30,
                          options="ignore_unkown_user")
        must_stay_out(log_in(cast.laptop, "owner", door="pamtester"))
        cast.laptop.wait_for_log("ignore_unkown_user")
    with report.step("set right: the card opens"):
        cast.laptop.set_pam_timeout(30)
        must_enter(cast.enters_by_pin(door="pamtester"))


def is_refused_as_damaged(cast, *answers):
    attempt = must_stay_out(log_in(cast.laptop, "owner", *answers, door="pamtester"), DAMAGED)
    must(PASSWORD not in attempt.text, f"leads on to the Unix password:\n{attempt.text}")


def register_again(cast):
    return cast.daemon.register("owner", cast.server, ACCOUNT, cast.person, cast.own_card, check=False)


def read_at_each_login(report, cast):
    report.chapter("A damaged file that is read at each login")
    users = os.path.join(cast.daemon.state_dir, "users")
    for name, path in (("the enrolment", os.path.join(users, "owner.enrolment")), ("the gate switch", os.path.join(cast.daemon.state_dir, "gate"))):
        good = read(path)
        with report.step(f"{name}: a flipped bit anywhere, cut short, empty: refused, with the word how to restore it"):
            for bad in (*(flipped(good, position) for position in range(0, len(good), max(1, len(good) // 12))), good[:-1], good[:20], b""):
                put_back(path, bad)
                is_refused_as_damaged(cast)
        with report.step(f"{name}: the utility says so, too"):
            put_back(path, flipped(good, 20))
            said = cast.daemon.cardea("gate", "status", "--user", "owner", check=False) if name == "the gate switch" else register_again(cast)
            must(said.code == 1 and "estore it from a backup" in said.error and "not enrolled" not in said.error, f"{said.code}: {said.error}")
        with report.step(f"{name} put back: the card opens"):
            put_back(path, good)
            must_enter(cast.enters_by_pin())
    with report.step("an enrolment that another may read is refused, too"):
        path = os.path.join(users, "owner.enrolment")
        os.chmod(path, 0o644)
        is_refused_as_damaged(cast)
        os.chmod(path, 0o600)
    with report.step("the count of tries: no access key is looked at, the card opens"):
        key = cast.issue_access_key("access-key-damaged-tries")
        path = os.path.join(users, "owner.tries")
        write(path, "", 0o600)
        cast.laptop.slot.remove()
        cast.daemon.wait_for_card(False)
        is_refused_as_damaged(cast, (CARD_OR_KEY, key))
        cast.laptop.slot.insert(cast.own_card)
        cast.daemon.wait_for_card()
        must_enter(cast.enters_by_pin())
        os.unlink(path)
        must_enter(log_in(cast.laptop, "owner", (PIN, key)))


def read_at_start(report, cast):
    report.chapter("A damaged file that is read when the daemon starts")
    cast.daemon.stop()
    path = os.path.join(cast.daemon.state_dir, "computer")
    good = read(path)
    with report.step("computer: it does not start, names the file, says how to restore it and changes nothing"):
        for bad in (flipped(good, 10), flipped(good, len(good) // 2), good[:-1], b""):
            put_back(path, bad)
            does_not_start(cast, path, "estore")
            must(read(path) == bad, "the file was changed")
            must_stay_out(log_in(cast.laptop, "owner"), "The card service is not running")
    put_back(path, good)
    audit = os.path.join(cast.daemon.state_dir, "audit")
    with report.step("audit: it is kept aside and told of, and the card opens: what tells the past must not lock anybody out"):
        put_back(audit, flipped(read(audit), len(read(audit)) // 2))
        bad = read(audit)
        cast.daemon.start()
        cast.daemon.wait_for_card()
        must_enter(cast.enters_by_pin())
        aside = [name for name in os.listdir(cast.daemon.state_dir) if name.startswith("audit.damaged.")]
        must(len(aside) == 1 and read(os.path.join(cast.daemon.state_dir, aside[0])) == bad, f"not kept: {aside}")
        must(b"audit-damaged" in read(audit), "the new file does not tell of it")
        cast.daemon.stop()
    with report.step("put back: it starts and the card opens"):
        cast.daemon.start()
        cast.daemon.wait_for_card()
        must_enter(cast.enters_by_pin())


def run(report, world):
    cast = Cast(world)
    a_card_and_its_world(report, cast)
    register(report, cast)
    close_the_gate(report, cast)
    configuration(report, cast)
    pam_option(report, cast)
    read_at_each_login(report, cast)
    read_at_start(report, cast)


if __name__ == "__main__":
    story("bad_inputs", run)
