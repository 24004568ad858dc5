# SPDX-License-Identifier: Apache-2.0
"""A Debian installation of its own, booted: systemd as process 1 in a container, over a tree that mmdebstrap made and that is
never written to. It has the interface of harness.computer.Computer where stories need it."""
import fcntl
import glob
import hashlib
import os
import signal
import struct
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "..", "stories"))
from harness.dialog import Dialog  # noqa: E402
from harness.process import Broken, Process, children_of, run, wait_until  # noqa: E402

# What a small Debian has, and what a card needs; the packages' own dependencies are added.
BASE = """bsdutils cron dbus iproute2 libpam-systemd login opensc openssh-server passwd pcscd polkitd procps sqlite3 sudo systemd systemd-sysv
util-linux vsmartcard-vpcd""".split()
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "TERM": "dumb", "DEBIAN_FRONTEND": "noninteractive"}


def dependencies(packages):
    """The names in Depends of these .deb files, without the packages themselves and without versions."""
    own, names = set(), set()
    for path in packages:
        own.add(run(["dpkg-deb", "--field", path, "Package"]).stdout.strip())
        for clause in run(["dpkg-deb", "--field", path, "Depends", "Pre-Depends"]).stdout.replace("Pre-Depends:", ",").replace("Depends:", ",").split(","):
            name = clause.split("|")[0].split("(")[0].strip()
            if name:
                names.add(name)
    return sorted(names - own)


def wanted_in_tree(packages):
    return sorted({*BASE, *dependencies(packages)})


def tree(build, packages):
    """The directory of a minimal Debian with everything the packages depend on."""
    key = hashlib.sha256(" ".join(wanted_in_tree(packages)).encode()).hexdigest()[:16]
    return os.path.join(build, "debian-tree", key)


def make_tree(build, packages):
    """Made once for each set of dependencies, with the machine's own apt sources: not inside a private network."""
    path = tree(build, packages)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(f"{path}.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.isdir(path):
            unfinished = f"{path}.new"
            run(["rm", "-rf", "--one-file-system", unfinished])
            run(["mmdebstrap", "--quiet", "--variant=minbase", f"--include={','.join(wanted_in_tree(packages))}", "bookworm", unfinished], seconds=900)
            os.rename(unfinished, path)


def end_inner(process, number):
    """Signals what nsenter has started, not nsenter: it ends with its child, and reaps it."""
    for pid in children_of(process.pid):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass  # has just ended
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        pass  # it had no child yet, or one that does not listen


class Inside(Process):
    """A program that stays in the machine."""

    def stop(self, seconds=10):
        end_inner(self._process, signal.SIGTERM)
        return super().stop(seconds)


TIOCSPTLCK, TIOCGPTPEER = 0x40045431, 0x5441  # the termios module does not know them


class Terminal(Dialog):
    """A dialogue with a program in the machine, at a terminal of the machine's own. nsenter stays outside as its parent; when it
    dies first, nobody reaps the program and the machine can't power off."""

    def __init__(self, machine, words):
        self._multiplexer = f"/proc/{machine.leader}/root/dev/pts/ptmx"
        super().__init__(machine.inside(words), env=machine.environment())

    def _open_terminal(self):
        master = os.open(self._multiplexer, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
        fcntl.ioctl(master, TIOCSPTLCK, struct.pack("i", 0))
        return master, fcntl.ioctl(master, TIOCGPTPEER, os.O_RDWR | os.O_NOCTTY)

    def abandon(self):
        end_inner(self._process, signal.SIGKILL)
        super().abandon()


class Machine:
    """The machine over `lower`. What is written stays over a restart and is gone with the story."""

    def __init__(self, world, lower, *, binds=()):
        self.world = world
        self.name = "machine"
        self.directory = os.path.join(world.directory, self.name)
        layers = os.path.join(self.directory, "layers")
        self.root = os.path.join(self.directory, "root")
        os.makedirs(self.root)
        os.makedirs(layers)
        run(["mount", "-t", "tmpfs", "-o", "mode=0755", "none", layers])  # the state directory may be on an overlay itself
        os.mkdir(f"{layers}/upper")
        os.mkdir(f"{layers}/work")
        run(["mount", "-t", "overlay", "overlay", "-o", f"lowerdir={lower},upperdir={layers}/upper,workdir={layers}/work", self.root])
        with open(os.path.join(self.root, "etc", "hosts"), "w", encoding="ascii") as file:
            file.write("127.0.0.1 localhost\n")
        world.at_end(lambda: run(["umount", "-R", self.root, layers]))
        self._binds = [f"--bind={world.directory}", *binds]
        self._container = self.leader = None

    def boot(self, seconds=60):
        """Returns what systemd says when it is done: “running”, or “degraded” when a unit failed."""
        self._container = Process("container", [
            "systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--machine=cardea-test", f"--directory={self.root}", "--boot",
            "--private-network", "--console=read-only", "--resolv-conf=off", "--timezone=off", *self._binds],
            os.path.join(self.directory, "container.log"))
        self.leader = wait_until(self._find_leader, "systemd to start in the container", 20)
        return wait_until(lambda: self._boot_state(), f"the boot to end; {self._container.log}", seconds)

    def _find_leader(self):
        if not self._container.running():
            raise Broken(f"systemd-nspawn ended\n{self._container.log_text()[-2000:]}")
        # Before systemd there is a child for a moment that only prepares its place.
        return next((pid for pid, name in children_of(self._container.pid).items() if name == "systemd"), None)

    def _boot_state(self):
        state = self.run(["systemctl", "is-system-running"], check=False).stdout.strip()
        return state if state in ("running", "degraded", "maintenance") else None

    def halt(self):
        """As by its owner, not by pulling the plug."""
        if self._container is None:
            return
        container, self._container = self._container, None
        run(self.inside(["systemctl", "--no-block", "poweroff"]), env=self.environment(), check=False)
        try:
            wait_until(lambda: not container.running(), "the machine to power off", 150)  # a session on a busy machine has 90 s to end
        except Broken:
            container.kill9()
            raise

    # As harness.computer.Computer
    def inside(self, argv):
        return ["nsenter", f"--target={self.leader}", "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--", *map(str, argv)]

    def environment(self, **more):
        return {**ENVIRONMENT, **more}

    def run(self, argv, **options):
        return run(self.inside(argv), env=self.environment(), **options)

    def sh(self, script, **options):
        return self.run(["sh", "-ec", script], **options).stdout

    def start(self, name, argv, **more):
        log = os.path.join(self.directory, f"{name}.log")
        return self.world.owns(Inside(f"{self.name}/{name}", self.inside(argv), log, env=self.environment(**more)))

    def su(self, user):
        # Not as root, whom su asks nothing.
        return Terminal(self, ["setpriv", "--reuid=other", "--regid=other", "--init-groups", "env", "HOME=/", "su", user, "-c", "echo in as $(id -un)"])

    def login(self, user):
        return Terminal(self, ["login", user])

    def pamtester(self, *_, **__):
        raise Broken("pamtester is not installed on this machine: its doors are su and login")


if __name__ == "__main__":  # booted.py BUILD: makes the tree for the packages in BUILD/packages
    make_tree(sys.argv[1], sorted(glob.glob(os.path.join(sys.argv[1], "packages", "*.deb"))))
