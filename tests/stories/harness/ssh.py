# SPDX-License-Identifier: Apache-2.0
"""sshd at one computer of a story and ssh at another: with answers to what sshd asks, and with keys in files, on a card, and in an agent."""
import os

from .computer import PROGRAMS, RUN
from .dialog import Dialog
from .private_etc import write
from .process import Process, run, wait_until
from .reader import OPENSC_MODULE

PORT = 2222  # in the story's own network namespace, where nobody else listens
HOME = "127.0.0.1"  # the server; strangers are at other addresses of the loopback
CONFIGURATION = """\
ListenAddress {home}
Port {port}
HostKey {directory}/host_key
PidFile none
UsePAM yes
PermitRootLogin no
UseDNS no
PrintMotd no
PrintLastLog no
LogLevel DEBUG1
"""
BY_KEY = """\
PasswordAuthentication no
KbdInteractiveAuthentication no
AuthorizedKeysFile .ssh/authorized_keys
AuthorizedKeysCommand {helper} %u
AuthorizedKeysCommandUser cardea-ssh
AcceptEnv STORY_*
"""
BY_ANSWER = """\
PasswordAuthentication yes
KbdInteractiveAuthentication yes
PubkeyAuthentication no
"""


class Sshd:
    """The machine's own sshd with this computer's accounts, PAM stack and daemon. `accepts`: BY_KEY or BY_ANSWER."""

    def __init__(self, computer, accepts, *, port=PORT):
        self.computer = computer
        self.port = port
        self.directory = os.path.join(computer.directory, "sshd")
        os.mkdir(self.directory, 0o755)
        host_key = os.path.join(self.directory, "host_key")
        run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", host_key])
        self.known = os.path.join(self.directory, "known_hosts")
        with open(f"{host_key}.pub", encoding="ascii") as file:
            write(self.known, f"[{HOME}]:{port} {file.read()}")
        self.config = os.path.join(self.directory, "sshd_config")
        write(self.config, (CONFIGURATION + accepts).format(home=HOME, port=port, directory=self.directory, helper=f"{PROGRAMS}/cardea-authorized-keys"), 0o600)
        computer.serve("sshd")
        computer.run(["mkdir", "-p", "/run/sshd"])
        self.process = computer.start("sshd", ["/usr/sbin/sshd", "-D", "-e", "-f", self.config])
        self.process.wait_ready(lambda: f"Server listening on {HOME} port {port}" in self.process.log_text())

    def ssh(self, user, *, source=HOME, method="keyboard-interactive", prompts=3, **options):
        """Somebody at `source` logs in as `user` and answers what he is asked."""
        return Dialog(["ssh", "-F", "none", "-p", self.port, "-b", source, "-o", f"UserKnownHostsFile={self.known}", "-o", "GlobalKnownHostsFile=none",
                       "-o", "StrictHostKeyChecking=yes", "-o", f"PreferredAuthentications={method}", "-o", f"NumberOfPasswordPrompts={prompts}",
                       "-o", "IdentityAgent=none", f"{user}@{HOME}", "echo in as $(id -un)"],
                      env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": self.computer.directory, "TERM": "dumb"}, **options)

    def trusts(self, user, public_key):
        """Writes a key into the user's own authorized_keys, as he would."""
        self.computer.run(self.computer.as_user(user, ["sh", "-c", 'umask 077; mkdir -p ~/.ssh; echo "$1" >> ~/.ssh/authorized_keys', "sh", public_key]))


class Ssh:
    """Somebody at a computer of his own who goes to an sshd."""

    def __init__(self, computer, sshd):
        self.computer = computer
        self.sshd = sshd
        self.directory = os.path.join(computer.directory, "ssh")
        os.mkdir(self.directory, 0o700)
        self._askpass = os.path.join(self.directory, "askpass")
        self.asked = os.path.join(self.directory, "asked")

    def new_key(self, name):
        """A key in a file; its public half as a line."""
        path = os.path.join(self.directory, name)
        run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path])
        with open(f"{path}.pub", encoding="ascii") as file:
            return path, file.read().strip()

    def keys_of_card(self):
        """What ssh sees on the card that is in, as type and base64."""
        done = self.computer.run(["ssh-keygen", "-D", OPENSC_MODULE])
        return [" ".join(line.split()[:2]) for line in done.stdout.splitlines() if line]

    def environment(self, pin, **more):
        write(self._askpass, f'#!/bin/sh\necho "$1" >> {self.asked}\nexec echo "{pin or ""}"\n', 0o700)
        return self.computer.environment(SSH_ASKPASS=self._askpass, SSH_ASKPASS_REQUIRE="force", **more)

    def argv(self, user, *words, options=()):
        return ["ssh", "-F", "none", "-p", self.sshd.port, "-o", "StrictHostKeyChecking=yes", "-o", f"UserKnownHostsFile={self.sshd.known}",
                "-o", "PreferredAuthentications=publickey", "-o", "NumberOfPasswordPrompts=1", "-o", "IdentitiesOnly=no", "-o", "LogLevel=INFO",
                *options, f"{user}@{HOME}", *words]

    def goes_in(self, user, *options, pin=None, agent=None):
        """Whether ssh lets in. `options`: of ssh; `pin`: typed when ssh asks for one; `agent`: asked for keys."""
        environment = self.environment(pin, **({"SSH_AUTH_SOCK": agent.socket} if agent else {}))
        argv = self.argv(user, "echo in as $(id -un)", options=options)
        done = run(self.computer.inside(argv), env=environment, seconds=60, check=False)
        return done.returncode == 0 and done.stdout.strip() == f"in as {user}"

    def by_card(self, user, pin):
        return self.goes_in(user, "-I", OPENSC_MODULE, pin=pin)

    def by_file(self, user, path):
        return self.goes_in(user, "-i", path)


class Agent:
    """An ssh-agent at somebody's own computer."""

    def __init__(self, ssh, name="agent"):
        self._ssh = ssh
        computer = ssh.computer
        self.socket = f"{RUN}/{name}.sock"
        log = os.path.join(ssh.directory, f"{name}.log")
        # It ends with 2 when it is asked to: not one of the world's own programs, whose end is looked at.
        self.process = Process(name, computer.inside(["ssh-agent", "-D", "-a", self.socket]), log, env=computer.environment())
        computer.world.at_end(self.process.stop)
        wait_until(lambda: os.path.exists(f"/proc/{computer.holder_pid}/root{self.socket}"), "ssh-agent to be ready")

    def _add(self, words, pin):
        environment = self._ssh.environment(pin, SSH_AUTH_SOCK=self.socket)
        return run(self._ssh.computer.inside(["ssh-add", *words]), env=environment, seconds=60)

    def takes_card(self, pin):
        """ssh-add -s: the card that is in, opened with its PIN."""
        self._add(["-s", OPENSC_MODULE], pin)

    def takes_key(self, path):
        self._add([path], None)
