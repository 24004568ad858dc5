# SPDX-License-Identifier: Apache-2.0
"""The machine's own LightDM with its GTK greeter, on Xvfb instead of a graphics card. What it writes stays in the computer's namespace."""
import os

from .private_etc import write
from .process import Broken, wait_until
from .screen import Screen, give_own_tmp

DISPLAY = ":20"
HERE = "/run/lightdm-story"  # inside the computer: what is executed for other users

CONFIGURATION = f"""\
[LightDM]
minimum-display-number=20
logind-check-graphical=false
log-directory=/var/log/lightdm
[Seat:*]
xserver-command={HERE}/xserver
greeter-session=lightdm-gtk-greeter
greeter-hide-users=true
greeter-show-manual-login=true
allow-guest=false
session-wrapper={HERE}/session
user-session=story
"""
# Xvfb does not know what LightDM tells a server on a graphics card.
XSERVER = """\
#!/bin/bash
kept=()
while [ $# -gt 0 ]; do
  case $1 in
    -seat) shift ;;
    vt*|-novtswitch) ;;
    -background) shift ;;
    *) kept+=("$1") ;;
  esac
  shift
done
exec Xvfb "${kept[@]}" -screen 0 800x600x24
"""
# The whole session of a user: it says who it is, and stays until it is told to go.
SESSION = f"""\
#!/bin/bash
echo "$(id -un) on $DISPLAY with ${{PKCS11_LOGIN_TOKEN_NAME:-no card}}" >"$HOME/session"
mkfifo "$HOME/end"
read -r _ <"$HOME/end"
rm -f "$HOME/end" "$HOME/session"
"""
DESKTOP = "[Desktop Entry]\nType=XSession\nName=Story\nExec=story\n"
# Nothing on the screen changes by itself.
GREETER = "[greeter]\nbackground=#30506a\nindicators=\nhide-user-image=true\n"
GTK = "[Settings]\ngtk-cursor-blink=false\ngtk-enable-animations=false\n"
PERMITS = "auth required pam_permit.so\naccount required pam_permit.so\npassword required pam_deny.so\nsession required pam_unix.so\n"

# Arguments: the directory with our files.
PREPARE = rf"""
set -eu
mkdir -p {HERE} /run/dbus /var/log/lightdm /run/lightdm
cp -r "$1/." {HERE}
chmod -R a+rX {HERE}
chmod a+x {HERE}/xserver {HERE}/session
mount -t tmpfs -o mode=0755 none /var/cache
mkdir -p /var/cache/lightdm
for home in /var/lib/lightdm /var/lib/lightdm-data; do
  mount -t tmpfs -o "mode=0750,uid=$(id -u lightdm),gid=$(id -g lightdm)" none "$home"
done
chown lightdm: /run/lightdm
mount --bind {HERE}/sessions /usr/share/xsessions
mount --bind {HERE}/gtk-greeter.conf /etc/lightdm/lightdm-gtk-greeter.conf
mkdir -p /var/lib/lightdm/.config/gtk-3.0
cp {HERE}/gtk.ini /var/lib/lightdm/.config/gtk-3.0/settings.ini
chown -R lightdm: /var/lib/lightdm
"""


class LightDm:
    def __init__(self, computer, pictures):
        self.computer = computer
        give_own_tmp(computer)
        files = os.path.join(computer.directory, "lightdm")
        os.makedirs(os.path.join(files, "sessions"))
        for name, text in (("lightdm.conf", CONFIGURATION), ("xserver", XSERVER), ("session", SESSION), ("gtk-greeter.conf", GREETER), ("gtk.ini", GTK), ("sessions/story.desktop", DESKTOP)):
            write(os.path.join(files, name), text)
        computer.run(["bash", "-c", PREPARE, "prepare", files])
        computer.serve("lightdm")
        write(os.path.join(computer.pam_directory, "lightdm-greeter"), PERMITS)
        bus = computer.start("dbus", ["dbus-daemon", "--system", "--nofork", "--nopidfile"])
        bus.wait_ready(lambda: computer.exists("/run/dbus/system_bus_socket"))
        self.process = computer.start("lightdm", ["lightdm", "--debug", "--config", f"{HERE}/lightdm.conf"])
        self.screen = Screen(computer, DISPLAY, pictures, authority=f"/run/lightdm/root/{DISPLAY}")
        self._begun = 0
        self.wait_for_next_greeter()

    def wait_for_next_greeter(self):
        """After a session: LightDM begins anew, with a new display server."""
        self._begun = wait_until(lambda: self._greeters() > self._begun and self._greeters(), "the next greeter", 20)
        self._wait_for_question(self._asked_at_greeter())
        self.screen.wait_for_window("lightdm-gtk-greeter", 30)
        self.screen.settles()

    def _greeters(self):
        return self.process.log_text().count("Greeter connected")

    def _asked_at_greeter(self):
        """How many questions there had been when the greeter came."""
        return self.process.log_text().rsplit("Greeter connected", 1)[0].count("Prompt greeter with")

    def asks(self):
        """How many times the greeter has been given something to ask or to say."""
        return self.process.log_text().count("Prompt greeter with")

    def _wait_for_question(self, after=0):
        wait_until(lambda: self.asks() > after, "the greeter to be given a question", 20)

    def answers(self, text):
        """Types into the greeter's field, and waits until it asks the next thing and shows it."""
        asked = self.asks()
        self.screen.types(text)
        self._wait_for_question(asked)
        self.screen.settles()

    def session_of(self, user):
        """What the session of this user says of itself; nothing while there is none."""
        path = f"/run/home/{user}/session"
        return self.computer.run(["cat", path], check=False).stdout.strip()

    def ends_session(self, user):
        self.computer.run(["bash", "-c", f"echo >/run/home/{user}/end"])
        wait_until(lambda: not self.session_of(user), f"the session of {user} to end")

    def must_be_in(self, user):
        said = wait_until(lambda: self.session_of(user), f"a session of {user}", 20)
        if not said.startswith(f"{user} on {DISPLAY}"):
            raise Broken(f"not his session: {said}")
        return said
