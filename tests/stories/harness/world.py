# SPDX-License-Identifier: Apache-2.0
"""The world of a story: a state directory, computers with readers and daemons, one server, and the duty to leave nothing
behind. Runs inside tests/support/private-world, as root (of the machine, not only of a user namespace: the card worker
loads PKCS#11 modules only from files that root owns)."""
import hashlib
import os
import secrets
import shutil
import signal
import sys
import tempfile

from .computer import Computer
from .process import Broken, run
from .reader import Card, CardSecrets, Pcscd, Slot, personalise

SOURCE = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
# The programs and where the build leaves them.
BUILT = {
    "cardea-recoveryd": "recoveryd",
    "cardea-card-worker": "recoveryd/card_worker",
    "cardea-server": "server",
    "cardea": "cli",
    "pam_cardea.so": "pam_module",
    "cardea-virtual-card": "tests/virtual_card",
}
# Only where somebody comes by ssh with his card's key.
FOR_SSH_KEYS = {"cardea-authorized-keys": "ssh_helper"}
# Only where guests are let in.
FOR_GUESTS = {"libnss_cardea.so.2": "nss_helper", "cardea-guest-cleanup": "recoveryd/guest_cleanup"}
# Only where officers are added.
FOR_OFFICERS = {"cardea-server-admin": "server"}
# The machine's own files that no story may touch.
UNTOUCHED = ("/etc/passwd", "/etc/shadow", "/etc/group", "/etc/pam.d", "/etc/nsswitch.conf", "/etc/ld.so.cache", "/etc/opensc", "/etc/sudoers", "/etc/ssh", "/etc/lightdm", "/var/lib/lightdm", "/var/log/wtmp",
             "/var/log/btmp", "/var/log/lastlog", "/var/log/faillog")


def login_files():
    """The machine's login files: contents, modes, owners and times of each."""
    seen = {}

    def add(path):
        info = os.lstat(path)
        digest = hashlib.sha256(f"{info.st_mode} {info.st_uid} {info.st_gid} {info.st_size} {info.st_mtime_ns}\n".encode())
        if os.path.isfile(path):
            with open(path, "rb") as file:
                digest.update(file.read())
        seen[path] = digest.hexdigest()
    for top in UNTOUCHED:
        if not os.path.exists(top):
            continue
        add(top)
        for folder, _, files in os.walk(top):
            for name in files:
                add(os.path.join(folder, name))
    return seen


def find_program(build, name):
    folder = {**BUILT, **FOR_SSH_KEYS, **FOR_GUESTS, **FOR_OFFICERS}[name]
    for path in (os.path.join(build, folder, name), os.path.join(build, folder.split("/", maxsplit=1)[0], name)):
        if os.path.isfile(path):
            return path
    raise Broken(f"{name} is not built below {build}")


class World:
    """Use it as a context manager: what was started is ended, also after Ctrl-C and after a failed step."""

    def __init__(self, *, build=None, personality="myeid", key="p256", keep=False, programs=tuple(BUILT)):
        if os.environ.get("CARDEA_PRIVATE_WORLD") != "1" or os.geteuid() != 0:
            raise Broken("stories run as root inside tests/support/private-world")
        self.build = build or os.environ.get("CARDEA_BUILD", os.path.join(SOURCE, "build", "dev"))
        self.personality = personality
        self.key = key
        self.keep = keep
        self._wanted = programs
        self._processes = []
        self._computers = []
        self._closing = []
        self.secrets = {}  # what the canary search must not find: name -> text

    def __enter__(self):
        self._before = login_files()
        self.directory = tempfile.mkdtemp(prefix="cardea-story-")
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        signal.signal(signal.SIGINT, signal.default_int_handler)  # also when our parent ignores it
        try:
            self._collect_programs()
            self.passwords = {name: self.secret(f"unix-password-{name}") for name in ("owner", "second", "admin")}
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def _collect_programs(self):
        self.programs = os.path.join(self.directory, "programs")
        os.mkdir(self.programs)
        # A module with a sanitizer in it can't be loaded into programs that have none, such as su.
        builds = {"pam_cardea.so": os.environ.get("CARDEA_MODULE_BUILD", self.build)}
        for name in self._wanted:  # without debug information: a tenth of the size
            built = find_program(builds.get(name, self.build), name)
            run(["strip", "--strip-debug", "-o", os.path.join(self.programs, name), built])
        shutil.copy(os.path.join(SOURCE, "tests", "support", "opensc.conf"), self.programs)

    def program(self, name):
        return os.path.join(self.programs, name)

    def secret(self, name, text=None):
        """A secret of the story under this name: the same at every call, unlike anything else in the world."""
        if name not in self.secrets:
            self.secrets[name] = text or f"{name}-{secrets.token_hex(8)}"
        return self.secrets[name]

    def pin(self, name):
        """Eight digits; not a row of equal ones, so that the canary search finds only PINs."""
        return self.secret(f"pin-{name}", str(10_000_000 + secrets.randbelow(89_999_999)))

    def owns(self, process):
        self._processes.append(process)
        return process

    def at_end(self, action):
        self._closing.append(action)

    def computer(self, name):
        """A computer with a reader of two empty slots and nobody enrolled."""
        computer = Computer(self, name, self.programs, self.passwords)
        self._computers.append(computer)
        computer.pcscd = Pcscd(computer, len(self._computers) - 1)
        computer.slots = [Slot(computer, computer.pcscd, number, self.program("cardea-virtual-card")) for number in (0, 1)]
        computer.slot = computer.slots[0]
        return computer

    def new_card(self, desk, name, *, personality=None):
        """A card as it is bought: with a PIN, without Cardea keys. Made at the computer `desk`, left out of its slot."""
        label = f"{name} card"
        os.makedirs(os.path.join(self.directory, "cards"), exist_ok=True)
        path = os.path.join(self.directory, "cards", f"{name}.json")
        card = Card(path, personality or self.personality, label, CardSecrets(self.pin(name)))
        personalise(desk.slot, card)
        return card

    def close(self):
        """Ends everything in the reverse order of its start. Programs that did not end by themselves are named."""
        bad = []
        for process in reversed(self._processes):
            ended_before = not process.running()
            status = process.stop()
            if not ended_before and status not in (0, -signal.SIGTERM):
                bad.append(f"{process.name} ended with {status} when it was asked to stop (log: {process.log})")
        for action in reversed(self._closing):
            action()
        for computer in reversed(self._computers):
            computer.close()
        self._processes, self._closing, self._computers = [], [], []
        if not self.keep:
            shutil.rmtree(self.directory, ignore_errors=True)
        changed = sorted({path for path, _ in self._before.items() ^ login_files().items()})
        if changed:
            bad.append(f"the machine's own login configuration has changed: {', '.join(changed)}")
        if bad:
            raise Broken("\n".join(bad))
