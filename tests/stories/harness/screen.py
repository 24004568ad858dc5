# SPDX-License-Identifier: Apache-2.0
"""A screen and a keyboard for a computer: Xvfb, what a person types, and pictures of what he sees. The computer gets a /tmp of its
own, so that displays of stories that play at the same time never meet."""
import os

from .process import Broken, run, wait_until

# Arguments: the story's directory, which must stay where it is also when it is below /tmp.
OWN_TMP = r"""
set -eu
mkdir -p "/run/own-tmp"
mount -t tmpfs -o mode=1777 none /run/own-tmp
case $1 in
  /tmp/*) mkdir -p "/run/own-tmp/${1#/tmp/}"; mount --rbind "$1" "/run/own-tmp/${1#/tmp/}" ;;
esac
mkdir -m 1777 /run/own-tmp/.X11-unix
mount --rbind /run/own-tmp /tmp
"""


def give_own_tmp(computer):
    run(computer.inside(["bash", "-c", OWN_TMP, "own-tmp", computer.world.directory]))


def pictures_of(world, story):
    """Where the pictures of a story stay after its end: in the build tree."""
    path = os.path.join(world.build, "pictures", story)
    os.makedirs(path, exist_ok=True)
    return path


class Screen:
    """`display` is an X display of this computer, with the authority file of whoever started it, if it has one."""

    def __init__(self, computer, display, pictures, authority=None):
        self.computer = computer
        self.display = display
        self._pictures = pictures
        self._authority = authority

    @property
    def environment(self):
        return {"DISPLAY": self.display, **({"XAUTHORITY": self._authority} if self._authority else {})}

    def run(self, argv, check=True):
        return run(self.computer.inside(argv), env=self.computer.environment(TERM="dumb", **self.environment), check=check)

    def windows(self):
        """What xwininfo says about all windows; nothing while the display is not there."""
        return self.run(["xwininfo", "-root", "-tree"], check=False).stdout

    def wait_for_window(self, name, seconds=20):
        wait_until(lambda: name in self.windows(), f"a window “{name}”", seconds)

    def types(self, text, enter=True):
        self.run(["xdotool", "type", "--delay", "15", "--", text])
        if enter:
            self.run(["xdotool", "key", "Return"])

    def picture(self, name):
        """Keeps what is seen now; returns the file."""
        path = os.path.join(self._pictures, f"{name}.png")
        self.run(["import", "-window", "root", "-silent", path])
        if not os.path.getsize(path):
            raise Broken(f"no picture of {name}")
        return path

    def _look(self):
        """What is seen now, as one text that is another for another picture; and in how many colours."""
        seen = self.run(["bash", "-c", "import -window root -silent png:- | convert png:- -format '%# %k' info:"], check=False).stdout.split()
        return (seen[0], int(seen[1])) if len(seen) == 2 else ("", 0)

    def settles(self, least_colours=16):
        """Until something is drawn and stays as it is: keys that come earlier get lost. Cursors must not blink."""
        looks = []

        def look():
            looks.append(self._look())
            return looks[-1][1] >= least_colours and len(looks) >= 3 and looks[-1] == looks[-2] == looks[-3]
        wait_until(look, "the screen to be drawn", 30)

def start_xvfb(computer, pictures, display=":20"):
    """A display that is there for every user of the computer."""
    give_own_tmp(computer)
    process = computer.start("xvfb", ["Xvfb", display, "-screen", "0", "800x600x24", "-nolisten", "tcp", "-ac"])
    screen = Screen(computer, display, pictures)
    process.wait_ready(lambda: "Root window id" in screen.windows(), 20)
    return screen
