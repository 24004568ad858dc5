# SPDX-License-Identifier: Apache-2.0
"""kill -9 at every durable step: strace kills a program at the N-th call of a thread that makes something durable or sends
something; N grows until an operation comes to its end without having reached call N."""
import os
import time

from .process import Broken, Process, wait_until

DURABLE = "fsync,fdatasync,rename,renameat,renameat2,link,linkat,unlink,unlinkat"
MOST_STEPS = 120


class Killer:
    """strace on a running daemon or server. It is attached when the constructor returns."""

    def __init__(self, world, victim, calls, number):
        self._victim = victim
        log = f"{world.directory}/strace"
        self._strace = world.owns(Process("strace", ["strace", "-f", "-qq", "-o", f"{log}.txt", "-p", victim.process.pid, "-e", f"trace={calls}",
                                                     "-e", f"inject={calls}:signal=SIGKILL:when={number}"], f"{log}.log"))
        wait_until(self._has_hold, "strace to be attached")

    def _has_hold(self):
        """True also when the victim was struck at once, by something it did of its own accord."""
        if not self._victim.process.running():
            return True
        if not self._strace.running():
            raise Broken(f"strace has let go:\n{self._strace.log_text()}")
        tasks = f"/proc/{self._victim.process.pid}/task"
        try:
            for task in os.listdir(tasks):
                with open(f"{tasks}/{task}/status", encoding="ascii") as file:
                    if f"TracerPid:\t{self._strace.pid}" not in file.read():
                        return False
        except (FileNotFoundError, ProcessLookupError):  # a thread that has ended, or the victim
            return False
        return True

    def has_struck(self, seconds=0.3):
        """True when it is dead. What it does behind its answer gets a moment, too."""
        end = time.monotonic() + seconds
        while self._victim.process.running() and time.monotonic() < end:
            time.sleep(0.01)
        struck = not self._victim.process.running()
        self._strace.stop()
        if struck:
            self._victim.process.kill9()
            self._victim.start()
        return struck


def each_step_of_both(report, what, cast, crash):
    """The daemon is killed at each of its durable steps, then the server at each of its own."""
    for victim, name in ((cast.daemon, "daemon"), (cast.server, "server")):
        each_step(report, f"{what}, {name}", cast, victim, DURABLE, crash)


def each_step(report, what, cast, victim, calls, crash):
    """`crash` is (before, act, after): act under the killer for number = 1, 2, … until it is not struck any more."""
    before, act, after = crash
    for number in range(1, MOST_STEPS):
        with report.step(f"{what}: killed at step {number}"):
            subject = before()
            killer = Killer(cast.world, victim, calls, number)
            act(subject)
            struck = killer.has_struck()
            cast.daemon.wait_for_reader()
            after(subject)
        if not struck:
            break
    with report.step(f"{what}: {number - 1} steps were tried"):
        if not 4 <= number < MOST_STEPS:
            raise Broken("too few or too many to be believed")
