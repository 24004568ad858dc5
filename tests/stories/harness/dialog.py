# SPDX-License-Identifier: Apache-2.0
"""A person in front of a terminal: starts a program on a pseudo terminal, reads what it asks, types answers."""
import codecs
import fcntl
import os
import pty
import select
import subprocess
import termios
import time

from .process import Broken

HIDDEN = "•••••"


class Ended(Broken):
    """The program ended before it said what was expected."""


class Dialog:
    """What was seen is in `transcript`; what was typed in secret appears there as dots."""

    def __init__(self, argv, *, env=None, seconds=40):
        self.argv = [str(part) for part in argv]
        self.transcript = ""
        self._unread = ""
        self._secrets = []
        self._at_end = False
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._end = time.monotonic() + seconds
        master, slave = self._open_terminal()
        self._master = master

        def take_terminal():
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self._process = subprocess.Popen(self.argv, stdin=slave, stdout=slave, stderr=slave, env=env,
                                         start_new_session=True, preexec_fn=take_terminal, close_fds=True)
        os.close(slave)

    def _open_terminal(self):
        """Both ends of a new pseudo terminal."""
        return pty.openpty()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.abandon()

    @property
    def pid(self):
        return self._process.pid

    def sees(self, *texts, seconds=None, keep=False):
        """Reads until one of the texts stands on the terminal; returns that text. What follows stays unread; with `keep` all."""
        end = self._end if seconds is None else time.monotonic() + seconds
        while True:
            found = [(self._unread.index(text), text) for text in texts if text in self._unread]
            if found:
                position, text = min(found)
                if not keep:
                    self._unread = self._unread[position + len(text):]
                return text
            if not self._read_more(end):
                kind = Ended if self._at_end else Broken
                raise kind(f"expected {' or '.join(map(repr, texts))}, but saw:\n{self._masked(self.transcript)}")

    def rest_of_line(self):
        """What stands behind the text that was seen last, up to the end of its line."""
        self.sees("\n", keep=True)
        line, self._unread = self._unread.split("\n", 1)
        return line

    def types(self, answer, secret=True):
        """Types a line. It waits until the program reads without echo: what is typed earlier is thrown away."""
        if secret:
            self._secrets.append(answer)
            self._wait_for_hidden_input()
        os.write(self._master, answer.encode() + b"\n")

    def ends(self):
        """Reads to the end of the program; returns its exit status."""
        while self._read_more(self._end):
            pass
        try:
            status = self._process.wait(max(0.1, self._end - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise Broken(f"did not end: {' '.join(self.argv)}\n{self.text()}") from None
        self.transcript = self._masked(self.transcript)
        return status

    def text(self):
        return self._masked(self.transcript)

    def abandon(self):
        """Hangs up, as when the terminal's window is closed."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        if self._master >= 0:
            os.close(self._master)
            self._master = -1

    def _wait_for_hidden_input(self):
        while termios.tcgetattr(self._master)[3] & termios.ECHO:
            if time.monotonic() > self._end or self._process.poll() is not None:
                raise Broken(f"nobody reads a secret:\n{self.text()}")
            self._read_more(time.monotonic() + 0.01)

    def _read_more(self, end):
        if self._master < 0:
            return False
        ready, _, _ = select.select([self._master], [], [], max(0.0, end - time.monotonic()))
        if not ready:
            return False
        try:
            data = os.read(self._master, 65536)
        except OSError:  # EIO: nobody has the terminal open any more
            data = b""
        text = self._decoder.decode(data).replace("\r\n", "\n")
        self.transcript += text
        self._unread += text
        self._at_end = not data
        return bool(data)

    def _masked(self, text):
        for secret in self._secrets:
            if secret:
                text = text.replace(secret, HIDDEN)
        return text
