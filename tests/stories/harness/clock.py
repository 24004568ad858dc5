# SPDX-License-Identifier: Apache-2.0
"""The clock of one program, moved while it runs (Debian's faketime). What measures how long something takes is left alone."""
import os

from .private_etc import write

LIBRARY = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"


class ProgramClock:
    def __init__(self, world, name):
        self._file = os.path.join(world.directory, f"{name}.clock")
        self.is_off_by(0)

    def is_off_by(self, days):
        write(self._file, f"{days:+d}d\n")

    @property
    def environment(self):
        """For the program whose clock this is."""
        return {"LD_PRELOAD": LIBRARY, "FAKETIME_TIMESTAMP_FILE": self._file, "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
