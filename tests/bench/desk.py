# SPDX-License-Identifier: Apache-2.0
"""A computer for measurements: the world of the stories with the OpenSC configuration that is shipped, a daemon that does not
write down everything, and PAM services of one module each."""
import json
import os
import subprocess
import sys

STORIES = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "stories")
sys.path.insert(0, STORIES)

# pylint: disable=wrong-import-position
from harness.computer import PROGRAMS  # noqa: E402
from harness.daemon import Daemon  # noqa: E402
from harness.private_etc import write  # noqa: E402
from harness.process import Broken  # noqa: E402
from harness.world import SOURCE, World  # noqa: E402

WORKER_OPENSC = f"{PROGRAMS}/worker-opensc.conf"
PAM_SUCCESS = 0


def first_in_line():
    """What is written before a command so that other work on this machine does not come between: real-time, where permitted."""
    command = ["chrt", "--rr", "10"]
    return command if subprocess.run([*command, "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0 else []


FIRST = first_in_line()


def make_world(build, personality="myeid", key="p256"):
    return World(build=build, personality=personality, key=key)


def make_computer(world, name):
    """With the probes and the shipped opensc.conf among its programs."""
    with open(os.path.join(SOURCE, "packaging", "opensc.conf"), encoding="utf-8") as file:
        write(os.path.join(world.programs, "worker-opensc.conf"), file.read())
    for probe in ("login_probe", "pkcs11_probe"):
        world_copy = os.path.join(world.programs, probe)
        subprocess.run(["strip", "--strip-debug", "-o", world_copy, os.path.join(world.build, "tests", "bench", probe)], check=True)
    computer = world.computer(name)
    computer.services = os.path.join(computer.directory, "services")
    os.mkdir(computer.services)
    write(os.path.join(computer.services, "other"), "auth required pam_deny.so\n")
    add_service(computer, "cardea", f"{PROGRAMS}/pam_cardea.so socket={computer.socket} timeout=30")
    add_service(computer, "permit", "pam_permit.so")
    return computer


def add_service(computer, name, module, account=None):
    write(os.path.join(computer.services, name), f"auth required {module}\naccount required {account or module}\n")


class QuietDaemon(Daemon):
    """As it runs at a person's: no debug log. `modules` and `environment` are those of the worker."""

    def __init__(self, computer, *, modules="opensc-pkcs11", environment=""):
        self._modules = modules
        self._worker_environment = environment
        super().__init__(computer)

    def start(self, **environment):
        argv = [*FIRST, f"{PROGRAMS}/cardea-recoveryd", "--config", self.config]
        self.process = self.computer.start(self.name, argv, **environment)
        self.process.wait_ready(self.answers)

    def _write_configuration(self, policy):
        write(self.config, "\n".join([
            "[recoveryd]", f"socket = {self.socket}", f"state_dir = {self.state_dir}", f"worker = {PROGRAMS}/cardea-card-worker",
            f"computer_name = {self.computer.name}", "log_level = notice", "[card]", f"modules = {self._modules}",
            f"opensc_conf = {WORKER_OPENSC}", *([f"worker_environment = {self._worker_environment}"] if self._worker_environment else []),
            "[policy]", "gate = card_required", *policy]) + "\n", 0o600)


def probe(computer, service, answer, mode, *more, user="owner", wrap=(), **environment):
    """One run of login_probe in a process of its own; what it measured. Refusals are errors of the bench."""
    done = subprocess.run(computer.inside([*FIRST, *wrap, f"{PROGRAMS}/login_probe", computer.services, service, user, mode, *more]),
                          input=answer + "\n", env=computer.environment(**environment), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, timeout=120, check=False)
    if done.returncode != 0:
        raise Broken(f"login_probe {service} {mode}: {done.stdout}{done.stderr}")
    values = json.loads(done.stdout.splitlines()[-1])
    if values["status"] != PAM_SUCCESS:
        raise Broken(f"login through {service} was refused: PAM code {values['status']}\n{computer.auth_log()[-1000:]}")
    return values


class BareSequence:
    """pkcs11_probe, which does the least any login on PKCS#11 must do each time it is asked."""

    def __init__(self, computer, module, serial, pin, **environment):
        self._process = subprocess.Popen(computer.inside([*FIRST, f"{PROGRAMS}/pkcs11_probe", module, serial, pin]), stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, env=computer.environment(**environment), text=True, bufsize=1)
        self._expect("ready")

    def _expect(self, text=None):
        line = self._process.stdout.readline().strip()
        if not line or (text and line != text):
            self.close()
            raise Broken("pkcs11_probe failed, see above")
        return line

    def measure(self, while_logged_in=lambda: None):
        """Milliseconds from C_Login to the checked signature. C_Logout comes behind, and is done when this returns."""
        self._process.stdin.write("log in\n")
        milliseconds = float(self._expect())
        while_logged_in()
        self._process.stdin.write("log out\n")
        self._expect("out")
        return milliseconds

    def close(self):
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def verify_status(slot):
    """What the card in this slot says about its PIN to any program: "9000" while unlocked, "63cN" when locked."""
    references = {"myeid": "01", "sc-hsm": "81"}
    script = os.path.join(os.path.dirname(os.path.realpath(__file__)), "verify_probe.py")
    return slot.computer.run(["/usr/bin/python3", script, slot.reader, references[slot.card.kind]]).stdout.strip()


def memory_mib(pid, field="Rss"):
    """A value of /proc/PID/smaps_rollup, MiB."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        for line in file:
            if line.startswith(f"{field}:"):
                return int(line.split()[1]) / 1024
    raise Broken(f"no {field} of process {pid}")


__all__ = ["BareSequence", "Broken", "PAM_SUCCESS", "PROGRAMS", "QuietDaemon", "SOURCE", "WORKER_OPENSC",
           "add_service", "make_computer", "make_world", "memory_mib", "probe", "verify_status"]
