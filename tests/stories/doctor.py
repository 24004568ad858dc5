#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`cardea doctor` on a computer on which one thing after the other is broken for real: it names it, its advice is followed, and it is
gone. What the doctor says and what the computer then does is compared where it matters: at the door."""
import json
import os
import re
import signal
import stat

from chapters import Cast, a_card_and_its_world, close_the_gate, must, register
from harness import private_etc
from harness.clock import ProgramClock
from harness.door import CARD_OR_KEY, PASSWORD, PIN, log_in, must_enter, must_stay_out
from harness.private_etc import write
from harness.process import run as run_program, wait_until
from harness.story import story

# Of the machine on which the story runs, not of the computer in it: how its pcscd was built, and how /proc is mounted.
OF_THE_MACHINE = {"polkit-rule-missing", "hidepid"}
NOT_TO_MEND = {"ok", "note"}


class Visit:
    """One run of the doctor."""

    def __init__(self, code, answer):
        self.code = code
        self.findings = answer["findings"]
        self.names = {one["name"] for one in self.findings if one["level"] not in NOT_TO_MEND} - OF_THE_MACHINE

    def advice(self, name):
        return next(one["how_to_mend"] for one in self.findings if one["name"] == name)

    def what(self, name):
        return next(one["what"] for one in self.findings if one["name"] == name)


def doctor(cast, *, user=None, clock=None):
    argv = cast.daemon.argv("doctor", "--config", cast.daemon.config, "--json")
    if user is not None:
        argv = cast.laptop.as_user(user, argv)
    done = run_program(cast.laptop.inside(argv), env=cast.laptop.environment(**(clock.environment if clock else {})), seconds=90, check=False)
    must(done.returncode in (0, 1), f"{done.returncode}: {done.stdout}{done.stderr}")
    visit = Visit(done.returncode, json.loads(done.stdout))
    for name, secret in cast.world.secrets.items():
        must(secret not in done.stdout + done.stderr, f"the doctor says {name}")
    return visit


def finds(cast, *names, **options):
    visit = doctor(cast, **options)
    must(visit.names == set(names), f"found {sorted(visit.names)} instead of {sorted(names)}:\n{json.dumps(visit.findings, indent=1, ensure_ascii=False)}")
    must(visit.code == (1 if any(one["level"] not in NOT_TO_MEND for one in visit.findings) else 0), f"exit code {visit.code}")
    return visit


def shows(report, visit, *names):
    for name in names:
        report.shows(f"{visit.what(name)}\n{visit.advice(name)}")


def follows(cast, advice):
    """Does what stands in quotes, as a reader would."""
    command = re.search("“([^”]+)”", advice)[1]
    cast.laptop.run(command.split())


def healthy(report, cast):
    report.chapter("A computer in order")
    with report.step("nothing needs mending"):
        visit = finds(cast)
        report.shows("\n".join(one["what"] for one in visit.findings))
    with report.step("a user sees what a user may, and is told what he did not see"):
        visit = finds(cast, user="owner")
        must({"config-unseen", "server-unseen", "break-glass-unseen"} <= {one["name"] for one in visit.findings}, str(visit.findings))


def services(report, cast):
    report.chapter("Services")
    with report.step("pcscd is stopped: named; started: gone"):
        cast.laptop.pcscd.process.stop()
        wait_until(lambda: cast.daemon.status()["reader_service"] == "reader service down", "the daemon to notice")
        shows(report, finds(cast, "pcscd-down"), "pcscd-down")
        cast.laptop.slot.process.stop()
        cast.laptop.pcscd.start()
        cast.laptop.slot.insert(cast.own_card)
        cast.daemon.wait_for_card()
        finds(cast)
    with report.step("the daemon is stopped: named; started: gone"):
        cast.daemon.stop()
        shows(report, finds(cast, "daemon-down"), "daemon-down")
        cast.daemon.start()
        cast.daemon.wait_for_card()
        finds(cast)
    with report.step("the daemon hangs: named, and nobody waits for ever"):
        cast.daemon.process.signal(signal.SIGSTOP)
        found = doctor(cast)
        cast.daemon.process.signal(signal.SIGCONT)
        must("daemon-down" in found.names, str(found.findings))
        finds(cast)


def files(report, cast):
    report.chapter("Configuration and files")
    with open(cast.daemon.config, encoding="utf-8") as file:
        good = file.read()
    with report.step("a card module that is not there"):
        write(cast.daemon.config, good.replace("modules = opensc-pkcs11", "modules = opensc-pkcs11 /usr/lib/pkcs11/vendor.so"), 0o600)
        shows(report, finds(cast, "module-missing"), "module-missing")
    with report.step("a typing mistake in the configuration: named with its line"):
        write(cast.daemon.config, good.replace("log_level", "loglevel"), 0o600)
        visit = finds(cast, "config-invalid")
        must(re.search(r"recoveryd\.conf:\d+", visit.what("config-invalid")), visit.what("config-invalid"))
        shows(report, visit, "config-invalid")
        write(cast.daemon.config, good, 0o600)
        finds(cast)
    with report.step("state files that others may read: the command in the advice mends it"):
        for path in (cast.daemon.state_dir, os.path.join(cast.daemon.state_dir, "gate"), os.path.join(cast.daemon.state_dir, "users", "owner.enrolment")):
            os.chmod(path, 0o755)
            visit = doctor(cast)  # the daemon itself trusts some of them no more: then more is named
            must("file-mode" in visit.names, str(visit.findings))
            must("gate-damaged" not in visit.names, "it would have the switch removed")
            follows(cast, visit.advice("file-mode"))
            must(stat.S_IMODE(os.stat(path).st_mode) & 0o077 == 0, f"{path} is as it was")
            finds(cast)


def stacks(report, cast):
    report.chapter("PAM")
    service = os.path.join(cast.laptop.pam_directory, "su")

    def rewrite(change):
        private_etc.write_services(cast.laptop.pam_directory, module=cast.laptop.module, socket=cast.laptop.socket, timeout=30)
        with open(service, encoding="utf-8") as file:
            text = file.read()
        write(service, change(text))

    owner = (PASSWORD, cast.world.passwords["owner"])
    admin = (PASSWORD, cast.world.passwords["admin"])
    with report.step("the mistake of other card modules: unavailable leads to the Unix password. The doctor says so, and it is so"):
        rewrite(lambda text: text.replace("authinfo_unavail=ignore", "authinfo_unavail=1"))
        visit = finds(cast, "pam-gate-gone-around")
        must("su" in visit.what("pam-gate-gone-around"), visit.what("pam-gate-gone-around"))
        shows(report, visit, "pam-gate-gone-around")
        cast.laptop.slot.pull()
        cast.daemon.wait_for_card(False)
        must_enter(log_in(cast.laptop, "owner", (CARD_OR_KEY, ""), owner))
        cast.laptop.slot.push()
        cast.daemon.wait_for_card()
    with report.step("a stack without a way out: the doctor says that a stopped daemon locks everybody out, and it does"):
        rewrite(lambda text: text.replace("authinfo_unavail=ignore", "authinfo_unavail=die"))
        shows(report, finds(cast, "pam-lockout"), "pam-lockout")
        cast.daemon.stop()
        must_stay_out(log_in(cast.laptop, "admin"))
        cast.daemon.start()
        cast.daemon.wait_for_card()
    with report.step("a service that never asks for a card"):
        rewrite(lambda text: "auth required pam_unix.so\naccount required pam_unix.so\nsession required pam_unix.so\n")
        finds(cast, "pam-not-asked")
        must_enter(log_in(cast.laptop, "owner", owner))
    with report.step("an option nobody knows, and a module that is not there"):
        rewrite(lambda text: text.replace("timeout=30", "timeuot=30"))
        must("pam-unknown-option" in doctor(cast).names, "not named")
        rewrite(lambda text: text.replace("pam_cardea.so", "pam_cardea_old.so").replace(cast.laptop.module + "_old", cast.laptop.module))
        must({"pam-other-module-missing", "pam-module-missing"} & doctor(cast).names, "not named")
    with report.step("the stack of the administrator's guide: gone, and the doors are right"):
        rewrite(lambda text: text)
        finds(cast)
        must_enter(log_in(cast.laptop, "owner", (PIN, cast.pin)))
        must_enter(log_in(cast.laptop, "admin", admin))


def server_and_clock(report, cast):
    report.chapter("Server and clock")
    with report.step("the server is stopped: named by daemon and doctor; started: gone"):
        cast.server.stop()
        shows(report, finds(cast, "server-unreachable", "server-silent"), "server-unreachable", "server-silent")
        cast.server.start()
        finds(cast)
    with report.step("its certificate has expired: named; the good one put back: gone"):
        names = [name for name in ("ca.pem", "ca.key", "server.pem", "server.key") if os.path.exists(os.path.join(cast.server.directory, name))]
        cast.server.stop()
        for name in names:
            os.rename(os.path.join(cast.server.directory, name), os.path.join(cast.server.directory, f"{name}.good"))
        past = ProgramClock(cast.world, "past")
        past.is_off_by(-12 * 366)
        run_program([cast.server.program, "--config", cast.server.config, "--init-certificate", "localhost"], env={**os.environ, **past.environment})
        cast.server.process = cast.world.owns(type(cast.server.process)(
            "server", [cast.server.program, "--config", cast.server.config], os.path.join(cast.server.directory, "expired.log")))
        cast.server.process.wait_ready(lambda: listens(cast.server.port))
        visit = finds(cast, "server-untrusted", "server-certificate")
        must("expired" in visit.what("server-certificate"), visit.what("server-certificate"))
        shows(report, visit, "server-certificate")
        cast.server.stop()
        for name in names:
            os.rename(os.path.join(cast.server.directory, f"{name}.good"), os.path.join(cast.server.directory, name))
        cast.server.start()
        finds(cast)
    with report.step("the clock is a day ahead, then behind: named; set right: gone"):
        # To a clock that is behind, the server's new certificate is not valid yet.
        for days, name, others in ((1, "clock-skewed", set()), (-1, "clock-behind", {"clock-skewed", "server-certificate", "server-untrusted"})):
            cast.clock.is_off_by(days)
            visit = doctor(cast, clock=cast.clock)
            must(name in visit.names and visit.names <= {name, *others}, str(sorted(visit.names)))
            shows(report, visit, name)
        cast.clock.is_off_by(0)
        finds(cast)


def listens(port):
    import socket
    try:
        socket.create_connection(("127.0.0.1", port), 2).close()
    except OSError:
        return False
    return True


def card(report, cast):
    report.chapter("The card")
    wrong = "99999999"
    with report.step("its PIN is locked: named with the way out"):
        log_in(cast.laptop, "owner", (PIN, wrong), (PIN, wrong))
        log_in(cast.laptop, "owner", (PIN, wrong))  # the last try
        visit = finds(cast, "pin-locked")
        shows(report, visit, "pin-locked")
    with report.step("unlocked with its PUK, as the advice says: gone"):
        must("cardea card unblock" in visit.advice("pin-locked"), visit.advice("pin-locked"))
        cast.daemon.cardea("card", "unblock", user="owner", answers={"puk": cast.own_card.secrets.puk, "new-pin": cast.pin})
        finds(cast)
        must_enter(log_in(cast.laptop, "owner", (PIN, cast.pin)))
    with report.step("it is suspended: named; resumed: gone"):
        cast.daemon.cardea("card", "suspend", user="owner", answers={"pin": cast.pin, **cast.person})
        visit = doctor(cast)
        must({"card-suspended", "no-active-card"} <= visit.names, str(visit.findings))
        cast.daemon.cardea("card", "resume", user="owner", answers={"pin": cast.pin, **cast.person})
        finds(cast)


def tell(report, world):
    cast = Cast(world)
    cast.clock = ProgramClock(world, "laptop")
    cast.daemon_parts = {"clock": cast.clock}
    a_card_and_its_world(report, cast)
    register(report, cast)
    close_the_gate(report, cast)
    healthy(report, cast)
    services(report, cast)
    files(report, cast)
    stacks(report, cast)
    server_and_clock(report, cast)
    card(report, cast)


if __name__ == "__main__":
    story("doctor", tell)
