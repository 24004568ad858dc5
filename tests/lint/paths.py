#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Paths of this tree that a page names between backticks exist: as a file, a folder, or a file without its ending (`core/login/texts`).
What begins with a top folder and holds a slash is taken for a path. The walks of the architecture page are checked by tree.py."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PATH = re.compile(r"`([a-z_.]+/[\w./-]+)`")


def main():
    out = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True)
    files = [name for name in out.stdout.splitlines() if (ROOT / name).is_file()]
    there = set(files) | {str(pathlib.PurePosixPath(name).with_suffix("")) for name in files}
    there |= {str(folder) for name in files for folder in pathlib.PurePosixPath(name).parents}
    top = {name.split("/")[0] for name in files if "/" in name}
    complaints = []
    for page in files:
        if not page.endswith(".md"):
            continue
        here = str(pathlib.PurePosixPath(page).parent)
        for number, line in enumerate((ROOT / page).read_text().splitlines(), 1):
            for path in PATH.findall(line):
                known = path.rstrip("/") in there or f"{here}/{path.rstrip('/')}" in there
                if path.split("/")[0] in top and not known:
                    complaints.append(f"{page}:{number}: {path} does not exist")
    print("\n".join(complaints) or "paths: ok")
    return 1 if complaints else 0


sys.exit(main())
