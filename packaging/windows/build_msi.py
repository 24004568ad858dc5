#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds the MSI: stages the files, has wixl make the package of cardea.wxs, completes it by tables.sql. The same files and the same version
give the same bytes: all numbers are derived from names and contents, all times are $SOURCE_DATE_EPOCH or 1 January 2000.
Usage: build_msi.py --version 1.2.3 --provider DLL --output FILE [--strip PROGRAM]"""
import argparse
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import uuid

HERE = pathlib.Path(__file__).resolve().parent
NAMESPACE = uuid.UUID("3c2f7b2e-8f0f-4d6b-9d0b-5a1e5f6c7a41")  # drawn once; what is derived from it is for ever
POLICY = ["cardea.admx", "en-US/cardea.adml", "de-DE/cardea.adml"]
# Upgrades compare three fields; Windows allows 255.255.65535.
VERSION = re.compile(r"(\d{1,3})\.(\d{1,3})\.(\d{1,5})")


def guid(name):
    return "{%s}" % str(uuid.uuid5(NAMESPACE, name)).upper()


def run(*command, cwd=None):
    """wixl says what it did not understand, and goes on: whatever it says is an error."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    if done.returncode != 0 or done.stderr.strip():
        sys.exit(f"{command[0]} ended with {done.returncode}:\n{done.stdout}{done.stderr}")


def stage(options, folder, epoch):
    """Everything that is packed, under the names that cardea.wxs has. Returns a hash of it."""
    dll = folder / "CardeaCredentialProvider.dll"
    shutil.copyfile(options.provider, dll)
    if options.strip:
        run(options.strip, "-p", str(dll))  # -p: strip would put in the time
    for name in POLICY:
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(HERE / "policy" / name, folder / name)
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
        path.chmod(0o644)
        os.utime(path, (epoch, epoch))
    return digest


def fill_in(options):
    if not VERSION.fullmatch(options.version) or any(int(part) > most for part, most in zip(options.version.split("."), (255, 255, 65535))):
        sys.exit(f"version {options.version}: three numbers are wanted, at most 255.255.65535")
    text = (HERE / "cardea.wxs").read_text(encoding="utf-8").replace("/version@", f"/{options.version}@").replace("@version@", options.version)
    return re.sub(r"@guid:([\w./-]+)@", lambda name: guid(name[1]), text)


def summary(package_code, epoch):
    when = time.strftime("%Y/%m/%d %H:%M:%S", time.gmtime(epoch))
    rows = ["PropertyId\tValue", "i2\tl255", "_SummaryInformation\tPropertyId", f"9\t{package_code}", f"12\t{when}", f"13\t{when}"]
    return "".join(row + "\r\n" for row in rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("version", "provider", "output"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--strip")
    options = parser.parse_args()
    os.environ["TZ"] = "UTC"  # a cabinet has local times
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH", "946684800"))
    output = pathlib.Path(options.output).resolve()
    with tempfile.TemporaryDirectory(dir=output.parent) as name:
        folder = pathlib.Path(name)
        files = folder / "files"
        files.mkdir()
        digest = stage(options, files, epoch)
        source = fill_in(options)
        statements = [line for line in (HERE / "tables.sql").read_text(encoding="utf-8").splitlines() if line and not line.startswith("--")]
        for part in (source, *statements):
            digest.update(part.encode())
        (folder / "cardea.wxs").write_text(source, encoding="utf-8")
        # Packages with other contents have another code, even of one version.
        (folder / "summary.idt").write_bytes(summary(guid("package/" + digest.hexdigest()), epoch).encode())
        made = folder / "cardea.msi"
        run("wixl", "-a", "x64", "-o", str(made), "../cardea.wxs", cwd=files)
        for statement in statements:
            run("msibuild", str(made), "-q", statement)
        run("msibuild", str(made), "-i", str(folder / "summary.idt"))
        made.replace(output)


main()
