# SPDX-License-Identifier: Apache-2.0
"""Processes a story starts and ends again, by pid, and waiting for something with a deadline."""
import os
import signal
import subprocess
import time


class Broken(Exception):
    """Something did not happen as the story says. The text tells what was expected and what was there."""


def wait_until(condition, what, seconds=10.0):
    """Asks `condition` until it is true and returns what it returned."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Broken(f"waited {seconds:g} s in vain: {what}")
        time.sleep(0.01)  # between two looks; nothing depends on its length


def run(argv, *, env=None, stdin=None, seconds=30, check=True):
    """Runs a short program to its end; its output is in the exception when it fails."""
    done = subprocess.run([str(part) for part in argv], input=stdin, env=env, timeout=seconds,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False,
                          stdin=None if stdin is not None else subprocess.DEVNULL)
    if check and done.returncode != 0:
        raise Broken(f"{' '.join(map(str, argv))}\nended with {done.returncode}\n{done.stdout}{done.stderr}")
    return done


class Process:
    """A program that stays: its output goes to a log file, and stop() ends it."""

    def __init__(self, name, argv, log, *, env=None):
        self.name = name
        self.log = log
        self.argv = [str(part) for part in argv]
        with open(log, "ab") as out:
            self._start_of_log = out.tell()
            self._process = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=env,
                                             start_new_session=True)

    @property
    def pid(self):
        return self._process.pid

    def running(self):
        return self._process.poll() is None

    def wait_ready(self, condition, seconds=10.0):
        """Until `condition` holds; fails at once, with the log, when the program ends before that."""
        def look():
            if not self.running():
                raise Broken(f"{self.name} ended with {self._process.returncode}\n{self.log_text()[-2000:]}")
            return condition()
        try:
            return wait_until(look, f"{self.name} to be ready", seconds)
        except Broken as problem:
            raise Broken(f"{problem}\n{self.log_text()[-2000:]}") from None

    def log_text(self):
        """What it said since it was started."""
        with open(self.log, "rb") as file:
            file.seek(self._start_of_log)
            return file.read().decode("utf-8", errors="replace")

    def signal(self, number):
        if self.running():
            os.kill(self.pid, number)

    def kill9(self):
        self.signal(signal.SIGKILL)
        self._process.wait()

    def stop(self, seconds=10):
        """Asks it to end; returns its exit status (negative: the signal that ended it)."""
        self.signal(signal.SIGTERM)
        self.signal(signal.SIGCONT)
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill9()
            return self._process.returncode


def children_of(pid):
    """The pids of a process's children, with their names."""
    found = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat", encoding="ascii", errors="replace") as file:
                text = file.read()
        except OSError:
            continue  # ended while we looked
        name, rest = text[text.index("(") + 1:].rsplit(")", 1)
        if int(rest.split()[1]) == pid:
            found[int(entry)] = name
    return found
