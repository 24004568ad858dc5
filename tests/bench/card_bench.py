# SPDX-License-Identifier: Apache-2.0
"""What a login asks of the card, counted at the virtual card itself, and whether the card is locked behind it."""
import json
import subprocess

from desk import (BareSequence, Broken, PAM_SUCCESS, PROGRAMS, QuietDaemon, WORKER_OPENSC, make_computer, make_world,
                  verify_status)
from harness.process import wait_until

SLOW_MS = 150  # of one command, so that those behind the answer have not been answered when the answer is there
KINDS = {"p256": "P-256", "rsa2048": "RSA-2048"}
# The goals for a PIV-type card; what OpenSC's driver of this very card needs stands beside it.
GOALS = {"p256": 3, "rsa2048": 5}
LOCKED = "63c3"
VERIFY = "20"  # the last command behind the answer: the worker reads the tries that are left


class StepwiseLogin:
    """login_probe that stops at its prompt until it is told the PIN."""

    def __init__(self, computer):
        self._process = subprocess.Popen(computer.inside([f"{PROGRAMS}/login_probe", computer.services, "cardea", "owner", "steps"]),
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=computer.environment(), text=True, bufsize=1)

    def wait_for_prompt(self):
        if self._process.stdout.readline() != "prompt\n":
            raise Broken("no prompt")

    def answer(self, pin):
        self._process.stdin.write(pin + "\n")
        values = json.loads(self._process.stdout.readline())
        if values["status"] != PAM_SUCCESS:
            raise Broken(f"login refused: PAM code {values['status']}")

    def close(self):
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def commands(slot):
    """Instruction bytes of the commands that the card has answered since the counters were reset."""
    return slot.order("trace").split()[1:]


def log_in(computer, pin):
    login = StepwiseLogin(computer)
    try:
        login.wait_for_prompt()
        login.answer(pin)
    finally:
        login.close()


def one_login(computer, slot, pin):
    """(before the prompt, from the PIN to the answer, behind the answer): the commands of one warm login."""
    slot.order("reset-counters")
    login = StepwiseLogin(computer)
    try:
        login.wait_for_prompt()
        before = commands(slot)
        slot.order("reset-counters")
        slot.order("delay", SLOW_MS)
        login.answer(pin)
        until_answer = commands(slot)
    finally:
        login.close()
        slot.order("delay", 0)
    wait_until(lambda: VERIFY in commands(slot)[len(until_answer):], "the worker to have done with the card")
    return before, until_answer, commands(slot)[len(until_answer):]


def bare_commands(computer, slot, pin, serial):
    """The same card through C_Login and C_Sign alone, warm, with the same OpenSC configuration."""
    bare = BareSequence(computer, "opensc-pkcs11", serial, pin, OPENSC_CONF=WORKER_OPENSC)
    try:
        bare.measure()
        slot.order("reset-counters")
        seen = []
        bare.measure(lambda: seen.extend(commands(slot)))
        return seen
    finally:
        bare.close()


def measure(report, world):
    computer = make_computer(world, "desk")
    slot = computer.slot
    card = world.new_card(computer, "owner")
    slot.insert(card)
    daemon = QuietDaemon(computer)
    daemon.wait_for_card()
    daemon.cardea("card", "enrol", "--user", "owner", "--key", world.key, answers={"pin": card.secrets.pin})
    for _ in range(2):  # warm
        one_login(computer, slot, card.secrets.pin)
    before, until_answer, behind = one_login(computer, slot, card.secrets.pin)
    status = verify_status(slot)
    daemon.configure(["set_authtok = keyring"])
    log_in(computer, card.secrets.pin)  # makes the secret
    one_login(computer, slot, card.secrets.pin)
    _, with_keyring, _ = one_login(computer, slot, card.secrets.pin)
    status_with_keyring = verify_status(slot)
    serial = daemon.cardea("card", "show").json["cards"][0]["serial"]
    daemon.stop()
    bare = bare_commands(computer, slot, card.secrets.pin, serial)
    what = f"card commands, {world.personality}, {KINDS[world.key]}"
    report.at_most(f"{what}: before the prompt", len(before), 0)
    report.at_most(f"{what}: PIN to answer", len(until_answer), GOALS[world.key], len(bare),
                   against=f"bare OpenSC; {' '.join(until_answer)}, then {' '.join(behind)}")
    same = with_keyring[:len(until_answer)] == until_answer
    report.add(f"{what}: more with the keyring", len(with_keyring) - len(until_answer), goal="behind the signature", met=same,
               against=" ".join(with_keyring[len(until_answer):]))
    locked = status == status_with_keyring == LOCKED
    report.add(f"card left locked, {world.personality}, {KINDS[world.key]}", int(locked), unit="1 = locked", goal="1",
               met=locked, against=f"VERIFY without data: {status}, with the keyring {status_with_keyring}")


def run(report, build, smoke):
    for personality in ("myeid", "sc-hsm"):
        for key in ("p256",) if smoke else ("p256", "rsa2048"):
            with make_world(build, personality, key) as world:
                measure(report, world)
