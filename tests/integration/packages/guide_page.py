# SPDX-License-Identifier: Apache-2.0
"""A page of docs/guide as a list of commands. In its ```console blocks each line is one: root's behind “# ”, the owner's behind “$ ”.
A story plays them word for word, and in the end `must_be_played` names those that nobody has played."""
import os
import re

from harness.process import Broken
from harness.world import SOURCE

BLOCK = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.M | re.S)
INLINE = re.compile(r"`([^`\n]+)`")
# What is a command where it stands between backticks in a sentence, with a word behind it.
PROGRAMS = ("apt", "cardea", "cardea-recoveryd", "cardea-server", "chroot", "cp", "dpkg", "gpasswd", "install", "journalctl",
            "mount", "packaging/build-packages", "pam-auth-update", "passwd", "runuser", "sqlite3", "ssh", "ssh-add", "su", "sudo", "systemctl")
ALONE = ("packaging/build-packages", "passwd")  # those that are commands without one


class Page:
    """`elsewhere`: command -> (file, words in it): what another test runs, and where to see it."""

    def __init__(self, name, elsewhere):
        self.name = name
        with open(os.path.join(SOURCE, "docs", "guide", name), encoding="utf-8") as file:
            self.text = file.read()
        self.commands = {}
        for kind, block in BLOCK.findall(self.text):
            if kind == "console":
                self._read(block)
        self.inline = [span for span in INLINE.findall(BLOCK.sub("", self.text)) if _is_command(span)]
        self._elsewhere = elsewhere
        self._played = set()

    def _read(self, block):
        for line in block.splitlines():
            match = re.fullmatch(r" *([#$]) (\S.*)", line)
            if not match:
                raise Broken(f"{self.name}: a line of a console block begins with “# ” or “$ ”: {line}")
            self.commands[match.group(2)] = "root" if match.group(1) == "#" else "owner"

    def says(self, text):
        """A line of a configuration that the page names between backticks."""
        if f"`{text}`" not in self.text:
            raise Broken(f"{self.name} does not say `{text}`")
        return text

    def take(self, command):
        """Who runs it, by this page. From here on it counts as played."""
        if command not in self.commands and command not in self.inline:
            raise Broken(f"{self.name} has no such command: {command}")
        self._played.add(command)
        return self.commands.get(command, "root")

    def must_be_played(self, *others):
        """Every command of a block was played; every one in a sentence too, or it begins like one that was, here or on the `others`."""
        played = self._played.union(*(page.played for page in others))
        left = [command for command in self.commands if command not in played and not self._is_elsewhere(command)]
        left += [span for span in self.inline if not any(one == span or one.startswith(f"{span} ") for one in played) and not self._is_elsewhere(span)]
        if left:
            raise Broken(f"no test runs these commands of {self.name}: {left}")

    @property
    def played(self):
        return frozenset(self._played)

    def _is_elsewhere(self, command):
        if command not in self._elsewhere:
            return False
        path, words = self._elsewhere[command]
        with open(os.path.join(SOURCE, path), encoding="utf-8") as file:
            text = file.read()
        if missing := [word for word in words if word not in text]:
            raise Broken(f"{path} is said to run “{command}” and does not have {missing}")
        return True


def _is_command(span):
    words = span.split()
    if len(words) > 1 and words[1] in ("sudo-i", "su-l"):  # names of PAM services
        return False
    return (words[0] in PROGRAMS or words[0].startswith("/usr/libexec/cardea/")) and (len(words) > 1 or span in ALONE) and not span.endswith("…")
