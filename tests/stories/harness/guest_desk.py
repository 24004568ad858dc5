# SPDX-License-Identifier: Apache-2.0
"""A computer at which guests may sit down: its name service asks libnss_cardea, and its sessions make missing homes."""
import os

from .computer import PROGRAMS
from .private_etc import PAM_STACK, write, BREAK_GLASS_GROUP

HOMES = "/run/home"  # also the prefix in the daemon's configuration

# Laid over the machine's files in this computer's mount namespace. The C library finds the module by ld.so.cache.
PREPARE = r"""
set -eu
D=$1
mount -t tmpfs -o mode=0755 none /var/cache
mkdir -m 0755 /var/cache/cardea
mount --bind "$D/nsswitch.conf" /etc/nsswitch.conf
ldconfig -X -C "$D/ld.so.cache" -f "$D/ld.so.conf"
mount --bind "$D/ld.so.cache" /etc/ld.so.cache
"""


def make_guest_desk(computer):
    directory = os.path.join(computer.directory, "guests")
    os.mkdir(directory)
    write(f"{directory}/nsswitch.conf", "passwd: files cardea\ngroup: files cardea\nshadow: files\n")
    write(f"{directory}/ld.so.conf", f"include /etc/ld.so.conf\n{PROGRAMS}\n")
    computer.run(["bash", "-c", PREPARE, "prepare", directory])
    write_pam_services(computer)


def write_pam_services(computer, config=None):
    """`config`: of the daemon; homes of guests who leave are removed if it says so."""
    stack = PAM_STACK.format(module=computer.module, socket=computer.socket, timeout=30, options="", group=BREAK_GLASS_GROUP[0])
    stack = stack.replace("session required", "session required   pam_mkhomedir.so umask=0077\nsession required", 1)
    if config:
        stack += f"session optional   pam_exec.so quiet {PROGRAMS}/cardea-guest-cleanup --config {config}\n"
    for service in ("login", "su"):
        write(os.path.join(computer.pam_directory, service), stack)


GUESTS = ["guests = on", f"guest_home = {HOMES}", "gate = card_required"]


def add_local_user(computer, name, uid):
    """As an administrator does."""
    with open(os.path.join(computer.directory, "etc", "passwd"), "a", encoding="utf-8") as file:
        file.write(f"{name}:x:{uid}:{uid}::/nonexistent:/usr/sbin/nologin\n")


def remove_local_user(computer, name):
    path = os.path.join(computer.directory, "etc", "passwd")
    with open(path, encoding="utf-8") as file:
        kept = [line for line in file if not line.startswith(f"{name}:")]
    with open(path, "w", encoding="utf-8") as file:  # in place: the file is bound into the computer
        file.writelines(kept)
