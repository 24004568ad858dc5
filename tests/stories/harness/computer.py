# SPDX-License-Identifier: Apache-2.0
"""One computer: a mount namespace with its own /run, /dev/log, accounts and PAM configuration, its own readers with a
real pcscd, and any number of Cardea daemons. Computers of a story share the network (loopback) and nothing else."""
import os
import shutil
import socket
import subprocess
import threading

from . import private_etc
from .dialog import Dialog
from .process import Broken, Process, run, wait_until

RUN = "/run/cardea"  # inside the computer: the daemons' sockets
PROGRAMS = f"{RUN}/bin"  # and the built programs, for everybody there

# Arguments: the computer's directory. Stays until its standard input ends, which also happens when the story dies.
ENTER = r"""
set -eu
D=$1
mkdir -p "$D/dev"
mount -t tmpfs -o mode=0755 none "$D/dev"
for node in null zero full random urandom tty; do
  touch "$D/dev/$node"
  mount --bind "/dev/$node" "$D/dev/$node"
done
mkdir "$D/dev/pts" "$D/dev/shm"
mknod -m 0666 "$D/dev/ptmx" c 5 2   # not the machine's: it makes terminals only beside its own pts
mount --rbind /dev/pts "$D/dev/pts"
mount -t tmpfs -o mode=1777 none "$D/dev/shm"
ln -s /proc/self/fd "$D/dev/fd"
ln -s fd/0 "$D/dev/stdin"; ln -s fd/1 "$D/dev/stdout"; ln -s fd/2 "$D/dev/stderr"
touch "$D/dev/log"
mount --bind "$D/syslog.sock" "$D/dev/log"
mount --rbind "$D/dev" /dev
mount -t tmpfs -o mode=0755 none /var/log
mount -t tmpfs -o mode=0755 none /run
mkdir -p /run/pcscd /run/lock /run/home /run/cardea/bin
for file in passwd shadow group; do mount --bind "$D/etc/$file" "/etc/$file"; done
mount --bind "$D/etc/pam.d" /etc/pam.d
mount --bind "$2" /run/cardea/bin
while read -r name uid; do
  mkdir -m 0700 "/run/home/$name"
  chown "$uid:$uid" "/run/home/$name"
done <<< "$3"
echo ready
read -r _ || true
"""


class Computer:
    """`programs` is a directory with the built programs and the PAM module."""

    def __init__(self, world, name, programs, passwords):
        self.world = world
        self.name = name
        self.directory = os.path.join(world.directory, name)
        os.makedirs(os.path.join(self.directory, "etc"), mode=0o700)
        self.socket = f"{RUN}/recoveryd.sock"
        self.module = f"{PROGRAMS}/pam_cardea.so"
        private_etc.make_accounts(os.path.join(self.directory, "etc"), passwords)
        private_etc.make_pam_directory(self.pam_directory)
        self.set_pam_timeout(30)
        self._collect_syslog()
        homes = "\n".join(f"{person} {uid}" for person, uid in private_etc.PEOPLE.items())
        self._holder = subprocess.Popen(
            ["unshare", "--mount", "--propagation", "private", "bash", "-c", ENTER, "computer", self.directory, programs, homes],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)
        if self._holder.stdout.readline() != "ready\n":
            raise Broken(f"the private namespace of {name} could not be made (see above)")

    @property
    def holder_pid(self):
        """A process that stays in the computer's namespace as long as the computer is there."""
        return self._holder.pid

    @property
    def pam_directory(self):
        return os.path.join(self.directory, "etc", "pam.d")

    def set_pam_timeout(self, seconds):
        """Writes the service files anew; `seconds` is the time the daemon has, not the person."""
        private_etc.write_services(self.pam_directory, module=self.module, socket=self.socket, timeout=seconds)

    def inside(self, argv):
        """The command that runs `argv` in this computer's namespace."""
        return ["nsenter", f"--target={self._holder.pid}", "--mount", "--wd=/", "--", *map(str, argv)]

    def environment(self, **more):
        # English, whatever the language of the person who runs the story, unless the story wants another.
        kept = {name: os.environ[name] for name in ("TERM",) if name in os.environ}
        return {"PATH": f"{PROGRAMS}:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8",
                "OPENSC_CONF": f"{PROGRAMS}/opensc.conf", "HOME": self.directory, **kept, **more}

    def start(self, name, argv, **more):
        log = os.path.join(self.directory, f"{name}.log")
        return self.world.owns(Process(f"{self.name}/{name}", self.inside(argv), log, env=self.environment(**more)))

    def run(self, argv, **options):
        return run(self.inside(argv), env=self.environment(TERM="dumb"), **options)

    def as_user(self, user, argv):
        uid = str(private_etc.PEOPLE[user])
        return ["setpriv", "--reuid", uid, "--regid", uid, "--clear-groups", "env", f"HOME=/run/home/{user}", f"USER={user}", *map(str, argv)]

    def exists(self, path):
        """Whether the path is there, as seen in this computer."""
        return os.path.exists(f"/proc/{self.holder_pid}/root{path}")

    def lay_over(self, path, text, mode=0o644):
        """Puts a file of this computer's own in the place of the machine's, in this computer's namespace alone."""
        own = os.path.join(self.directory, "etc", path.strip("/").replace("/", "-"))
        private_etc.write(own, text, mode)
        run(self.inside(["mount", "--bind", own, path]))

    def serve(self, *services):
        """Gives these PAM services the stack of a gated computer."""
        for service in services:
            private_etc.write_pam_service(self.pam_directory, service, module=self.module, socket=self.socket, timeout=30)

    # Login programs. Each is the machine's own program with this computer's PAM configuration.
    def su(self, user, **options):
        return Dialog(self.inside(["su", user, "-c", "echo in as $(id -un)"]), env=self.environment(TERM="dumb"), **options)

    def su_from(self, caller, user, **options):
        """Not from root, but from another user's session."""
        return self.dialog_as(caller, ["su", user, "-c", "echo in as $(id -un)"], **options)

    def sudo(self, user, *words, **options):
        """`user` becomes root for one command. What he showed at an earlier time does not count."""
        return self.dialog_as(user, ["sudo", "-k", *words, "sh", "-c", "echo in as $(id -un)"], **options)

    def dialog_as(self, user, argv, **options):
        return Dialog(self.inside(self.as_user(user, argv)), env=self.environment(TERM="dumb"), **options)

    def login(self, user, **options):
        return Dialog(self.inside(["login", user]), env=self.environment(TERM="dumb"), **options)

    def pamtester(self, user, *operations, service="cardea-test", **options):
        return Dialog(self.inside(["pamtester", "-v", service, user, *(operations or ("authenticate", "acct_mgmt"))]),
                      env=self.environment(TERM="dumb"), **options)

    def auth_log(self):
        with open(os.path.join(self.directory, "auth.log"), encoding="utf-8") as file:
            return file.read()

    def close(self):
        self._holder.stdin.close()
        self._holder.wait()
        self._holder.stdout.close()
        self._syslog.close()
        shutil.rmtree(os.path.join(self.directory, "dev"), ignore_errors=True)

    def _collect_syslog(self):
        """What PAM modules and login programs say to syslog goes to auth.log in the computer's directory."""
        path = os.path.join(self.directory, "syslog.sock")
        self._syslog = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._syslog.bind(path)
        os.chmod(path, 0o666)
        log = open(os.path.join(self.directory, "auth.log"), "a", buffering=1, encoding="utf-8")

        def collect():
            with log:
                while True:
                    try:
                        line = self._syslog.recv(65536)
                    except OSError:  # closed: the story is over
                        return
                    log.write(line.decode("utf-8", errors="replace").rstrip("\n\0") + "\n")

        threading.Thread(target=collect, daemon=True).start()

    def wait_for_log(self, text, seconds=5):
        wait_until(lambda: text in self.auth_log(), f"“{text}” in auth.log of {self.name}", seconds)
