# SPDX-License-Identifier: Apache-2.0
"""The common end of every story: options, private world, report, exit status."""
import argparse
import os
import subprocess
import sys

from .process import Broken
from .report import Report, StoryEnds
from .world import SOURCE, World


def options(name):
    parser = argparse.ArgumentParser(prog=name)
    parser.add_argument("--build", help="build directory (default: build/dev)")
    parser.add_argument("--personality", choices=("myeid", "sc-hsm"), default="myeid", help="kind of card")
    parser.add_argument("--key", choices=("p256", "rsa2048"), default="p256", help="kind of keys on the card")
    parser.add_argument("--keep", action="store_true", help="leave the state directory behind")
    return parser


def enter_private_world():
    """Starts this program again inside tests/support/private-world unless it is there already."""
    if os.environ.get("CARDEA_PRIVATE_WORLD") == "1":
        return
    if os.geteuid() != 0:
        sys.exit("Stories run as root, in namespaces of their own: sudo -E " + " ".join(sys.argv))
    wrapper = os.path.join(SOURCE, "tests", "support", "private-world")
    done = subprocess.run([wrapper, "/usr/bin/python3", *sys.argv], check=False)
    sys.exit(done.returncode)


def story(name, run, **more):
    """Runs a story unattended and ends the program: 0 when every step passed."""
    chosen = options(name).parse_args()
    enter_private_world()
    report = Report(name, batch=True)
    try:
        with World(build=chosen.build, personality=chosen.personality, key=chosen.key, keep=chosen.keep, **more) as world:
            try:
                run(report, world)
            except StoryEnds:
                print_logs(world)
    except Broken as problem:
        report.failed += 1
        report.say(f"FAILED  {problem}")
    sys.exit(report.close())


def print_logs(world, lines=25):
    """The end of every log, when a step has failed."""
    for folder, folders, names in os.walk(world.directory):
        folders.sort()
        for name in sorted(names):
            if name.endswith(".log"):
                with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
                    end = [line for line in file if "IFDControl() Card not transacted" not in line][-lines:]
                if end:
                    print(f"-- {os.path.join(folder, name)}\n", *end, sep="", flush=True)
