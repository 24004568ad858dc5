# SPDX-License-Identifier: Apache-2.0
"""A Debian installation of its own, booted: systemd as process 1 in a container, over a tree that mmdebstrap made and that is
never written to. It has the interface of harness.computer.Computer where stories need it."""
import fcntl
import hashlib
import os
import signal
import subprocess

from harness.dialog import Dialog
from harness.process import Broken, Process, run, wait_until

# What a small Debian has, and what a card needs; the packages' own dependencies are added.
BASE = """bsdutils cron dbus iproute2 libpam-systemd login opensc openssh-server passwd pcscd procps sudo systemd systemd-sysv
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


def tree(build, packages):
    """The directory of a minimal Debian with everything the packages depend on; made once for each set of dependencies."""
    wanted = sorted({*BASE, *dependencies(packages)})
    key = hashlib.sha256(" ".join(wanted).encode()).hexdigest()[:16]
    path = os.path.join(build, "debian-tree", key)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(f"{path}.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.isdir(path):
            unfinished = f"{path}.new"
            run(["rm", "-rf", "--one-file-system", unfinished])
            run(["mmdebstrap", "--quiet", "--variant=minbase", f"--include={','.join(wanted)}", "bookworm", unfinished], seconds=900)
            os.rename(unfinished, path)
    return path


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
        with open(f"/proc/{self._container.pid}/task/{self._container.pid}/children", encoding="ascii") as file:
            children = file.read().split()
        return int(children[0]) if children else None

    def _boot_state(self):
        state = self.run(["systemctl", "is-system-running"], check=False).stdout.strip()
        return state if state in ("running", "degraded", "maintenance") else None

    def halt(self):
        """As by the power button."""
        if self._container is None:
            return
        os.kill(self._container.pid, signal.SIGTERM)  # nspawn asks systemd to power off
        try:
            self._container._process.wait(30)
        except subprocess.TimeoutExpired:
            self._container.kill9()
        self._container = self.leader = None

    # As harness.computer.Computer
    def inside(self, argv):
        return ["nsenter", f"--target={self.leader}", "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--wd=/", "--", *map(str, argv)]

    def environment(self, **more):
        return {**ENVIRONMENT, **more}

    def run(self, argv, **options):
        return run(self.inside(argv), env=self.environment(), **options)

    def sh(self, script, **options):
        return self.run(["sh", "-ec", script], **options).stdout

    def start(self, name, argv, **more):
        log = os.path.join(self.directory, f"{name}.log")
        return self.world.owns(Process(f"{self.name}/{name}", self.inside(argv), log, env=self.environment(**more)))

    def at_terminal(self, user, command, **options):
        """A dialogue with a program at a terminal of the machine's own, started by `user`."""
        words = ["script", "-qec", command, "/dev/null"]
        if user != "root":
            words = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "env", "HOME=/", *words]
        return Dialog(self.inside(words), env=self.environment(), **options)

    def su(self, user, **options):
        # Not as root, whom su asks nothing.
        return self.at_terminal("nobody", f"su {user} -c 'echo in as $(id -un)'", **options)

    def login(self, user, **options):
        return self.at_terminal("root", f"login {user}", **options)
