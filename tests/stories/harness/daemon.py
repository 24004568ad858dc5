# SPDX-License-Identifier: Apache-2.0
"""cardea-recoveryd of a computer, its card worker, and the card utility that talks to it."""
import json
import os
import socket

from .computer import PROGRAMS, RUN
from .dialog import Dialog
from .private_etc import write
from .process import Broken, children_of, run, wait_until


class Daemon:
    """One instance: configuration, state directory (`disk`: on a disk of its own), socket, clock. The first of a computer has the
    usual socket."""

    def __init__(self, computer, name="recoveryd", *, server=None, policy=(), disk=None, clock=None):
        self.computer = computer
        self.name = name
        self.state_dir = os.path.join(disk.path if disk else computer.directory, f"{name}.state")
        self.config = os.path.join(computer.directory, f"{name}.conf")
        self.socket = f"{RUN}/{name}.sock"
        self._server = server
        self._environment = clock.environment if clock else {}
        self._write_configuration(policy)
        self.process = None
        self.start()

    def _write_configuration(self, policy):
        lines = ["[recoveryd]", f"socket = {self.socket}", f"state_dir = {self.state_dir}", f"worker = {PROGRAMS}/cardea-card-worker",
                 f"computer_name = {self.computer.name}", "log_level = debug",
                 "[card]", "modules = opensc-pkcs11", f"opensc_conf = {PROGRAMS}/opensc.conf"]
        if self._server is not None:
            lines += ["[server]", f"urls = {self._server.url}", f"ca_file = {self._server.ca_file}", "check_in_seconds = 3600"]
        write(self.config, "\n".join([*lines, "[policy]", *policy]) + "\n", 0o600)

    def configure(self, policy, *, card=True):
        """Starts it again with other lines under [policy]; waits until it has seen whether there is a card."""
        self.stop()
        self._write_configuration(policy)
        self.start()
        if card:
            self.wait_for_card()
        else:
            self.wait_for_reader()

    def start(self, **environment):
        self.process = self.computer.start(self.name, [f"{PROGRAMS}/cardea-recoveryd", "--config", self.config],
                                           **{**self._environment, **environment})
        self.process.wait_ready(self.answers)

    def answers(self):
        """A connection is accepted. Nothing is said on it."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as probe:
            try:
                probe.connect(f"/proc/{self.computer.holder_pid}/root{self.socket}")
            except OSError:
                return False
        return True

    def stop(self):
        status = self.process.stop()
        if status != 0:
            raise Broken(f"cardea-recoveryd ended with {status} on SIGTERM\n{self.process.log_text()[-2000:]}")

    def restart(self):
        self.stop()
        self.start()
        self.wait_for_card()

    def worker_pid(self):
        """The pid of its card worker; None while there is none."""
        return next((pid for pid, name in children_of(self.process.pid).items() if name.startswith("cardea-card-wor")), None)

    # The card utility
    def argv(self, *words):
        return [f"{PROGRAMS}/cardea", "--socket", self.socket, *words]

    def cardea(self, *words, answers=None, user=None, check=True, seconds=60):
        """Runs `cardea WORDS --json`. With answers: as a script, names and values through --answers -."""
        argv = self.argv(*words, "--json")
        if answers is not None:
            argv += ["--answers", "-"]
        if user is not None:
            argv = self.computer.as_user(user, argv)
        lines = "".join(f"{name}={value}\n" for name, value in (answers or {}).items())
        done = run(self.computer.inside(argv), env=self.computer.environment(), stdin=lines, seconds=seconds, check=False)
        if check and done.returncode != 0:
            raise Broken(f"{' '.join(argv)}\nended with {done.returncode}\n{done.stdout}{done.stderr}")
        return Answer(done)

    def dialog(self, *words, user=None, **options):
        """`cardea WORDS` as a person uses it, at a terminal."""
        argv = self.argv(*words)
        return Dialog(self.computer.inside(self.computer.as_user(user, argv) if user else argv),
                      env=self.computer.environment(), **options)

    def register(self, user, server, account, person, card, *, existing=False, check=True):
        """Makes an account, or (existing) adds this computer to it. The card lies in the reader."""
        return self.cardea("register", "--server", server.url, "--account", account, *(["--existing"] if existing else []),
                           "--key", self.computer.world.key, user=user, check=check,
                           answers={"pin": card.secrets.pin, "question": "What did the house look like?", "sheet-confirm": "no-check", **person})

    def status(self, user="owner"):
        return self.cardea("status", "--user", user).json

    def wrong_keys(self, user="owner"):
        """How many wrong access keys are counted."""
        return self.status(user)["enrolment"]["wrong_access_keys"]

    def forget_wrong_keys(self, user="owner"):
        """As if the wait after wrong keys were over: the count is a file."""
        counted = os.path.join(self.state_dir, "users", f"{user}.tries")
        if os.path.exists(counted):
            os.unlink(counted)

    def sees(self, card):
        """The worker has looked at this very card."""
        shown = self.cardea("card", "show", check=False)
        return shown.code == 0 and any(card.label in one["label"] for one in shown.json["cards"])

    def wait_for_reader(self):
        """Until the worker has found the reader: before that the daemon asks for an access key only."""
        wait_until(lambda: self.cardea("status").json["reader_service"] == "ready", f"{self.name} to find the reader")

    def wait_for_card(self, present=True, seconds=10):
        """Until the worker has looked at what lies in the reader."""
        def look():
            cards = self.cardea("card", "show", check=False)
            return cards.code == 0 and bool(cards.json["cards"]) == present
        wait_until(look, f"{self.name} to see {'a' if present else 'no'} card", seconds)


def recover(world, server, account, person, *, computer=None, check=True, clock=None):
    """`cardea recover` at some other computer."""
    which = ["--computer", computer] if computer else []
    return elsewhere(world, server, account, person, "recover", *which, check=check, clock=clock)


def elsewhere(world, server, account, answers, *words, check=True, clock=None):
    """`cardea WORDS` at some other computer, where nobody is enrolled: the program and the certificate authority are all."""
    home = os.path.join(world.directory, "elsewhere")
    os.makedirs(home, exist_ok=True)
    argv = [world.program("cardea"), *words, "--server", server.url, "--account", account, "--ca-file", server.ca_file, "--json",
            "--answers", "-"]
    lines = "".join(f"{name}={value}\n" for name, value in answers.items())
    environment = {"HOME": home, "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", **(clock.environment if clock else {})}
    done = run(argv, env=environment, stdin=lines, seconds=60, check=False)
    if check and done.returncode != 0:
        raise Broken(f"{' '.join(argv)}\nended with {done.returncode}\n{done.stdout}{done.stderr}")
    return Answer(done)


class Answer:
    """What a run of the utility came to."""

    def __init__(self, done):
        self.code = done.returncode
        self.text = done.stdout
        self.error = done.stderr

    @property
    def json(self):
        return json.loads(self.text)

    @property
    def lines(self):
        """The object for a reader: one line for each of its members."""
        return "\n".join(f"{name}: {value}" for name, value in self.json.items())
