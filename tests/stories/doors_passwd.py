#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`passwd`, the real one, with the stack that packaging/pam-configs/cardea makes: the owner changes the PIN of his card and unblocks it with
its PUK; who is not enrolled changes his Unix password; what breaks a rule costs no try; without the daemon it says why."""
import os
import re

from chapters import must
from harness import private_etc
from harness.daemon import Daemon
from harness.dialog import Dialog
from harness.door import PASSWORD, PIN, log_in, must_enter, must_stay_out
from harness.process import run as run_program
from harness.story import story
from harness.world import SOURCE

NEW_PIN, AGAIN = "New PIN: ", "Once more: "
PUK, UNBLOCK = "PUK: ", "Unblock it with its PUK and a new PIN? (yes/no) "
OLD_PASSWORD, NEW_PASSWORD, RETYPE = "Current password: ", "New password: ", "Retype new password: "
WRONG_PIN, WRONG_PUK = "99999999", "99999998"

# A /etc whose password files can be replaced by renaming, as pam_unix does: a copy of the machine's over it.
OWN_ETC = r"""
set -eu
umount /etc/passwd /etc/shadow /etc/group
mkdir "$1/etc-over"
mount -t tmpfs -o mode=0755 none "$1/etc-over"
mkdir "$1/etc-over/upper" "$1/etc-over/work"
cp -p "$1/etc/passwd" "$1/etc/shadow" "$1/etc/group" "$1/etc-over/upper/"
mount -t overlay -o "lowerdir=/etc,upperdir=$1/etc-over/upper,workdir=$1/etc-over/work" none /etc
mount --bind "$1/etc/pam.d" /etc/pam.d
"""


def password_stack(computer):
    """The profile's Password lines in front of Debian's own, as pam-auth-update writes them (tests/integration/packages/pam_profile.py)."""
    with open(os.path.join(SOURCE, "packaging", "pam-configs", "cardea"), encoding="utf-8") as file:
        lines = file.read().split("Password:\n")[1].strip().splitlines()
    stack = []
    for number, line in enumerate(lines):
        line = line.strip().replace("pam_cardea.so", f"{computer.module} socket={computer.socket} timeout=30")
        stack.append("password " + line.replace("success=end", f"success={len(lines) - number + 1}"))
    stack += ["password [success=1 default=ignore] pam_unix.so obscure use_authtok try_first_pass yescrypt",
              "password requisite pam_deny.so", "password required pam_permit.so"]
    return "\n".join(stack) + "\n"


def prepare(report, world, computer):
    report.chapter("A computer in secure mode")
    with report.step("the owner's card is enrolled; his neighbour has none"):
        run_program(["nsenter", f"--target={computer.holder_pid}", "--mount", "--wd=/", "--", "bash", "-c", OWN_ETC, "own-etc", computer.directory])
        for service in ("passwd", "chpasswd"):
            private_etc.write(os.path.join(computer.pam_directory, service), password_stack(computer))
        world.own = world.new_card(computer, "owner")
        computer.slot.insert(world.own)
        world.daemon = Daemon(computer, policy=["gate = card_required"])
        world.daemon.wait_for_card()
        world.daemon.cardea("card", "enrol", "--user", "owner", "--key", world.key, answers={"pin": world.own.secrets.pin})
    world.current = world.own.secrets.pin


def passwd(world, user, *answers, by=None):
    """Runs passwd; returns (exit status, text). Each answer is (prompt, text, whether it is hidden)."""
    computer = world.daemon.computer
    argv = ["passwd", user] if by == "root" else computer.as_user(user, ["passwd"])
    with Dialog(computer.inside(argv), env=computer.environment(TERM="dumb")) as dialog:
        for prompt, text, *shown in answers:
            dialog.sees(prompt)
            dialog.types(text, secret=not shown)
        return dialog.ends(), dialog.text()


def chpasswd(computer, user, password):
    return computer.run(["chpasswd"], stdin=f"{user}:{password}\n", check=False).returncode


def tries(world):
    stat = world.daemon.computer.slot.stat()
    return int(stat["pin_tries"]), int(stat["puk_tries"])


def refused(world, user, *answers, says, costs=(0, 0)):
    before = tries(world)
    status, text = passwd(world, user, *answers)
    must(status != 0 and says in text, f"{status}: {text}")
    must("successfully" not in text, text)
    after = tries(world)
    must((before[0] - after[0], before[1] - after[1]) == costs, f"{before} before, {after} after:\n{text}")
    return text


def opens(world, pin):
    must_enter(log_in(world.daemon.computer, "owner", (PIN, pin)))


def the_pin(report, world):
    report.chapter("The owner's PIN")
    old, new = world.current, world.pin("changed")
    with report.step("old PIN, new PIN twice: changed, and nothing but the PIN"):
        shadow = world.shadow()
        status, text = passwd(world, "owner", (PIN, old), (NEW_PIN, new), (AGAIN, new))
        must(status == 0 and "The PIN is changed." in text, f"{status}: {text}")
        must(world.shadow() == shadow, "the Unix password was changed, too")
        opens(world, new)
        report.shows(text)
    with report.step("a wrong old PIN: refused, and one try is gone"):
        refused(world, "owner", (PIN, WRONG_PIN), (NEW_PIN, old), (AGAIN, old), says="Wrong PIN. 2 tries left.", costs=(1, 0))
        opens(world, new)
    with report.step("two that differ are asked again; three times: refused, and no try is gone"):
        pairs = [(NEW_PIN, old), (AGAIN, new)] * 3
        refused(world, "owner", (PIN, new), *pairs, says="The two are not the same.")
    with report.step("too short, too long, the old one, letters from elsewhere: refused before the card is asked"):
        for bad, why in (("12", "The PIN of this card has"), ("1" * 60, "The PIN of this card has"), (new, "The new PIN is the old one."),
                         ("123456é", "characters that this card does not take")):
            refused(world, "owner", (PIN, WRONG_PIN if bad != new else new), (NEW_PIN, bad), (AGAIN, bad), says=why)
        opens(world, new)
    with report.step("root can't change it without knowing it"):
        before = tries(world)
        status, text = passwd(world, "owner", (PIN, WRONG_PIN), (NEW_PIN, old), (AGAIN, old), by="root")
        must(status != 0 and "Wrong PIN." in text and tries(world)[0] == before[0] - 1, f"{status}: {text}")
        opens(world, new)
    with report.step("no card in the reader: says so, and the Unix password stays as it is"):
        computer = world.daemon.computer
        shadow = world.shadow()
        computer.slot.pull()
        world.daemon.wait_for_card(False)
        status, text = passwd(world, "owner")
        must(status != 0 and "There is no card in the reader." in text and world.shadow() == shadow, f"{status}: {text}")
        computer.slot.push()
        world.daemon.wait_for_card()
    world.current = new


def the_puk(report, world):
    report.chapter("A locked card")
    puk, new = world.own.secrets.puk, world.pin("unblocked")
    with report.step("three wrong PINs lock it"):
        for consent in ((), (), (("Use the last try? (yes/no) ", "yes", "shown"),)):
            status, text = passwd(world, "owner", *consent, (PIN, WRONG_PIN), (NEW_PIN, new), (AGAIN, new))
            must(status != 0, text)
        must(tries(world)[0] == 0, f"{tries(world)}")
        must_stay_out(log_in(world.daemon.computer, "owner"), "This card is locked.")
    with report.step("passwd offers the PUK; who does not want it has lost nothing"):
        refused(world, "owner", (UNBLOCK, "no", "shown"), says="This card is locked.")
    with report.step("a new PIN against the rules: refused, and no PUK try is gone"):
        refused(world, "owner", (UNBLOCK, "yes", "shown"), (PUK, puk), (NEW_PIN, "12"), (AGAIN, "12"), says="The PIN of this card has")
    with report.step("a wrong PUK: said, and counted by the card"):
        text = refused(world, "owner", (UNBLOCK, "yes", "shown"), (PUK, WRONG_PUK), (NEW_PIN, new), (AGAIN, new), says="Wrong PUK.", costs=(0, 1))
        must("After too many wrong PUKs a card can never be unblocked again." in text, text)
    with report.step("the right one: the card has the new PIN, and opens"):
        status, text = passwd(world, "owner", (UNBLOCK, "yes", "shown"), (PUK, puk), (NEW_PIN, new), (AGAIN, new))
        must(status == 0 and "The card is unblocked and has the new PIN." in text, f"{status}: {text}")
        opens(world, new)
        report.shows(text)
    world.current = new


def the_unix_password(report, world):
    report.chapter("Who is not enrolled")
    old, new = world.passwords["second"], world.secret("unix-password-second-new", "Blue-elephants-47-walk")
    computer = world.daemon.computer
    with report.step("his neighbour's passwd asks for his password, as before, and changes it"):
        status, text = passwd(world, "second", (OLD_PASSWORD, old), (NEW_PASSWORD, new), (RETYPE, new))
        must(status == 0 and "password updated successfully" in text and "PIN" not in text, f"{status}: {text}")
        must_enter(log_in(computer, "second", (PASSWORD, new)))
        must_stay_out(log_in(computer, "second", (PASSWORD, old)))
        report.shows(text)
    with report.step("a wrong one, or two that differ, change nothing"):
        for answers in (((OLD_PASSWORD, "not this"),), ((OLD_PASSWORD, new), (NEW_PASSWORD, old), (RETYPE, new))):
            shadow = world.shadow()
            status, text = passwd(world, "second", *answers)
            must(status != 0 and world.shadow() == shadow, f"{status}: {text}")
    with report.step("root gives him another, without knowing his"):
        status, text = passwd(world, "second", (NEW_PASSWORD, old), (RETYPE, old), by="root")
        must(status == 0, f"{status}: {text}")
        must_enter(log_in(computer, "second", (PASSWORD, old)))
    with report.step("chpasswd, which answers every question with the new password: his is changed, the owner's card loses no try"):
        must(chpasswd(computer, "second", new) == 0, computer.auth_log())
        must_enter(log_in(computer, "second", (PASSWORD, new)))
        before, shadow = tries(world), world.shadow()
        for guess in (new, "12345678"):
            must(chpasswd(computer, "owner", guess) != 0 and tries(world) == before and world.shadow() == shadow, f"{before}, {tries(world)}")
        opens(world, world.current)
    with report.step("with the gate off the owner's passwd is about his Unix password"):
        world.daemon.configure(["gate = off"])
        status, text = passwd(world, "owner", (OLD_PASSWORD, world.passwords["owner"]), (NEW_PASSWORD, new), (RETYPE, new))
        must(status == 0 and "PIN" not in text, f"{status}: {text}")
        world.daemon.configure(["gate = card_required"])
        opens(world, world.current)


def without_daemon(report, world):
    report.chapter("The daemon is down")
    world.daemon.stop()
    with report.step("owner and neighbour are told why, and nothing is changed"):
        shadow = world.shadow()
        for user in ("owner", "second"):
            status, text = passwd(world, user)
            must(status != 0 and "The card service is not running; card and access key can't be checked." in text, f"{status}: {text}")
        must(world.shadow() == shadow, "something was changed")
        report.shows(text)
    with report.step("the break-glass group changes its passwords"):
        new = world.secret("unix-password-admin-new", "Green-hedgehogs-53-run")
        status, text = passwd(world, "admin", (OLD_PASSWORD, world.passwords["admin"]), (NEW_PASSWORD, new), (RETYPE, new))
        must(status == 0, f"{status}: {text}")
        must_enter(log_in(world.daemon.computer, "admin", (PASSWORD, new)))


def run(report, world):
    computer = world.computer("laptop")
    world.shadow = lambda: re.sub(r"(:\$[^:]*:)\d*", r"\1", computer.run(["cat", "/etc/shadow"]).stdout)
    prepare(report, world, computer)
    the_pin(report, world)
    the_puk(report, world)
    the_unix_password(report, world)
    without_daemon(report, world)


if __name__ == "__main__":
    story("doors_passwd", run, programs=("cardea-recoveryd", "cardea-card-worker", "cardea", "pam_cardea.so", "cardea-virtual-card"))
