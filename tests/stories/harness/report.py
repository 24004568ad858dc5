# SPDX-License-Identifier: Apache-2.0
"""How a story tells what it does. A chapter is what a person does; its steps are what must then be seen. For --batch: one line
per step and a closing count; for a reader: what happened, where to look, and a pause."""
import contextlib
import subprocess
import sys
import time
import traceback

from .process import Broken


class Report:
    def __init__(self, name, *, batch, takes_part=False, out=sys.stdout):
        self.name = name
        self.batch = batch
        self._takes_part = takes_part
        self.passed = 0
        self.failed = 0
        self._out = out
        self._chapter = 0
        self._step = 0

    def say(self, text=""):
        print(text, file=self._out, flush=True)

    def chapter(self, title):
        self._chapter += 1
        self._step = 0
        if not self.batch:
            self.say(f"\n\033[1m{self._chapter}. {title}\033[0m")

    @contextlib.contextmanager
    def step(self, what):
        """One thing that must be seen. A step that fails ends the story: what follows stands on it."""
        self._step += 1
        number = f"{self._chapter}.{self._step}"
        started = time.monotonic()
        try:
            yield
        except BaseException as problem:
            if isinstance(problem, (KeyboardInterrupt, SystemExit)):
                raise
            self.failed += 1
            self.say(f"{number:>5} FAILED  {what}")
            self.say(str(problem) if isinstance(problem, Broken) else traceback.format_exc())
            raise StoryEnds() from problem
        self.passed += 1
        self.say(f"{number:>5} ok  {what} ({time.monotonic() - started:.1f} s)")

    def shows(self, text):
        """What the person saw: only for a reader."""
        if not self.batch:
            for line in text.strip().splitlines():
                self.say(f"        │ {line}")

    def look(self, *places):
        """Where the reader can see it for himself."""
        if not self.batch:
            for place in places:
                self.say(f"        → {place}")

    def pause(self):
        if not self.batch and sys.stdin.isatty():
            input("        [Enter] to go on, Ctrl-C to end: ")

    def takes_part(self, cast):
        """The reader logs in himself, at his own terminal."""
        if self._takes_part:
            self.say(f"        Your turn: the PIN is {cast.pin}")
            subprocess.run(cast.laptop.inside(["su", "owner", "-c", "echo in as $(id -un)"]), env=cast.laptop.environment(), check=False)

    def close(self):
        self.say(f"{self.name}: {self.passed} steps passed, {self.failed} failed")
        return 0 if self.failed == 0 and self.passed > 0 else 1


class StoryEnds(Exception):
    """A step failed; the report has said so."""
