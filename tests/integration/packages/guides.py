#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""docs/guide/administrator.md and docs/guide/owner.md, followed word for word in a booted Debian: installed, enrolled, rehearsed, switched
on; the card suspended, locked, lost and replaced; what to do at 3 a.m.; backup, restore, and gone again. A command on the
pages that nobody runs, here or where it is said below, fails the test."""
import glob
import os
import re
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "stories"))
sys.path.insert(0, HERE)
from booted import Machine, Terminal, tree  # noqa: E402
from guide_page import Page  # noqa: E402
from harness import private_etc, reader  # noqa: E402
from harness.door import CARD_OR_KEY, KEY, PASSWORD, PIN, log_in, must_enter, must_stay_out  # noqa: E402
from harness.process import Broken, run, wait_until  # noqa: E402
from harness.story import story  # noqa: E402
from installed_packages import DOWN, Installed, PcscdOfTheMachine, must, packages_inside  # noqa: E402

PEOPLE = {"maria": 1001, "admin": 1002, "other": 1003}
HOST = "cardea.example.org"
AT_SERVER = f"--server https://{HOST}:8443 --account maria"
CONF = "/etc/cardea/recoveryd.conf"
WRONG_PIN = "99999999"  # no pin() is that
NEW_PIN, AGAIN, PUK = "New PIN: ", "Once more: ", "PUK: "
MY_PASSWORD, MY_ANSWER = "Password of maria: ", "answer"
# What other tests run, where two computers, a network or a screen are needed.
ELSEWHERE = {
    "packaging/build-packages": ("tests/integration/packages/build_and_check.sh", ["packaging/build-packages"]),
    "cardea register --existing": ("tests/stories/two_of_each.py", ["existing=True"]),
    "ssh -I /usr/lib/x86_64-linux-gnu/opensc-pkcs11.so HOST": ("tests/stories/harness/ssh.py", ['"-I", OPENSC_MODULE']),
    "ssh-add -s": ("tests/stories/harness/ssh.py", ['"ssh-add"', "ssh-add -s"]),
    "ssh -A HOST": ("tests/stories/doors_sudo_agent.py", ["forward"]),
    "mount -o remount,rw /": ("tests/integration/packages/guides.py", ['"chroot"']),  # the machine is off, its disk is at hand
    "cardea-server --check": ("tests/integration/server/program_test.cpp", ['"--check"']),
    "cardea admin migrate-store --to NEW": ("tests/integration/server/admin_test.cpp", ['"migrate-store"']),
    "cardea admin restore-secrets --from FILE": ("tests/integration/server/admin_test.cpp", ['"restore-secrets"']),
    "cardea admin officers add NAME AUTH-KEY --role administrator": ("tests/integration/portal/administrator_test.mjs", ["'officers', 'add'"]),
    "cardea officer add-key": ("tests/integration/portal/desk.cpp", ["get_officer_key_code"]),
    "cardea officer show": ("tests/stories/help_desk.py", ['"officer", "show"']),
    "cardea admin officers suspend NAME": ("tests/integration/portal/help_desk_test.mjs", ["'officers', 'suspend'"]),
    "cardea admin audit export": ("tests/integration/portal/administrator_test.mjs", ["world.export"]),
    "cardea admin policy reset": ("tests/integration/server/admin_test.cpp", ['"policy", "reset"']),
    "cardea admin audit verify --checkpoint": ("tests/integration/server/admin_test.cpp", ['"--checkpoint"']),
    "cardea admin keys rotate oprf": ("tests/integration/server/admin_test.cpp", ['"keys", "rotate"']),
    "cardea admin keys rotate checkpoint": ("tests/integration/server/admin_test.cpp", ['"keys", "rotate"']),
    "cardea admin keys rotate tls": ("tests/integration/server/admin_test.cpp", ['"keys", "rotate", "tls"']),
    "cardea admin keys rotate tls --activate": ("tests/integration/server/admin_test.cpp", ['"--activate"']),
    f"cardea register --continue {AT_SERVER}": ("tests/stories/prepared_in_portal.py", ['"register", "--continue"']),
    "cardea portal allow": ("tests/stories/portal_with_card.py", ['"portal", "allow"']),
    "cardea records sync --take-older": ("tests/stories/rolled_back_server.py", ['synchronises(cast, "--take-older")']),
    "cardea records sync": ("tests/stories/portal_with_card.py", ['"records", "sync"']),
    "cardea sheet suspend": ("tests/stories/paper_and_suspension.py", ['"sheet", verb', '"suspend"']),
    "cardea sheet reopen": ("tests/stories/replace_by_access_key.py", ['"sheet", "reopen"']),
    "cardea server days on": ("tests/stories/two_regions.py", ['"server", "days", "on"']),
    "cardea server days off": ("tests/stories/two_regions.py", ['"server", "days"']),
    "cardea server move --no": ("tests/integration/cli/operations_test.cpp", ['"server", "move", "--no"']),
    "cardea server move": ("tests/stories/two_regions.py", ['"server", "move"']),
    "cardea server move --yes": ("tests/stories/two_regions.py", ['"--yes"']),
    "cardea admin policy set relocation ask|auto|off": ("tests/integration/server/admin_test.cpp", ['"policy", "set"']),
    "cardea-server --show-region-key": ("tests/integration/server/regions_test.cpp", ['"--show-region-key"']),
    "cardea-recoveryd --config FILE": ("tests/stories/harness/daemon.py", ['"--config", self.config']),
}


class TalkativePcscd(PcscdOfTheMachine):
    """Says to the journal what it notices (harness.reader.Pcscd.has_noticed_removal has the reason)."""

    def __init__(self, machine):
        super().__init__(machine)
        self._machine = machine
        machine.sh("echo PCSCD_ARGS=--info >/etc/default/pcscd; systemctl restart pcscd")

    def has_noticed_removal(self, name):
        text = self._machine.sh("journalctl -q -b -o cat -u pcscd | grep -v 'Card not transacted' || true")
        return text.rfind(f"Card Removed From {name}") >= text.rfind(f"Card inserted into {name}") and not self.sees_card(name)


class Walk:
    """The machine, the two pages, and who lives there."""

    def __init__(self, world):
        self.world = world
        self.administrator = Page("administrator.md", ELSEWHERE)
        self.owner = Page("owner.md", ELSEWHERE)
        self.machine = self.installed = self.card = None
        self.question = "What did the house look like?"
        self.password = world.secret("account-password")
        self.answer = world.secret("answer", "A yellow house with a blue door")
        self.sheet = None

    def argv(self, command, who):
        words = ["sh", "-c", f"cd /root/cardea 2>/dev/null; {command}"]
        if who == "root":
            return words
        user = "maria" if who == "owner" else who
        return ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "env", f"HOME=/home/{user}", f"USER={user}", *words]

    def plays(self, command, *answers, page=None, who=None, code=0, says=""):
        """Runs it at a terminal as the page has it. Each answer is (prompt or several, text), or (…, text, "shown"). Returns what was on the terminal."""
        by_page = (page or self.administrator).take(command)
        with Terminal(self.machine, self.argv(command, who or by_page)) as dialog:
            for prompt, text, *shown in answers:
                dialog.sees(*((prompt,) if isinstance(prompt, str) else prompt))
                if callable(text):
                    text = text(dialog)
                dialog.types(text, secret=not shown)
            ended = dialog.ends()
            if ended not in (code if isinstance(code, tuple) else (code,)) or says not in dialog.text():
                raise Broken(f"{command}\nended with {ended}; “{says}” was wanted:\n{dialog.text()}\n{self.installed.journal()}")
            return dialog.text()

    def plays_owner(self, command, *answers, **more):
        return self.plays(command, *answers, page=self.owner, **more)

    def twice(self, prompt, text):
        return ((prompt, text), (AGAIN, text))

    @property
    def pin(self):
        return self.world.secrets["pin-now"]

    @pin.setter
    def pin(self, text):
        self.world.secrets["pin-now"] = text

    def unix(self, name):
        return self.world.secret(f"unix-password-{name}")

    def takes(self, card):
        """This card lies in the reader; its PIN is the one that came with it."""
        self.machine.slot.insert(card)
        self.installed.wait_for_card()
        self.card, self.pin = card, card.secrets.pin

    def read_sheet(self, text):
        self.sheet = re.search(r"[0-9A-Z]{5}(-[0-9A-Z]{5}){7}", text).group()

    def sheet_group(self, dialog):
        """What the program wants typed back from the sheet it has just shown."""
        self.read_sheet(dialog.transcript)
        return self.sheet.split("-")[int(re.findall(r"Group (\d) of the sheet", dialog.transcript)[-1]) - 1]

    def access_key(self):
        """From another computer, which knows the authority as the system's."""
        text = self.plays_owner(f"cardea recover {AT_SERVER}", *self.proof, who="other")
        return re.search(r"[0-9A-Z]{5}(-[0-9A-Z]{5}){5}", text).group()

    @property
    def proof(self):
        """Answers to whoever asks for password and answer."""
        return ((MY_PASSWORD, self.password), (self.question, self.answer))

    def change_conf(self, path, name, line):
        self.machine.sh(f"sed -i 's|^#\\?{name} = .*|{line}|' {path}; grep -qxF '{line}' {path}")


def opens_with_card_only(walk):
    must_enter(log_in(walk.machine, "maria", (PIN, walk.pin)))
    must_stay_out(log_in(walk.machine, "maria", (PIN, walk.unix("maria"))))
    must_enter(log_in(walk.machine, "admin", (PASSWORD, walk.unix("admin"))))


def opens_with_password(walk):
    must_enter(log_in(walk.machine, "maria", (PASSWORD, walk.unix("maria"))))


def booted_debian(walk):
    build = os.path.dirname(walk.world.build)
    packages = sorted(glob.glob(os.path.join(build, "packages", "*.deb")))
    must(packages, "no packages below build/packages: run packaging/build-packages")
    walk.machine = machine = Machine(walk.world, tree(build, packages))
    walk.world.at_end(machine.halt)
    walk.installed = Installed(walk.world, machine, packages)
    must(machine.boot() == "running", machine.run(["systemctl", "--failed", "--no-pager"]).stdout)
    machine.sh(f"echo '127.0.0.1 {HOST}' >>/etc/hosts; mkdir -p /root/cardea/build/packages")
    for name, uid in PEOPLE.items():
        machine.sh(f"useradd --uid {uid} --create-home --shell /bin/bash {name}; touch /home/{name}/.hushlogin; printf '%s:%s' {name} '{walk.unix(name)}' | chpasswd")
    machine.run(["cp", *packages_inside(walk.installed), "/root/cardea/build/packages"])


def from_package_to_server(report, walk):
    report.chapter("From the package to the closed gate")
    with report.step("1. Install"):
        booted_debian(walk)
        walk.plays("apt install ./build/packages/*.deb")
    with report.step("2. The server"):
        walk.change_conf("/etc/cardea/server.conf", "public_url", walk.administrator.says(f"public_url = https://{HOST}:8443"))
        walk.plays(f"runuser -u cardea-server -- cardea-server --config /etc/cardea/server.conf --init-secrets --init-certificate {HOST}")
        walk.plays("systemctl start cardea-server")
        walk.plays("install -m 0644 /var/lib/cardea-server/ca.pem /etc/cardea/authority.pem")
        walk.change_conf(CONF, "urls", walk.administrator.says(f"urls = https://{HOST}:8443"))
        walk.change_conf(CONF, "ca_file", walk.administrator.says("ca_file = /etc/cardea/authority.pem"))
        walk.plays("systemctl restart cardea-recoveryd")
        walk.machine.sh("mkdir -p /usr/lib/ssl; ln -sf /etc/cardea/authority.pem /usr/lib/ssl/cert.pem")  # “the system's” authorities


def to_the_closed_gate(report, walk):
    machine = walk.machine
    with report.step("3. Enrol, with the owner at the terminal"):
        machine.pcscd = TalkativePcscd(machine)
        machine.slot = reader.Slot(machine, machine.pcscd, 0, walk.world.program("cardea-virtual-card"))
        cards = [walk.world.new_card(machine, f"{name}") for name in ("first", "second", "third")]
        walk.takes(cards[0])
        report.shows(walk.plays(
            f"cardea register {AT_SERVER}", *walk.twice("New password for ", walk.password), ("Your own question: ", walk.question, "shown"),
            *walk.twice("Its answer: ", walk.answer), (PIN, walk.pin), ("as you have it on paper: ", walk.sheet_group, "shown"), says="Registered."))
        walk.plays("cardea status", says="maria is enrolled")
        walk.plays("cardea status --json", says='"computer_id"')
        walk.plays("cardea status --user maria --json", says='"wrong_access_keys"')
    with report.step("4. Your own way in"):
        walk.plays("gpasswd --add admin cardea-breakglass")
        walk.plays("pam-auth-update --enable cardea")
        report.shows(walk.plays("cardea doctor --user maria", code=(0, 1)))
        opens_with_password(walk)
    with report.step("5. Rehearse"):
        key = walk.access_key()
        walk.plays("cardea gate rehearse --user maria --admin admin", (PIN, walk.pin), ((PIN, CARD_OR_KEY, KEY), key), (PASSWORD, walk.unix("admin")))
    with report.step("6. Close the gate"):
        walk.plays("cardea gate on --user maria --confirm-within 10m")
        opens_with_card_only(walk)
        walk.plays("cardea gate on --confirm")
        opens_with_card_only(walk)
    with report.step("what the journal has of it"):
        unit = "journalctl -u cardea-recoveryd"
        walk.plays(f"{unit} CARDEA_USER=maria", says="login granted user=maria service=su")
        walk.plays(f"{unit} CARDEA_USER=maria CARDEA_SERVICE=su --since -1h", says="login granted user=maria service=su")
        walk.plays(f"{unit} MESSAGE_ID=bb6ba56cb7024b09b127485bc4eea033", says="login not granted user=maria")
        walk.plays(f"{unit} CARDEA_VERB=gate.on CARDEA_VERB=gate.off -o json", says='"CARDEA_VERB":"gate.on"')
    return cards


def owners_days(report, walk, cards):
    report.chapter("The owner's page")
    machine = walk.machine
    with report.step("the sheet; the card mislaid, and found again"):
        walk.plays_owner("cardea sheet check", ("Code of your recovery sheet: ", walk.sheet))
        walk.plays_owner("cardea card suspend", walk.proof[0])
        must_stay_out(log_in(machine, "maria", (PIN, walk.pin)), "This card is suspended.")
        walk.plays_owner("cardea card resume", *walk.proof)
        must_enter(log_in(machine, "maria", (PIN, walk.pin)))
    with report.step("another PIN, by passwd and by cardea"):
        new = walk.world.pin("second-pin")
        walk.plays_owner("passwd", (PIN, walk.pin), *walk.twice(NEW_PIN, new))
        walk.pin, old = new, walk.pin
        walk.plays_owner("cardea card change-pin", (PIN, new), *walk.twice(NEW_PIN, old), who="owner")
        walk.pin = old
        must_enter(log_in(machine, "maria", (PIN, walk.pin)))
    with report.step("a locked card, and its PUK"):
        locked_and_unblocked(walk, "passwd", ("Unblock it with its PUK and a new PIN? (yes/no) ", "yes", "shown"))
        locked_and_unblocked(walk, "cardea card unblock")
    with report.step("lost: an access key from another computer, a new card by it"):
        machine.slot.remove()
        key = walk.access_key()
        must_enter(log_in(machine, "maria", (CARD_OR_KEY, key)))
        walk.takes(cards[1])
        walk.read_sheet(walk.plays_owner("cardea card replace --with access-key", (PIN, walk.pin)))
        must_enter(log_in(machine, "maria", (PIN, walk.pin)))
        walk.plays_owner("cardea sheet check", ("Code of your recovery sheet: ", walk.sheet))
    with report.step("password and answer are made good again at this computer, as at a second one"):
        walk.plays_owner(f"cardea register --existing {AT_SERVER}", *walk.proof, (PIN, walk.pin))
    with report.step("the next card by password and answer alone; its sheet"):
        walk.takes(cards[2])
        walk.read_sheet(walk.plays_owner("cardea card replace", *walk.proof, (PIN, walk.pin)))
        walk.plays_owner("cardea sheet check", ("Code of your recovery sheet: ", walk.sheet))
        opens_with_card_only(walk)


def locked_and_unblocked(walk, command, *consent):
    for _ in range(3):
        machine_lock_try(walk)
    must_stay_out(log_in(walk.machine, "maria"), "This card is locked.")
    walk.plays_owner(command, *consent, (PUK, walk.card.secrets.puk), *walk.twice(NEW_PIN, walk.pin), who="owner")
    must_enter(log_in(walk.machine, "maria", (PIN, walk.pin)))


def machine_lock_try(walk):
    must_stay_out(log_in(walk.machine, "maria", (PIN, WRONG_PIN)))


def three_a_m(report, walk):
    report.chapter("What to do at 3 a.m.")
    machine = walk.machine
    restart = "systemctl restart cardea-recoveryd.socket cardea-recoveryd.service"
    with report.step("the daemon fails: the break-glass account gets in; what to look at, and how it comes back"):
        machine.sh("mv /usr/sbin/cardea-recoveryd /root/saved; printf '#!/bin/sh\\nkill -SEGV $$\\n' >/usr/sbin/cardea-recoveryd; chmod 0755 /usr/sbin/cardea-recoveryd")
        machine.run(["systemctl", "restart", "cardea-recoveryd"], check=False)
        wait_until(lambda: machine.run(["systemctl", "is-active", "cardea-recoveryd.socket"], check=False).stdout.strip() == "failed",
                   "the daemon to be given up", 60)
        must_stay_out(log_in(machine, "maria"), DOWN)
        must_enter(log_in(machine, "admin", (PASSWORD, walk.unix("admin")), door="login"))
        report.shows(walk.plays("cardea doctor", code=1))
        walk.plays("systemctl status cardea-recoveryd cardea-recoveryd.socket pcscd", code=(0, 3), says="failed")
        walk.plays("journalctl -u cardea-recoveryd -n 50", says="SEGV")
        machine.sh("mv /root/saved /usr/sbin/cardea-recoveryd")
        walk.plays("systemctl reset-failed")
        walk.plays(restart)
        walk.installed.wait_for_card()
        opens_with_card_only(walk)
    with report.step("the reader service"):
        walk.plays("systemctl restart pcscd.socket pcscd")
        wait_until(lambda: log_in(machine, "maria", ((PIN, CARD_OR_KEY, KEY), walk.pin)).granted, "the card to open again", 30)
    with report.step("they must get in now: the gate is opened, and closed again"):
        walk.plays("cardea gate off")
        opens_with_password(walk)
        walk.plays("cardea gate on --user maria --confirm-within 10m")
        walk.plays("cardea gate on --confirm")
        opens_with_card_only(walk)
    with report.step("where that does not go, the lines are taken out of PAM, and put back"):
        walk.change_conf(CONF, "gate", walk.administrator.says("gate = card_required"))
        walk.plays("systemctl restart cardea-recoveryd")
        walk.installed.wait_for_card()
        walk.plays("cardea gate off", code=1)
        walk.plays("pam-auth-update --disable cardea")
        opens_with_password(walk)
        walk.plays("pam-auth-update --enable cardea")
        opens_with_card_only(walk)
    with report.step("no password at all: from outside, with the machine off"):
        machine.slot.remove()
        machine.halt()
        run(["chroot", machine.root, "/usr/sbin/pam-auth-update", "--disable", "cardea"], env=machine.environment())
        must(machine.boot() == "running", "the machine does not boot")
        opens_with_password(walk)
        walk.plays("pam-auth-update --enable cardea")
        machine.slot.insert(walk.card)
        walk.installed.wait_for_card()
        opens_with_card_only(walk)


def backup(report, walk):
    report.chapter("Backup, restore, and gone")
    machine = walk.machine
    stop, start = (f"systemctl {word} cardea-recoveryd.socket cardea-recoveryd.service" for word in ("stop", "start"))
    with report.step("the computer: copied, restored the same way; new access keys"):
        walk.plays(stop)
        walk.plays("cp -a /var/lib/cardea /root/cardea-backup")
        walk.plays(start)
        walk.plays(stop)
        machine.sh("rm -r /var/lib/cardea; cp -a /root/cardea-backup /var/lib/cardea")
        walk.plays(start)
        walk.installed.wait_for_card()
        opens_with_card_only(walk)
        walk.plays("cardea access-key rotate --user maria")
    with report.step("the server: copied while it runs, restored; nobody notices"):
        walk.plays("install -d -o cardea-server -g cardea-server -m 0700 /var/backups/cardea")
        walk.plays("cardea admin backup --to /var/backups/cardea/today", says="1 users")
        walk.plays("cardea admin restore-drill --from /var/backups/cardea/today", says="can be restored")
        passphrase = walk.world.secret("backup-passphrase")
        walk.plays("cardea admin backup-secrets --to /var/backups/cardea/secrets", ("New passphrase: ", passphrase), ("The same again: ", passphrase))
        walk.plays("systemctl stop cardea-server")
        files = " ".join(f"/var/lib/cardea-server/cardea.db{end}" for end in ("", "-wal", "-shm"))
        walk.plays(f"rm -f {files}")
        walk.plays("cardea admin restore --from /var/backups/cardea/today", says="restored from")
        walk.plays("cardea admin audit verify", says="every chain is whole")
        walk.plays("systemctl start cardea-server")
        must_enter(log_in(machine, "maria", (PIN, walk.access_key())))
    with report.step("accounts, policies and keys of the server"):
        walk.plays("cardea admin accounts list", says="maria")
        walk.plays("cardea admin accounts close maria", says="closed")
        walk.plays("cardea admin accounts open maria", says="open")
        walk.plays("cardea admin policy list", says="relocation")
        walk.plays("cardea admin policy set registration closed", says="closed")
        walk.plays("cardea admin audit checkpoint --to /var/backups/cardea/audit-checkpoint")
        walk.plays("cardea admin keys list", says="checkpoint")
        walk.plays("systemctl reload cardea-server")
        machine.sh("systemctl is-active cardea-server")
    with report.step("without a server: enrolled for this computer alone"):
        machine.sh("systemctl stop cardea-recoveryd; rm /var/lib/cardea/users/maria.*; systemctl start cardea-recoveryd")
        walk.takes(walk.world.new_card(machine, "fourth"))
        walk.plays("cardea card enrol --user maria", (PIN, walk.pin))
        opens_with_card_only(walk)
    with report.step("guests: there is none, and no home of one who has left"):
        walk.plays("cardea guest list", says="Nobody is a guest at this computer.")
        walk.plays("cardea guest remove anna", code=1, says="anna is no guest at this computer.")
        walk.plays("systemctl start cardea-guest-cleanup")
        must(os.path.isdir(f"{machine.root}/home/maria"), "somebody's home is gone")
    with report.step("removed: Unix passwords open, as before"):
        machine.slot.remove()
        walk.plays("pam-auth-update --disable cardea")
        walk.plays("apt remove libpam-cardea", ("Do you want to continue? [Y/n] ", "y", "shown"))
        walk.plays("apt purge cardea-recoveryd libnss-cardea cardea", ("Do you want to continue? [Y/n] ", "y", "shown"))
        opens_with_password(walk)
        must(not os.path.exists(f"{machine.root}/var/lib/cardea") and os.path.exists(f"{machine.root}/var/lib/cardea-server/cardea.db"), "purged wrongly")


def nothing_left_over(report, walk):
    report.chapter("The pages")
    with report.step("every command in them was run"):
        walk.administrator.must_be_played(walk.owner)
        walk.owner.must_be_played(walk.administrator)
    with report.step("the stack by hand is the one of the stories"):
        stack = private_etc.PAM_STACK.format(module="pam_cardea.so", socket="S", timeout=60, group=private_etc.BREAK_GLASS_GROUP[0], options="")
        for line in stack.replace(" socket=S", "").splitlines():
            must(not line.startswith(("auth", "account")) or line in walk.administrator.text, f"not in administrator.md: {line}")


def tell(report, world):
    walk = Walk(world)
    from_package_to_server(report, walk)
    cards = to_the_closed_gate(report, walk)
    owners_days(report, walk, cards)
    three_a_m(report, walk)
    backup(report, walk)
    nothing_left_over(report, walk)


if __name__ == "__main__":
    story("guides", tell, programs=("cardea-virtual-card",))
