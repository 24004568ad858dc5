# SPDX-License-Identifier: Apache-2.0
"""The machine's own sshd, with a configuration and host key of the story's, on the loopback of the story's network."""
import os

from .dialog import Dialog
from .private_etc import write
from .process import run

PORT = 2222  # in the story's own network namespace, where nobody else listens
HOME = "127.0.0.1"  # the server; strangers are at other addresses of the loopback

CONFIGURATION = """\
ListenAddress {home}
Port {port}
HostKey {directory}/ssh_host_key
PidFile none
UsePAM yes
PasswordAuthentication yes
KbdInteractiveAuthentication yes
PubkeyAuthentication no
PermitRootLogin no
UseDNS no
PrintMotd no
PrintLastLog no
LogLevel VERBOSE
"""


class Sshd:
    def __init__(self, computer):
        self.computer = computer
        directory = os.path.join(computer.directory, "ssh")
        os.mkdir(directory, 0o755)
        host_key = os.path.join(directory, "ssh_host_key")
        run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", host_key])
        with open(f"{host_key}.pub", encoding="ascii") as file:
            self._known = os.path.join(directory, "known_hosts")
            write(self._known, f"[{HOME}]:{PORT} {file.read()}")
        config = os.path.join(directory, "sshd_config")
        write(config, CONFIGURATION.format(home=HOME, port=PORT, directory=directory), 0o600)
        computer.serve("sshd")
        run(computer.inside(["mkdir", "-p", "/run/sshd"]))
        self.process = computer.start("sshd", ["/usr/sbin/sshd", "-D", "-e", "-f", config])
        self.process.wait_ready(lambda: "Server listening" in self.process.log_text())

    def ssh(self, user, *, source=HOME, method="keyboard-interactive", prompts=3, **options):
        """Somebody at `source` logs in as `user`."""
        return Dialog(["ssh", "-F", "none", "-p", PORT, "-b", source, "-o", f"UserKnownHostsFile={self._known}", "-o", "GlobalKnownHostsFile=none",
                       "-o", "StrictHostKeyChecking=yes", "-o", f"PreferredAuthentications={method}", "-o", f"NumberOfPasswordPrompts={prompts}",
                       "-o", "IdentityAgent=none", f"{user}@{HOME}", "echo in as $(id -un)"],
                      env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": self.computer.directory, "TERM": "dumb"}, **options)
