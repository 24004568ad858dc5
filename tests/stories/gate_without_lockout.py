#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Secure mode is switched on and nobody is locked out: an unconfirmed gate falls back by itself, whatever happens to daemon and clock
meanwhile; the break-glass login is rehearsed with the daemon counting as stopped; and however the daemon fails, that login works."""
import os
import signal
import socket

from chapters import Cast, a_card_and_its_world, must, register
from harness import private_etc
from harness.clock import ProgramClock
from harness.door import PASSWORD, PIN, log_in, must_enter, must_stay_out
from harness.private_etc import write
from harness.process import Process
from harness.story import story

DOWN = "The card service is not running; card and access key can't be checked."
YEAR = 366  # days


def gate(cast):
    return cast.daemon.cardea("gate", "status", "--user", "owner").json["gate"]


def rehearse(cast, step, admin="admin", check=True, service="cardea-test", **answers):
    return cast.daemon.cardea("gate", "rehearse", "--user", "owner", "--admin", admin, "--service", service, "--step", step, answers=answers, check=check)


def by_password(cast, name):
    return log_in(cast.laptop, name, (PASSWORD, cast.world.passwords[name]))


def rehearsals(report, cast):
    report.chapter("The rehearsals")
    with report.step("card and access key"):
        rehearse(cast, "card", pin=cast.pin)
        rehearse(cast, "access-key", **{"access-key": cast.issue_access_key("access-key-rehearsal")})
    with report.step("an account that is not in the break-glass group is none, though its password is right"):
        refused = rehearse(cast, "break-glass", admin="second", check=False, password=cast.world.passwords["second"])
        must(refused.code == 1 and "cardea-breakglass" in refused.error, f"{refused.code}: {refused.error}")
        report.shows(refused.error)
    with report.step("a wrong password is no rehearsal"):
        refused = rehearse(cast, "break-glass", check=False, password="wrong")
        must(refused.code == 1, refused.text)
    with report.step("a service that does not ask the card service shows nothing"):
        write(os.path.join(cast.laptop.pam_directory, "plain"), "auth required pam_unix.so\naccount required pam_unix.so\n")
        refused = rehearse(cast, "break-glass", check=False, service="plain", password=cast.world.passwords["admin"])
        must(refused.code == 1 and "--service" in refused.error, f"{refused.code}: {refused.error}")
    with report.step("a stack that opens to everybody while the daemon runs, and to nobody when it does not, is seen through"):
        private_etc.write_services(cast.laptop.pam_directory, module=cast.laptop.module, socket=cast.laptop.socket, timeout=30)
        path = os.path.join(cast.laptop.pam_directory, "cardea-test")
        with open(path, encoding="utf-8") as file:
            good = file.read()
        write(path, good.replace("authinfo_unavail=ignore", "authinfo_unavail=die"))
        must_enter(log_in(cast.laptop, "admin", (PASSWORD, cast.world.passwords["admin"]), door="pamtester"))
        refused = rehearse(cast, "break-glass", check=False, password=cast.world.passwords["admin"])
        must(refused.code == 1, refused.text)
        write(path, good)
    with report.step("nothing of that was taken for a rehearsal; the right one is"):
        must(cast.daemon.cardea("gate", "on", "--user", "owner", check=False).code == 1, "the gate is on")
        rehearse(cast, "break-glass", password=cast.world.passwords["admin"])


def shut_on_probation(cast):
    cast.daemon.cardea("gate", "on", "--user", "owner", "--confirm-within", "10m")
    must(gate(cast) == "card_required", "the gate is off")
    must_enter(log_in(cast.laptop, "owner", (PIN, cast.pin)))
    must_stay_out(log_in(cast.laptop, "owner", (PIN, cast.world.passwords["owner"])))


def must_be_open(cast):
    must(gate(cast) == "off", "the gate is on")
    must_enter(by_password(cast, "owner"))


def probation(report, cast):
    report.chapter("An unconfirmed gate")
    with report.step("the computer is restarted within the time: still on probation"):
        shut_on_probation(cast)
        cast.daemon.restart()
        must(gate(cast) == "card_required", "the gate is off")
    with report.step("the time passes while the daemon runs: the Unix password opens again"):
        cast.clock.is_off_by(1)
        must_be_open(cast)
        cast.clock.is_off_by(0)
        must_be_open(cast)
    with report.step("the time passes while the computer is off: the same"):
        shut_on_probation(cast)
        cast.daemon.stop()
        cast.clock.is_off_by(1)
        cast.daemon.start()
        must_be_open(cast)
        cast.clock.is_off_by(0)
    with report.step("the battery was flat at the boot, the clock begins a year ago: it does not last until the clock has caught up"):
        shut_on_probation(cast)
        cast.daemon.stop()
        cast.clock.is_off_by(-YEAR)
        cast.daemon.start()
        must_be_open(cast)
        cast.clock.is_off_by(0)
        must_be_open(cast)
    with report.step("confirmed it stays, whatever the clock says"):
        shut_on_probation(cast)
        cast.daemon.cardea("gate", "on", "--confirm")
        for days in (1, -YEAR):
            cast.daemon.stop()
            cast.clock.is_off_by(days)
            cast.daemon.start()
            must(gate(cast) == "card_required", "the gate is off")
        cast.clock.is_off_by(0)
        cast.daemon.restart()


def without_it(report, cast):
    """The break-glass account gets in, the owner does not."""
    seen = must_enter(by_password(cast, "admin"))
    must_stay_out(log_in(cast.laptop, "owner"), DOWN)
    report.shows(f"in after {seen.seconds:.1f} s")


def failures(report, cast):
    report.chapter("However the daemon fails, the break-glass account gets in")
    cast.laptop.set_pam_timeout(5)
    with report.step("it hangs"):
        cast.daemon.process.signal(signal.SIGSTOP)
        without_it(report, cast)
        cast.daemon.process.signal(signal.SIGCONT)
    with report.step("it can't start: its configuration has a mistake. It ends at once and holds nothing up"):
        cast.daemon.stop()
        with open(cast.daemon.config, encoding="utf-8") as file:
            good = file.read()
        write(cast.daemon.config, good.replace("log_level", "loglevel"), 0o600)
        ends_with_failure(cast)
        without_it(report, cast)
        write(cast.daemon.config, good, 0o600)
    with report.step("it can't start: its state is damaged"):
        path = os.path.join(cast.daemon.state_dir, "computer")
        with open(path, "rb") as file:
            content = file.read()
        with open(path, "r+b") as file:
            file.write(b"damaged")
        ends_with_failure(cast)
        without_it(report, cast)
        with open(path, "wb") as file:
            file.write(content)
    with report.step("its socket is there, and whoever listens never answers"):
        place = f"/proc/{cast.laptop.holder_pid}/root{cast.daemon.socket}"
        if os.path.exists(place):
            os.unlink(place)
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as deaf:
            deaf.bind(place)
            os.chmod(place, 0o666)
            deaf.listen()
            without_it(report, cast)
        os.unlink(place)
    with report.step("its module is not installed any more"):
        private_etc.write_services(cast.laptop.pam_directory, module="pam_cardea_gone.so", socket=cast.laptop.socket, timeout=5)
        must_stay_out(log_in(cast.laptop, "owner"))
        cast.laptop.set_pam_timeout(30)
    with report.step("started again: everything is as it was"):
        cast.daemon.start()
        cast.daemon.wait_for_card()
        must_enter(log_in(cast.laptop, "owner", (PIN, cast.pin)))
        must_enter(by_password(cast, "admin"))


def ends_with_failure(cast):
    process = Process("laptop/recoveryd", cast.laptop.inside(["/run/cardea/bin/cardea-recoveryd", "--config", cast.daemon.config]),
                      os.path.join(cast.laptop.directory, "failing.log"), env=cast.laptop.environment())
    status = process._process.wait(10)
    must(status == 1, f"it ended with {status}")


def tell(report, world):
    cast = Cast(world)
    cast.clock = ProgramClock(world, "laptop")
    cast.daemon_parts = {"clock": cast.clock}
    a_card_and_its_world(report, cast)
    register(report, cast)
    rehearsals(report, cast)
    probation(report, cast)
    failures(report, cast)


if __name__ == "__main__":
    story("gate_without_lockout", tell)
