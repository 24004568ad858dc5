# SPDX-License-Identifier: Apache-2.0
"""A chapter of installed_packages.py: the card pulled during a session, with the real logind and polkit, and a daemon that has no
right of root."""
from harness.door import PIN, SHELL
from harness.process import Broken, wait_until

# What a desktop's locker waits for.
LISTENER = ["busctl", "monitor", "--match=type='signal',interface='org.freedesktop.login1.Session',member='Lock'"]


def must(condition, text):
    if not condition:
        raise Broken(text)


def sessions(machine, user):
    """The ids of the sessions that logind has for this user."""
    lines = machine.sh("loginctl list-sessions --no-legend").splitlines()
    return [line.split()[0] for line in lines if user in line.split()]


def log_in_and_stay(machine, terminal, pin):
    terminal.sees(PIN)
    terminal.types(pin)
    terminal.sees(SHELL)
    return wait_until(lambda: sessions(machine, "owner"), "logind to have the session")


def set_policy(here, *lines):
    machine = here.machine
    machine.sh("sed -i '/^removal/d' /etc/cardea/recoveryd.conf")
    for line in lines:
        machine.sh(f"sed -i '/^\\[policy\\]/a {line}' /etc/cardea/recoveryd.conf")
    # So many starts in a minute count as a daemon that fails, and it would be left alone.
    machine.sh("systemctl reset-failed cardea-recoveryd; systemctl restart cardea-recoveryd")
    here.wait_for_card()


def pulled_card(report, here, terminal_of):
    """`terminal_of(machine, words)`: a dialogue at a terminal in the machine."""
    report.chapter("The card pulled during a session")
    machine, pin = here.machine, here.card.secrets.pin
    set_policy(here, "removal = lock")
    with report.step("a console has no locker: its session is ended, also where the policy is to lock"):
        at = machine.login("owner")
        log_in_and_stay(machine, at, pin)
        machine.slot.pull()
        at.ends()
        wait_until(lambda: not sessions(machine, "owner"), "the session to be gone")
        machine.slot.push()
        here.wait_for_card()
    with report.step("a desktop's session is told to lock, and goes on"):
        listener = machine.start("listener", LISTENER)
        wait_until(lambda: "Monitoring bus message stream" in listener.log_text(), "busctl to listen")
        at = terminal_of(machine, ["env", "XDG_SESSION_TYPE=x11", "login", "-p", "owner"])
        ids = log_in_and_stay(machine, at, pin)
        kind = machine.sh(f"loginctl show-session {ids[0]} --property=Type --value").strip()
        must(kind == "x11", f"the session's type is {kind}")
        machine.slot.pull()
        wait_until(lambda: "Member=Lock" in listener.log_text(), f"the signal to lock\n{here.journal()}", 20)
        must(sessions(machine, "owner") == ids, "the session is gone")
        at.types("echo still $((40 + 2))", secret=False)
        at.sees("still 42")
        listener.stop()
    with report.step("put back and pulled under “logout”, a session of which the new daemon knows nothing stays, a new one ends"):
        machine.slot.push()
        here.wait_for_card()
        set_policy(here, "removal = logout")
        other = terminal_of(machine, ["env", "XDG_SESSION_TYPE=x11", "login", "-p", "owner"])
        other.sees(PIN)
        other.types(pin)
        other.sees(SHELL)
        wait_until(lambda: len(sessions(machine, "owner")) == 2, "logind to have both")
        machine.slot.pull()
        other.ends()
        wait_until(lambda: sessions(machine, "owner") == ids, "one session to be gone")
        at.types("exit", secret=False)
        at.ends()
        machine.slot.push()
        here.wait_for_card()
        set_policy(here)
