#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The owner's keyring, with the real pam_gnome_keyring, gnome-keyring-daemon and secret-tool: a card login opens it, an access key
opens it, and it stays open to him through every new generation of access keys and to the new card. What is refused hands out nothing."""
import os
import stat

from chapters import ACCOUNT, WRONG_PIN, Cast, a_card_and_its_world, must
from harness import private_etc
from harness.canary import search_files, search_memory
from harness.dialog import Dialog
from harness.door import CARD_OR_KEY, PASSWORD, PIN, SHELL
from harness.process import wait_until
from harness.story import story

ON = ["gate = card_required", "set_authtok = keyring", "one_field_services = one-field"]
OFF = ["gate = card_required", "set_authtok = none"]

# As common-auth has it with the profile: what grants leads on to the additional modules.
LOGIN = """\
auth     [success=1 default=ignore] {module} socket={socket} timeout=30
auth     requisite pam_deny.so
auth     optional  pam_gnome_keyring.so
account  required  {module} socket={socket} timeout=30
session  optional  {module} socket={socket} timeout=30
session  optional  pam_gnome_keyring.so auto_start
password required  pam_deny.so
"""
# Whatever the module answers, what stands in PAM_AUTHTOK behind it goes to a file; pam_exec asks for a password when nothing does.
PROBE = """\
{before}auth     [default=ignore] {module} socket={socket} timeout=30
auth     optional pam_exec.so expose_authtok {script}
auth     required pam_permit.so
"""


def write_services(cast, daemon):
    laptop = cast.laptop
    where = {"module": laptop.module, "socket": daemon.socket}
    script = os.path.join(laptop.directory, "probe")
    cast.probed = os.path.join(laptop.directory, "probed")
    private_etc.write(script, f"#!/bin/sh\n[ -z \"$PAM_USER\" ] || cat >{cast.probed}\n", 0o700)
    private_etc.write(os.path.join(laptop.pam_directory, "login"), LOGIN.format(**where))
    for service, before in (("cardea-test", ""), ("after-another", "auth     optional pam_unix.so\n"), ("one-field", ""), ("sudo", "")):
        private_etc.write(os.path.join(laptop.pam_directory, service), PROBE.format(before=before, script=script, **where))


def session(cast, *answers, command):
    """A session of `login`, in which `command` is run; what stood on the terminal."""
    with cast.laptop.login("owner") as dialog:
        for prompt, text in answers:
            dialog.sees(prompt)
            dialog.types(text)
        dialog.sees(SHELL)
        # Not as it is typed, so that it is seen only when the shell says it.
        dialog.types(f"{command}; echo ended-$((40+2)); exit", secret=False)
        dialog.sees("ended-42")
        dialog.ends()
        return dialog.text()


def keeps(cast, *answers):
    """Puts the story's text into the default keyring."""
    seen = session(cast, *answers, command="printf %s \"$(cat ~/text)\" | timeout 20 dbus-run-session -- secret-tool store --label=story place story && echo kept-$((40+2))")
    must("kept-42" in seen, seen)


def finds(cast, *answers):
    """Whether a new session finds the text, with nobody asked for any password."""
    # The keyring's daemon says where it listens, on the same output, before secret-tool says what it found.
    seen = session(cast, *answers, command="timeout 20 dbus-run-session -- secret-tool lookup place story | tail -n 1 >~/found; cmp ~/found ~/text && echo same-$((40+2))")
    must("same-42" in seen, f"the keyring is closed:\n{seen}")
    return seen


def probe(cast, *answers, service="cardea-test"):
    """What stands in PAM_AUTHTOK behind the module; None when nothing does."""
    if os.path.exists(cast.probed):
        os.unlink(cast.probed)
    with cast.laptop.pamtester("owner", "authenticate", service=service) as dialog:
        asked = None
        for prompt, text in answers:
            asked = dialog.sees(prompt, PASSWORD)
            if asked != prompt:  # the daemon has gone
                break
            dialog.types(text)
        else:
            asked = dialog.sees(PASSWORD, "successfully authenticated")
        dialog.abandon()
    if asked == PASSWORD:
        return None
    with open(cast.probed, encoding="utf-8") as file:
        return file.read().rstrip("\n\0")


def stored(cast):
    with open(cast.keyring_file, "rb") as file:
        return file.read()


def forgets_the_key(cast):
    """The daemon is started anew, and has lost the root of the access key that was used last."""
    cast.daemon.stop()
    cast.daemon.start()
    cast.daemon.wait_for_reader()


def prepare(report, cast):
    a_card_and_its_world(report, cast)
    report.chapter("A keyring, and the policy")
    with report.step("the owner registers; then the administrator switches the keyring on"):
        cast.daemon.register("owner", cast.server, ACCOUNT, cast.person, cast.own_card)
        cast.daemon.configure(ON)
        write_services(cast, cast.daemon)
        home = cast.laptop.run(["sh", "-c", f"printf %s '{cast.world.secret('kept in the keyring')}' >/run/home/owner/text && "
                                "chown owner: /run/home/owner/text && stat -c %U /run/home/owner/text"])
        must(home.stdout.strip() == "owner", home.stdout)
        cast.keyring_file = os.path.join(cast.daemon.state_dir, "users", "owner.keyring")
    with report.step("at its next contact the computer makes access keys that can be given the secret"):
        wait_until(lambda: os.path.exists(cast.keyring_file), "a generation of access keys after the policy")


def by_card(report, cast):
    report.chapter("The card opens it")
    pin = (PIN, cast.pin)
    with report.step("a wrong PIN hands out nothing, and makes nothing"):
        before = stored(cast)
        must(probe(cast, (PIN, WRONG_PIN), service="one-field") is None, "something was handed out")
        must(stored(cast) == before, "the file has changed")
    with report.step("the first login with the card makes the login keyring; he keeps something in it"):
        keeps(cast, pin)
        keyrings = cast.laptop.run(["ls", "/run/home/owner/.local/share/keyrings"]).stdout.split()
        must("login.keyring" in keyrings, f"{keyrings}")
    with report.step("the next session finds it, and asks nothing but the PIN"):
        seen = finds(cast, pin)
        must(PASSWORD not in seen, seen)
    with report.step("what is handed out: 43 letters and digits, the same each time"):
        cast.secret = probe(cast, pin)
        must(cast.secret is not None and len(cast.secret) == 43, "nothing, or something else")
        cast.world.secret("keyring secret", cast.secret)
        must(probe(cast, pin) == cast.secret, "another secret")
        wait_until(lambda: cast.laptop.slot.stat()["verified"] == "0", "the card to be locked again")
    with report.step("the password that an earlier module asked for does not stay beside it"):
        password = cast.world.passwords["owner"]
        must(probe(cast, (PASSWORD, password), pin, service="after-another") == cast.secret, "another text in PAM_AUTHTOK")
    with report.step("sudo opens no keyring, and is given nothing"):
        must(probe(cast, pin, service="sudo") is None, "sudo was given the secret")
    with report.step("a program of the owner's own is given nothing, with the right PIN"):
        argv = cast.laptop.as_user("owner", ["pamtester", "cardea-test", "owner", "authenticate"])
        with Dialog(cast.laptop.inside(argv), env=cast.laptop.environment(TERM="dumb")) as dialog:
            dialog.sees(PIN)
            dialog.types(cast.pin)
            asked = dialog.sees(PASSWORD, "successfully authenticated")
        must(asked == PASSWORD, "his own program was given the secret")


def by_access_key(report, cast):
    report.chapter("An access key opens it")
    cast.laptop.slot.remove()
    cast.daemon.wait_for_card(False)
    with report.step("without card and without server"):
        key = cast.issue_access_key("access-key-keyring")
        cast.server.stop()
        finds(cast, (CARD_OR_KEY, key))
        cast.server.start()
    with report.step("and a key of the next generation, too"):
        done = cast.daemon.cardea("access-key", "rotate", user="owner")
        must(done.json["generation"] >= 2, done.text)
        finds(cast, (CARD_OR_KEY, cast.issue_access_key("access-key-keyring-2")))
    with report.step("a generation that nobody's card or key was there for: the card gives it the secret, and its keys open"):
        forgets_the_key(cast)
        cast.daemon.cardea("access-key", "rotate", user="owner")
        cast.laptop.slot.insert(cast.own_card)
        cast.daemon.wait_for_card()
        must(probe(cast, (PIN, cast.pin)) == cast.secret, "another secret")
        cast.laptop.slot.remove()
        cast.daemon.wait_for_card(False)
        must(probe(cast, (CARD_OR_KEY, cast.issue_access_key("access-key-keyring-3"))) == cast.secret, "another secret, or none")


def after_replacement(report, cast):
    report.chapter("A new card opens it")
    with report.step("replaced with password and answer: the new card opens the same keyring"):
        forgets_the_key(cast)
        cast.laptop.slot.insert(cast.new_card)
        cast.daemon.wait_for_card()
        cast.daemon.cardea("card", "replace", "--key", cast.world.key, user="owner", answers={"pin": cast.new_card.secrets.pin, **cast.person})
        finds(cast, (PIN, cast.new_card.secrets.pin))
        must(probe(cast, (PIN, cast.new_card.secrets.pin)) == cast.secret, "another secret")
    with report.step("and so do its access keys"):
        cast.laptop.slot.remove()
        cast.daemon.wait_for_card(False)
        finds(cast, (CARD_OR_KEY, cast.issue_access_key("access-key-keyring-4")))
    with report.step("replaced once more, by who has just come in with an access key"):
        cast.laptop.slot.insert(cast.strangers_card)
        cast.daemon.wait_for_card()
        third = cast.strangers_card.secrets.pin
        cast.daemon.cardea("card", "replace", "--with", "access-key", "--key", cast.world.key, user="owner",
                           answers={"pin": third})
        finds(cast, (PIN, third))


def nothing_left(report, cast):
    report.chapter("Nothing else has it")
    with report.step("not in the memory of the daemon, nor in its files and logs"):
        secret = {"keyring secret": cast.secret}
        must(search_memory({**secret, "kept": cast.secret}, os.getpid())[0], "the search finds nothing")
        cast.daemon.restart()
        must(probe(cast, (PIN, cast.strangers_card.secrets.pin)) == cast.secret, "another secret")
        found, _ = search_memory(secret, cast.daemon.process.pid)
        must(not found, f"in the daemon: {found}")
        os.unlink(cast.probed)
        found, looked = search_files(secret, cast.laptop.directory, cast.server.directory)
        must(looked > 20 and not found, f"{looked} files, {found}")
        must(stat.S_IMODE(os.stat(cast.keyring_file).st_mode) == 0o600, "others may read it")
    with report.step("a file that was tampered with opens nothing, and the card still lets in"):
        with open(cast.keyring_file, "r+b") as file:
            whole = file.read()
            file.seek(0)
            file.write(whole[:-40] + bytes([whole[-40] ^ 1]) + whole[-39:])
        must(probe(cast, (PIN, cast.strangers_card.secrets.pin)) is None, "something was handed out")
        with open(cast.keyring_file, "wb") as file:
            file.write(whole)
        must(probe(cast, (PIN, cast.strangers_card.secrets.pin)) == cast.secret, "another secret")
    with report.step("set_authtok = none: nothing is handed out"):
        cast.daemon.configure(OFF)
        must(probe(cast, (PIN, cast.strangers_card.secrets.pin)) is None, "something was handed out")


def run(report, world):
    cast = Cast(world)
    prepare(report, cast)
    by_card(report, cast)
    by_access_key(report, cast)
    after_replacement(report, cast)
    nothing_left(report, cast)


if __name__ == "__main__":
    story("keyring", run)
