# SPDX-License-Identifier: Apache-2.0
"""A person at a login prompt: answers what is asked, and sees whether he is in."""
import time

from .dialog import Ended
from .process import Broken

# What any of the login programs may ask.
PIN = "PIN for card “"
CARD_OR_KEY = "Insert your card, or type an access key: "
KEY = "Access key: "
PASSWORD = "Password: "
SSH_PASSWORD = "'s password: "  # ssh's own words: it does not pass on ours
PROMPTS = (PIN, CARD_OR_KEY, KEY, PASSWORD, SSH_PASSWORD)
SHELL = "$ "  # login has let in
LOGIN_ENDS = (SHELL, "login: ")


class Attempt:
    """What came of a login: `granted`, the text on the terminal, and how long it took."""

    def __init__(self, granted, text, seconds):
        self.granted = granted
        self.text = text
        self.seconds = seconds


def log_in(computer, user, *answers, door="su", between=None, **options):
    """Tries to get in. Each answer is (prompt, text): it is typed when that prompt (or one of several), and no other, is asked. A further prompt
    hangs up. `options` are those of Computer's method of that name. `between` is called after the first prompt has come and before anything is typed."""
    started = time.monotonic()
    with _open(computer, user, door, **options) as dialog:
        waiting = list(answers)
        while True:
            try:
                asked = dialog.sees(*PROMPTS, *(LOGIN_ENDS if door == "login" else ()))
            except Ended:
                break
            if between is not None:
                between()
                between = None
            if asked == SHELL:
                dialog.types("echo in as $(id -un); exit", secret=False)
                continue
            if not waiting or asked == "login: ":
                dialog.abandon()
                return Attempt(False, dialog.text(), time.monotonic() - started)
            prompt, text = waiting.pop(0)
            if asked not in (prompt if isinstance(prompt, tuple) else (prompt,)):
                raise Broken(f"expected “{prompt}” to be asked, but saw:\n{dialog.text()}")
            dialog.types(text)
        status = dialog.ends()
        if waiting:
            raise Broken(f"“{waiting[0][0]}” was never asked; saw:\n{dialog.text()}")
        sign = {"pamtester": "successfully authenticated", "sudo": "in as root"}.get(door, f"in as {user}")
        return Attempt(status == 0 and sign in dialog.text(), dialog.text(), time.monotonic() - started)


def _open(computer, user, door, **options):
    """`door` is the name of one of the computer's, or what makes a Dialog for a user."""
    if callable(door):
        return door(user, **options)
    if door == "su_from":
        return computer.su_from(options.pop("caller"), user, **options)
    return getattr(computer, door)(user, **options)


def must_enter(attempt):
    if not attempt.granted:
        raise Broken(f"not let in:\n{attempt.text}")
    return attempt


def must_stay_out(attempt, *texts):
    """Refused, and each of the texts was on the terminal."""
    if attempt.granted:
        raise Broken(f"let in, against the rules:\n{attempt.text}")
    for text in texts:
        if text not in attempt.text:
            raise Broken(f"“{text}” was not said:\n{attempt.text}")
    return attempt
