#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The Debian packages in a booted Debian of their own: installed, set up as the manual says, logged in through the installed
stack, with the daemon broken, upgraded, removed, purged. Nothing of the machine it runs on is touched."""
import glob
import hashlib
import json
import os
import re
import sys
import time

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "stories"))
sys.path.insert(0, HERE)
from booted import Machine, Terminal, tree  # noqa: E402
from pulled_card import pulled_card  # noqa: E402
from harness import reader  # noqa: E402
from harness.daemon import Answer  # noqa: E402
from harness.door import PASSWORD, PIN, log_in, must_enter, must_stay_out  # noqa: E402
from harness.process import Broken, run, wait_until  # noqa: E402
from harness.story import story  # noqa: E402

PEOPLE = {"owner": 1001, "admin": 1002, "other": 1003}
ACCOUNT = "owner@packages"
DOWN = "The card service is not running; card and access key can't be checked."
# What a purge leaves, and why: users and groups stay in Debian, so that a number is never given to somebody else.
STAYS = {"/etc/passwd", "/etc/passwd-", "/etc/shadow", "/etc/shadow-", "/etc/group", "/etc/group-", "/etc/gshadow", "/etc/gshadow-",
         "/etc/subuid", "/etc/subgid", "/etc/.pwd.lock", "/etc/ld.so.cache"}


def must(condition, text):
    if not condition:
        raise Broken(text)


class Installed:
    """The machine with the packages; the few calls of harness.daemon.Daemon that are needed."""

    def __init__(self, world, machine, packages):
        self.world = world
        self.machine = machine
        self.packages = packages
        self.person = {"password": world.secret("account-password"), "answer": world.secret("answer", "A yellow house with a blue door")}

    def cardea(self, *words, answers=None, user="root", check=True):
        argv = ["cardea", *words, "--json", *(["--answers", "-"] if answers is not None else [])]
        if user != "root":
            argv = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "env", "HOME=/", *argv]
        lines = "".join(f"{name}={value}\n" for name, value in (answers or {}).items())
        done = self.machine.run(argv, stdin=lines, seconds=60, check=False)
        if check and done.returncode != 0:
            raise Broken(f"{' '.join(argv)}\nended with {done.returncode}\n{done.stdout}{done.stderr}\n{self.journal()}")
        return Answer(done)

    def journal(self):
        return self.machine.sh("journalctl --no-pager -q -n 1000 | grep -v 'Card not transacted' | tail -n 40")

    def wait_for_card(self):
        def look():
            shown = self.cardea("card", "show", check=False)
            return shown.code == 0 and bool(shown.json["cards"])
        wait_until(look, "the daemon to see the card", 30)

    def snapshot(self):
        """Every file outside of /run and logs, with a checksum below /etc."""
        found = {}
        for folder, folders, names in os.walk(self.machine.root):
            inner = folder[len(self.machine.root):] or "/"
            if re.match(r"/(proc|sys|dev|run|tmp|root)(/|$)|/var/(log|lib/(dpkg|apt|systemd|pam)|cache/(debconf|apt|ldconfig|man)|tmp)(/|$)", inner):
                folders.clear()
                continue
            for name in [*names, *folders]:
                path = os.path.join(inner, name)
                full = os.path.join(folder, name)
                digest = ""
                if inner.startswith("/etc") and os.path.isfile(full) and not os.path.islink(full):
                    with open(full, "rb") as file:
                        digest = hashlib.sha256(file.read()).hexdigest()
                found[path] = digest
        return found


class PcscdOfTheMachine:
    """harness.reader.Pcscd for a pcscd that systemd starts when somebody asks."""

    port = reader.FIRST_PORT

    def __init__(self, machine):
        self._machine = machine
        self.process = self

    def running(self):
        return True

    def sees_card(self, name):
        lines = self._machine.run(["opensc-tool", "--list-readers"], check=False).stdout.splitlines()
        return any("Yes" in line.split()[:3] for line in lines if line.endswith(name))

    def has_noticed_removal(self, name):
        return not self.sees_card(name)


def install(report, world):
    report.chapter("Installed")
    build = os.path.dirname(world.build)
    packages = sorted(glob.glob(os.path.join(build, "packages", "*.deb")))
    with report.step("a fresh Debian boots"):
        must(packages, "no packages below build/packages: run packaging/build-packages")
        lower = tree(build, packages)
        must(os.path.isdir(lower), f"{lower} is not there: run tests/integration/packages/booted.py {build}")
        machine = Machine(world, lower)
        world.at_end(machine.halt)
        state = machine.boot()
        must(state == "running", f"{state}: {machine.run(['systemctl', '--failed', '--no-pager']).stdout}")
        for name, uid in PEOPLE.items():
            machine.sh(f"useradd --uid {uid} --create-home --shell /bin/bash {name}; touch /home/{name}/.hushlogin; printf '%s:%s' {name} '{world.secret('unix-password-' + name)}' | chpasswd")
        here = Installed(world, machine, packages)
        here.before = here.snapshot()
    with report.step("the packages install; no stack changes, the boot's targets stand, the name service module is behind the files"):
        machine.run(["dpkg", "--install", *packages_inside(here)], seconds=120)
        after = here.snapshot()
        changed = [path for path in here.before if path.startswith("/etc/pam.d") and after.get(path) != here.before[path]]
        must(not changed, f"changed by the installation: {changed}")
        switch = machine.sh("grep -E '^(passwd|group):' /etc/nsswitch.conf").splitlines()
        must([line.split()[1:3] for line in switch] == [["files", "cardea"]] * 2, str(switch))
        must(machine.sh("id -un 0; getent group root").split() == ["root", "root:x:0:"], "root is not found")
        must(machine.run(["getent", "passwd", "nobody-of-this-name"], check=False).returncode == 2, "a stranger is found")
        must(machine.sh("systemctl is-enabled cardea-recoveryd.service cardea-recoveryd.socket").split() == ["enabled"] * 2, "not enabled")
        must(machine.sh("systemctl is-active cardea-recoveryd.socket").strip() == "active", here.journal())
    with report.step("the daemon comes up behind its socket: user cardea, no capability; the worker: user cardea-card"):
        wait_until(lambda: here.cardea("status", check=False).code == 0, "the daemon to answer", 20)
        # As the kernel shortens the names.
        for name, user in (("cardea-recovery", "cardea"), ("cardea-card-wor", "cardea-card")):
            pid = wait_until(lambda: machine.run(["pgrep", "-x", name], check=False).stdout.strip(), f"{name} to run", 20)
            status = machine.sh(f"cat /proc/{pid}/status; ps -o user:32= -p {pid}")
            must(status.splitlines()[-1].strip() == user, f"{name} runs as {status.splitlines()[-1]}")
            for field in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
                must(re.search(rf"^{field}:\t0+$", status, re.M), f"{name} has capabilities:\n{status}")
    return here


def packages_inside(here):
    """The .deb files, put where the machine sees them."""
    folder = os.path.join(here.world.directory, "packages")
    os.makedirs(folder, exist_ok=True)
    run(["cp", *here.packages, folder])
    return [os.path.join(folder, os.path.basename(path)) for path in here.packages]


def set_up(report, here):
    report.chapter("Set up as the manual says")
    machine, world = here.machine, here.world
    with report.step("the server does not run before its secrets are made; then it does"):
        must(machine.run(["systemctl", "is-active", "cardea-server"], check=False).stdout.strip() == "inactive", "it runs")
        must("cardea-server.service" not in machine.sh("systemctl --failed --no-pager --plain"), "it failed")
        machine.sh("sed -i 's|^#public_url = .*|public_url = https://localhost:8443|' /etc/cardea/server.conf")
        machine.sh("runuser -u cardea-server -- cardea-server --config /etc/cardea/server.conf --init-secrets --init-certificate localhost; systemctl start cardea-server")
        machine.sh("cp /var/lib/cardea-server/ca.pem /etc/cardea/authority.pem; chmod 0644 /etc/cardea/authority.pem")
        machine.sh("sed -i 's|^#ca_file = .*|ca_file = /etc/cardea/authority.pem|' /etc/cardea/recoveryd.conf; systemctl restart cardea-recoveryd")
    with report.step("a card lies in the reader"):
        machine.pcscd = PcscdOfTheMachine(machine)
        machine.slot = reader.Slot(machine, machine.pcscd, 0, world.program("cardea-virtual-card"))
        here.card = world.new_card(machine, "owner")
        machine.slot.insert(here.card)
        here.wait_for_card()
    with report.step("the owner registers with the server"):
        here.cardea("register", "--server", "https://localhost:8443", "--account", ACCOUNT, user="owner",
                    answers={"pin": here.card.secrets.pin, "question": "What did the house look like?", "sheet-confirm": "no-check", **here.person})
    with report.step("the profile is switched on; with the gate off Unix passwords still open"):
        machine.run(["pam-auth-update", "--enable", "cardea"])
        must_enter(log_in(machine, "owner", (PASSWORD, here.unix("owner"))))
        must_enter(log_in(machine, "other", (PASSWORD, here.unix("other"))))
    with report.step("every way in is rehearsed through the installed login stack; the gate is closed"):
        machine.run(["gpasswd", "--add", "admin", "cardea-breakglass"])
        key = here.cardea("recover", "--server", "https://localhost:8443", "--account", ACCOUNT, "--ca-file", "/etc/cardea/authority.pem",
                          answers=here.person).json["access-key"]
        for step, answer in (("card", {"pin": here.card.secrets.pin}), ("access-key", {"access-key": key}), ("break-glass", {"password": here.unix("admin")})):
            here.cardea("gate", "rehearse", "--user", "owner", "--admin", "admin", "--step", step, answers=answer)
        here.cardea("gate", "on", "--user", "owner")


def at_the_door(here, card=True):
    """The gate is shut: what must hold whenever the daemon runs."""
    machine = here.machine
    if card:
        must_enter(log_in(machine, "owner", (PIN, here.card.secrets.pin)))
    must_stay_out(log_in(machine, "owner", (PIN, here.unix("owner"))))
    must_enter(log_in(machine, "other", (PASSWORD, here.unix("other"))))
    must_enter(log_in(machine, "admin", (PASSWORD, here.unix("admin"))))


def without_daemon(here):
    machine = here.machine
    must_enter(log_in(machine, "admin", (PASSWORD, here.unix("admin"))))
    must_enter(log_in(machine, "admin", (PASSWORD, here.unix("admin")), door="login"))
    must_stay_out(log_in(machine, "owner"), DOWN)
    must_stay_out(log_in(machine, "other"), DOWN)
    machine.sh("echo '* * * * * root touch /run/cron-was-here' >/etc/cron.d/cardea-test; systemctl is-active cron; rm /etc/cron.d/cardea-test")


def use(report, here):
    report.chapter("At the door")
    machine = here.machine
    with report.step("su and login: the PIN opens, the Unix password does not; others are as before"):
        at_the_door(here)
        must_enter(log_in(machine, "owner", (PIN, here.card.secrets.pin), door="login"))
    with report.step("the journal finds the login by its fields, and nobody's forgery beside it"):
        found_in_journal(here)
    with report.step("the daemon's own user may not act for others"):
        refused = here.cardea("gate", "off", user="cardea", check=False)
        must(refused.code != 0 and here.cardea("gate", "status", "--user", "owner").json["gate"] == "card_required", refused.text)
    with report.step("a daemon that is killed comes back by itself"):
        pid = machine.sh("systemctl show --property MainPID --value cardea-recoveryd").strip()
        machine.run(["kill", "-KILL", pid])
        here.wait_for_card()
        at_the_door(here)
    with report.step("daemon stopped: the break-glass account gets in, the owner does not"):
        machine.run(["systemctl", "stop", "cardea-recoveryd.socket", "cardea-recoveryd.service"])
        without_daemon(here)
        machine.run(["systemctl", "start", "cardea-recoveryd.socket", "cardea-recoveryd.service"])
        here.wait_for_card()
        at_the_door(here)


def entries(here, *words):
    """What journalctl has of the daemon's unit that matches, oldest first."""
    shown = here.machine.run(["journalctl", "-q", "-u", "cardea-recoveryd", "-o", "json", *words])
    return [json.loads(line) for line in shown.stdout.splitlines()]


def found_in_journal(here):
    granted = entries(here, "CARDEA_USER=owner", "CARDEA_SERVICE=login", "CARDEA_REASON=ok")
    must(granted, f"no login of the owner is found\n{here.journal()}")
    wanted = {"MESSAGE_ID": "30fa7ff547d74e76bdd1491423927e80", "PRIORITY": "5", "SYSLOG_IDENTIFIER": "cardea-recoveryd", "SYSLOG_FACILITY": "3",
              "CARDEA_UID": "0", "_TRANSPORT": "journal", "_SYSTEMD_UNIT": "cardea-recoveryd.service"}
    for entry in granted:
        must({name: entry.get(name) for name in wanted} == wanted, str(entry))
        must(entry["MESSAGE"].startswith("login granted user=owner service=login "), entry["MESSAGE"])
    must(entries(here, "MESSAGE_ID=bb6ba56cb7024b09b127485bc4eea033", "CARDEA_USER=owner"), "no login that was not granted")
    must(here.machine.sh("journalctl -q -u cardea-server -o json _TRANSPORT=journal"), "the server does not speak to the journal")
    here.machine.run(["setpriv", "--reuid=other", "--regid=other", "--clear-groups", "logger", "--journald"],
                     stdin="MESSAGE=login granted\nMESSAGE_ID=30fa7ff547d74e76bdd1491423927e80\nCARDEA_USER=owner\nCARDEA_SERVICE=forged\n")
    wait_until(lambda: here.machine.sh("journalctl -q CARDEA_SERVICE=forged"), "the forgery to be in the journal")
    must(not entries(here, "CARDEA_SERVICE=forged"), "the forgery counts as the daemon's")


GUESTS_NUMBER, STRANGERS_NUMBER = 2_010_000_042, 70_000


def forgotten_homes(report, here):
    report.chapter("Homes of guests who have left")
    machine = here.machine
    homes = {"anna": GUESTS_NUMBER, "berta": GUESTS_NUMBER + 1, "stranger": STRANGERS_NUMBER}
    for name, uid in homes.items():
        machine.sh(f"mkdir -p /home/{name}/a/b; touch /home/{name}/a/b/letter; chmod -R go= /home/{name}; chown -R {uid}:{uid} /home/{name}")

    def there():
        return sorted(name for name in homes if os.path.exists(f"{machine.root}/home/{name}/a/b/letter"))

    def clean():
        started = machine.run(["systemctl", "start", "cardea-guest-cleanup.service"], check=False)
        must(started.returncode == 0, machine.sh("journalctl -q -u cardea-guest-cleanup -n 20 --no-pager"))
        return there()

    with report.step("the timer is on, and without a word in the configuration all homes stay"):
        must(machine.sh("systemctl is-enabled cardea-guest-cleanup.timer").strip() == "enabled", "the timer is not enabled")
        must(machine.sh("systemctl is-active cardea-guest-cleanup.timer").strip() == "active", "the timer does not run")
        must(clean() == sorted(homes), "a home is gone")
    with report.step("where it says wipe, the homes of guests go; of one who is there, and of everybody else, none does"):
        machine.sh("cp -a /etc/cardea/recoveryd.conf /root/conf; sed -i '/^\\[policy\\]/a guest_leaves = wipe' /etc/cardea/recoveryd.conf")
        number = GUESTS_NUMBER + 1
        # Not by --uid, which wants a number that has a name.
        machine.sh(f"systemd-run --unit=left-running setpriv --reuid={number} --regid={number} --clear-groups sleep 600")
        wait_until(lambda: machine.run(["pgrep", "-u", str(number)], check=False).stdout.strip(), "what he leaves running to run")
        # A home that has changed within the last minute may be that of a session which begins.
        changed = os.stat(f"{machine.root}/home/anna").st_ctime
        wait_until(lambda: time.time() > changed + 61, "the home to be old enough to go", 90)
        must(clean() == ["berta", "stranger"], f"there are {there()}")
        must(not os.path.exists(f"{machine.root}/home/anna"), "its directory is there")
        must(os.path.isdir(f"{machine.root}/home/owner"), "an owner's home is gone")
    with report.step("when nothing of his runs any more, the other one goes too"):
        machine.sh("systemctl stop left-running")
        must(clean() == ["stranger"], "it is there")
        must(not [name for name in os.listdir(f"{machine.root}/home") if name.startswith(".")], "something is left")
        machine.sh("cp -a /root/conf /etc/cardea/recoveryd.conf; rm -r /root/conf /home/stranger")


def broken(report, here):
    report.chapter("The daemon can't start")
    machine = here.machine
    with report.step("the machine boots with a daemon that crashes at once"):
        machine.slot.remove()
        machine.sh("mv /usr/sbin/cardea-recoveryd /root/saved; printf '#!/bin/sh\\nkill -SEGV $$\\n' >/usr/sbin/cardea-recoveryd; chmod 0755 /usr/sbin/cardea-recoveryd")
        machine.halt()
        report.shows(machine.boot())
        must(machine.sh("systemctl is-active multi-user.target").strip() == "active", "the boot did not come to its end")
    with report.step("and is given up: socket closed, the break-glass account gets in at once, the owner does not"):
        wait_until(lambda: machine.run(["systemctl", "is-active", "cardea-recoveryd.socket"], check=False).stdout.strip() == "failed",
                   "the socket to be closed", 60)
        without_daemon(here)
    with report.step("mended, the next start has everything as it was"):
        machine.sh("mv /root/saved /usr/sbin/cardea-recoveryd; systemctl reset-failed; "
                   "systemctl restart cardea-recoveryd.socket cardea-recoveryd.service")
        machine.slot.insert(here.card)
        here.wait_for_card()
        at_the_door(here)


def change(report, here):
    report.chapter("Upgraded, removed, purged")
    machine = here.machine
    with report.step("upgraded: the gate stays shut, the enrolment stays, the profile stays on"):
        newer = [as_version(here, path, "+1") for path in here.packages]
        machine.run(["dpkg", "--install", *newer], seconds=120)
        must("+1" in machine.sh("dpkg-query -W -f '${Version}' libpam-cardea"), "not upgraded")
        here.wait_for_card()
        at_the_door(here)
        must(here.cardea("gate", "status", "--user", "owner").json["gate"] == "card_required", "the gate is open")
    with report.step("a line by hand that names the module: the package refuses to go, and everybody still gets in"):
        machine.sh("cp -a /etc/pam.d/su /root/su; sed -i '1i auth sufficient pam_cardea.so quiet' /etc/pam.d/su")
        refused = machine.run(["dpkg", "--remove", "libpam-cardea"], check=False)
        must(refused.returncode != 0 and "still name pam_cardea.so" in refused.stderr, refused.stdout + refused.stderr)
        machine.sh("cp -a /root/su /etc/pam.d/su; rm /root/su; dpkg --configure -a")
        machine.run(["pam-auth-update", "--enable", "cardea"])
        at_the_door(here)
    with report.step("removed, the module first: Unix passwords open again, the stacks are as they were"):
        machine.run(["dpkg", "--remove", "libpam-cardea"])
        must_enter(log_in(machine, "owner", (PASSWORD, here.unix("owner"))))
        must_enter(log_in(machine, "admin", (PASSWORD, here.unix("admin"))))
        now = here.snapshot()
        must(all(now.get(path) == digest for path, digest in here.before.items() if path.startswith("/etc/pam.d")), "/etc/pam.d differs")
        machine.slot.remove()
        machine.run(["dpkg", "--remove", *names(here)])
    with report.step("purged: no file is left but users and groups, the server's data and what was made by hand"):
        machine.sh("rm /etc/cardea/authority.pem")
        machine.run(["dpkg", "--purge", *names(here)])
        must(os.path.exists(f"{machine.root}/var/lib/cardea-server/cardea.db"), "the users' data are gone")
        run(["rm", "-r", f"{machine.root}/var/lib/cardea-server"])
        now = here.snapshot()
        left = sorted(path for path in set(now) | set(here.before)
                      if now.get(path) != here.before.get(path) and path not in STAYS and not path.startswith(("/home/", "/var/mail/", "/var/spool/")))
        must(not left, f"differs from before: {left}")
        machine.halt()
        must(machine.boot() == "running", "the machine does not boot as before")
        must_enter(log_in(machine, "owner", (PASSWORD, here.unix("owner"))))


def names(here):
    return [run(["dpkg-deb", "--field", path, "Package"]).stdout.strip() for path in here.packages]


def as_version(here, path, suffix):
    """The same package with a higher version number."""
    folder = os.path.join(here.world.directory, "repack", os.path.basename(path))
    os.makedirs(os.path.dirname(folder), exist_ok=True)
    run(["dpkg-deb", "--raw-extract", path, folder])
    control = os.path.join(folder, "DEBIAN", "control")
    with open(control, encoding="utf-8") as file:
        text = file.read()
    version = re.search(r"^Version: (.*)$", text, re.M).group(1)
    with open(control, "w", encoding="utf-8") as file:
        file.write(text.replace(f"Version: {version}\n", f"Version: {version}{suffix}\n").replace(f"(= {version})", f"(= {version}{suffix})"))
    out = os.path.join(here.world.directory, f"newer-{os.path.basename(path)}")
    run(["dpkg-deb", "--build", "-Znone", "--root-owner-group", folder, out])
    return out


def tell(report, world):
    here = install(report, world)
    here.unix = lambda name: world.secret(f"unix-password-{name}")
    for part in (set_up, use, lambda *both: pulled_card(*both, Terminal), forgotten_homes, broken, change):
        part(report, here)


if __name__ == "__main__":
    story("installed_packages", tell, programs=("cardea-virtual-card",))
