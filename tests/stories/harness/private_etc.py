# SPDX-License-Identifier: Apache-2.0
"""A computer's own accounts and login configuration. They are copies in the story's directory, laid over /etc in the
computer's mount namespace: the machine's own files are only read."""
import os

from .process import run

# name: (uid, has a Unix password). Nobody of them exists on the machine.
PEOPLE = {"owner": 51001, "second": 51002, "admin": 51003}
SYSTEM_USERS = {"cardea-card": 51010, "cardea": 51011, "cardea-ssh": 51012}
BREAK_GLASS_GROUP = ("cardea-breakglass", 51020)
PASSWORD_FILES = ("/etc/passwd", "/etc/shadow", "/etc/group")

# “unavailable” (no daemon, no reader, nothing typed) leads to the Unix password only for the break-glass group: for
# everybody else pulling the card or stopping the daemon would otherwise be a way around the gate.
PAM_STACK = """\
auth    [success=done user_unknown=1 ignore=1 authinfo_unavail=ignore default=die] {module} socket={socket} timeout={timeout}{options}
auth    requisite  pam_succeed_if.so quiet user ingroup {group}
auth    required   pam_unix.so
account [success=1 user_unknown=1 ignore=1 authinfo_unavail=ignore default=die] {module} socket={socket} timeout={timeout}
account requisite  pam_succeed_if.so quiet user ingroup {group}
account required   pam_unix.so
session optional   {module} socket={socket} timeout={timeout}
session required   pam_unix.so
password required  {module} socket={socket} timeout={timeout}
"""
REFUSE = "".join(f"{kind:<8} required pam_deny.so\n" for kind in ("auth", "account", "session", "password"))


def write(path, text, mode=0o644):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)


def _without(text, names, numbers):
    kept = [line for line in text.splitlines() if line.split(":")[0] not in names]
    return [line for line in kept if len(line.split(":")) < 3 or line.split(":")[2] not in numbers]


def make_accounts(directory, passwords):
    """Copies passwd, shadow and group into `directory` and adds the story's people to the copies."""
    everybody = {**PEOPLE, **SYSTEM_USERS}
    names = set(everybody) | {BREAK_GLASS_GROUP[0]}
    numbers = {str(uid) for uid in everybody.values()} | {str(BREAK_GLASS_GROUP[1])}
    lines = {}
    for path in PASSWORD_FILES:
        with open(path, encoding="utf-8") as file:
            lines[path] = _without(file.read(), names, set() if path == "/etc/shadow" else numbers)
    for name, uid in everybody.items():
        home, shell = (f"/run/home/{name}", "/bin/bash") if name in PEOPLE else ("/nonexistent", "/usr/sbin/nologin")
        locked = run(["openssl", "passwd", "-6", "-stdin"], stdin=passwords[name]).stdout.strip() if name in passwords else "*"
        lines["/etc/passwd"].append(f"{name}:x:{uid}:{uid}::{home}:{shell}")
        lines["/etc/shadow"].append(f"{name}:{locked}:20000:0:99999:7:::")
        lines["/etc/group"].append(f"{name}:x:{uid}:")
    lines["/etc/group"].append(f"{BREAK_GLASS_GROUP[0]}:x:{BREAK_GLASS_GROUP[1]}:admin")
    for path, content in lines.items():
        write(os.path.join(directory, os.path.basename(path)), "\n".join(content) + "\n",
              0o640 if path == "/etc/shadow" else 0o644)


def write_pam_service(directory, service, *, module, socket, timeout, options=""):
    write(os.path.join(directory, service),
          PAM_STACK.format(module=module, socket=socket, timeout=timeout, group=BREAK_GLASS_GROUP[0],
                           options=f" {options}" if options else ""))


def write_services(directory, **module):
    for service in ("su", "su-l", "login", "cardea-test"):
        write_pam_service(directory, service, **module)


def make_pam_directory(directory):
    """A /etc/pam.d in which every service refuses that is not written later."""
    os.mkdir(directory)
    write(os.path.join(directory, "other"), REFUSE)
