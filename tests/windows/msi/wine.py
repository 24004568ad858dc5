# SPDX-License-Identifier: Apache-2.0
"""A Wine that belongs to one test: its programs, its registry, its drive."""
import contextlib
import os
import pathlib
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent


class Failed(Exception):
    pass


class Wine:
    def __init__(self, prefix):
        self.prefix = pathlib.Path(prefix)
        self.drive = self.prefix / "drive_c"
        self.environment = dict(os.environ, WINEPREFIX=str(self.prefix), WINEDEBUG="-all")
        self.environment.pop("DISPLAY", None)

    @contextlib.contextmanager
    def up(self):
        """Made at the first time. A test that fails leaves one that the next run makes anew."""
        subprocess.run([HERE.parent / "wine-up"], env=self.environment, check=True, timeout=120)
        try:
            yield self
        except BaseException:
            (self.prefix / "cardea-ready").unlink(missing_ok=True)
            raise
        finally:
            subprocess.run([HERE.parent / "wine-down"], env=self.environment, check=True, timeout=60)

    def run(self, *command):
        """(exit code cut to 8 bits, output). A file takes the output: what starts meanwhile must not hold a pipe open."""
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(["wine", *map(str, command)], env=self.environment, stdin=subprocess.DEVNULL, stdout=output,
                                  stderr=subprocess.DEVNULL, timeout=60, check=False)
            output.seek(0)
            return done.returncode, output.read().decode(errors="replace").replace("\r", "")

    def must(self, *command):
        code, output = self.run(*command)
        if code != 0:
            raise Failed(f"{command} ended with {code}:\n{output}")
        return output

    def registry(self, key):
        """{key: {name: value as reg.exe writes it}} of the key and all below it; empty when it isn't there."""
        exported = self.prefix / "exported.reg"
        exported.unlink(missing_ok=True)
        self.run("reg", "export", key, f"Z:{exported}", "/y")
        if not exported.exists():
            return {}
        keys, inside = {}, {}
        for line in exported.read_text(encoding="utf-16").replace("\\\n", "").splitlines():
            if line.startswith("["):
                inside = keys[line.strip("[]")] = {}
            elif "=" in line:
                name, _, value = line.partition("=")
                inside[name.strip('"')] = value.replace(" ", "") if value.startswith("hex") else value
        return keys

    def files(self):
        return {str(path.relative_to(self.drive)) for path in self.drive.rglob("*") if not path.is_symlink()}
