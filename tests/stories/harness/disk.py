# SPDX-License-Identifier: Apache-2.0
"""A small disk of its own for a daemon's state or a server's database: it can be filled, freed and made read-only."""
import errno
import os

from .process import run


class Disk:
    """A tmpfs in the story's own mount namespace. Made before the computers, which then see it, too."""

    def __init__(self, world, name, kilobytes=4096):
        self.path = os.path.join(world.directory, "disks", name)
        os.makedirs(self.path, mode=0o700)
        run(["mount", "-t", "tmpfs", "-o", f"mode=0700,size={kilobytes}k", "none", self.path])
        self._ballast = os.path.join(self.path, "ballast")
        world.at_end(lambda: run(["umount", "--lazy", self.path]))

    def fill(self):
        """Until not one byte more is taken."""
        with open(self._ballast, "ab", buffering=0) as file:
            for size in (65536, 4096, 1):
                try:
                    while True:
                        file.write(bytes(size))
                except OSError as problem:
                    if problem.errno != errno.ENOSPC:
                        raise

    def free(self):
        os.unlink(self._ballast)

    def make_read_only(self, read_only=True):
        """Nothing on it may be open for writing."""
        run(["mount", "-o", f"remount,{'ro' if read_only else 'rw'}", self.path])
