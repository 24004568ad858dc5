#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The story that ../../quickstart plays: the six chapters of chapters.py, then (not with --batch) a shell in the running system."""
import subprocess
import sys

from chapters import CHAPTERS, Cast
from harness.process import Broken
from harness.report import Report, StoryEnds
from harness.story import enter_private_world, options, print_logs
from harness.world import World

WELCOME = """\
This plays Cardea's main job on real parts: pcscd, OpenSC, PAM, su, login, HTTPS, SQLite. Only the plastic is simulated.
Everything runs in a private namespace, on loopback, from {directory}.
"""

FAREWELL = """\

The system keeps running. You are now at the laptop; leave with “exit” or Ctrl-D, and everything is taken down.
  cardea status --user owner            what the computer knows           su owner                      the door itself
  cardea card show                      what lies in the reader           opensc-tool --list-readers    pcscd's view
  card eject | insert | stat            pull and insert the card          server 'select * from cards'  the database
PINs and passwords: new card {new_pin}, old card {old_pin}, account {account} with password {password}
and answer “{answer}”; administrator “admin” with password {admin}.
"""


def shell(cast):
    """A shell in the laptop's namespace."""
    world = cast.world
    print(FAREWELL.format(new_pin=cast.new_card.secrets.pin, old_pin=cast.own_card.secrets.pin, account="owner@story", **cast.person,
                          admin=world.passwords["admin"]))
    start = (f"card() {{ '{world.program('cardea-virtual-card')}' ctl '{cast.laptop.slot.control}' \"$@\"; }}; "
             f"server() {{ sqlite3 -readonly '{cast.server.database}' \"$@\"; }}; export -f card server; "
             "PS1='laptop# ' exec bash --norc -i")
    subprocess.run(cast.laptop.inside(["bash", "-c", start]), env=cast.laptop.environment(), check=False)


def play(report, world):
    if not report.batch:
        report.say(WELCOME.format(directory=world.directory))
    cast = Cast(world)
    for chapter in CHAPTERS:
        chapter(report, cast)
        report.pause()
    if not report.batch and sys.stdin.isatty():
        shell(cast)


def main():
    parser = options("quickstart")
    parser.add_argument("--batch", action="store_true", help="unattended: one line per step")
    parser.add_argument("--type-pin", action="store_true", help="type the PIN yourself")
    chosen = parser.parse_args()
    enter_private_world()
    report = Report("quickstart", batch=chosen.batch, takes_part=chosen.type_pin)
    try:
        with World(build=chosen.build, personality=chosen.personality, key=chosen.key, keep=chosen.keep) as world:
            try:
                play(report, world)
            except StoryEnds:
                print_logs(world)
            except KeyboardInterrupt:
                print()
            if not report.batch:
                report.say("Taking everything down.")
    except Broken as problem:
        report.failed += 1
        report.say(f"FAILED  {problem}")
    return report.close()


if __name__ == "__main__":
    sys.exit(main())
