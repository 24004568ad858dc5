#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""quickstart as a reader sees it: he presses Enter after each chapter, gets a shell in the running system, looks around, leaves;
another ends it with Ctrl-C. Both times nothing stays behind."""
import glob
import os
import sys
import tempfile

from harness.dialog import Dialog
from harness.process import Broken
from harness.story import story
from harness.world import SOURCE

CHAPTERS = 6


def quickstart(world, directory, *options):
    argv = ["/usr/bin/python3", os.path.join(SOURCE, "tests", "stories", "quickstart.py"), "--build", world.build,
            "--personality", world.personality, "--key", world.key, *options]
    return Dialog(argv, env={**os.environ, "TMPDIR": directory, "TERM": "dumb"}, seconds=240)


def left_behind(directory):
    return glob.glob(f"{directory}/*") + [pid for pid in os.listdir("/proc") if pid.isdigit() and _runs_in(pid, directory)]


def _runs_in(pid, directory):
    try:
        with open(f"/proc/{pid}/cmdline", encoding="utf-8", errors="replace") as file:
            return directory in file.read() and int(pid) != os.getpid()
    except OSError:
        return False


def run(report, world):
    report.chapter("A reader plays quickstart")
    with tempfile.TemporaryDirectory(dir=world.directory) as directory:
        with report.step("he goes through the chapters, types the PIN himself, and gets a shell in the running system"), \
                quickstart(world, directory, "--type-pin") as reader:
            for number in range(1, CHAPTERS + 1):
                if number == 4:
                    reader.sees("Your turn: the PIN is ")
                    pin = reader.rest_of_line()
                    reader.sees("PIN for card “")
                    reader.types(pin)
                    reader.sees("in as owner")
                reader.sees("[Enter] to go on")
                reader.types("", secret=False)
            reader.sees("laptop# ")
            reader.types("cardea status --user owner; card stat; server 'select count(*) from cards'", secret=False)
            reader.sees("owner is enrolled")
            reader.sees("inserted=1")
            reader.sees("\n2\n")
            reader.types("exit", secret=False)
            reader.sees("quickstart: ")
            if reader.ends() != 0 or " 0 failed" not in reader.text():
                raise Broken(reader.text()[-2000:])
        with report.step("nothing stays behind"):
            if left_behind(directory):
                raise Broken(str(left_behind(directory)))
        with report.step("another ends it with Ctrl-C in the middle"), quickstart(world, directory) as reader:
            reader.sees("[Enter] to go on")
            reader.types("", secret=False)
            reader.sees("cardea register")
            reader.types("\x03", secret=False)
            reader.sees("Taking everything down.")
            reader.ends()
        with report.step("and again nothing stays behind"):
            if left_behind(directory):
                raise Broken(str(left_behind(directory)))


if __name__ == "__main__":
    sys.exit(story("quickstart_at_a_terminal", run))
