#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that a folder includes only what the layer table of docs/architecture.md lets it include. The table is read from that
page, so that the page can't rot."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')


def table():
    """folder -> set of folders it may use, from the rows `| folder | uses | ... |` between the markers of the page"""
    page = (ROOT / "docs/architecture.md").read_text()
    rows = page.split("<!-- layers -->")[1].split("<!-- /layers -->")[0]
    layers = {}
    for line in rows.splitlines():
        cells = [cell.strip().replace("`", "") for cell in line.strip("|").split("|")]
        if len(cells) >= 2 and "/" in cells[0]:
            layers[cells[0].rstrip("/")] = {name.rstrip("/") for name in cells[1].replace(",", " ").split()}
    return layers


def folder_of(path, layers):
    best = max((name for name in layers if path == name or path.startswith(name + "/")), key=len, default=None)
    return best


def main():
    layers = table()
    if len(layers) < 10:
        print("docs/architecture.md: the layer table is missing")
        return 1
    complaints = []
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "*.h", "*.cpp"], cwd=ROOT, capture_output=True,
                            text=True, check=True).stdout
    for relative in sorted(listed.splitlines()):
        file = ROOT / relative
        if relative.startswith(("tests/", "cmake/")) or not file.is_file():
            continue
        here = folder_of(relative, layers)
        if here is None:
            complaints.append(f"{relative}: its folder is not in the layer table")
            continue
        for number, line in enumerate(file.read_text().splitlines(), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            target = match.group(1)
            if not (ROOT / target).exists() and not target.startswith("generated/"):
                complaints.append(f"{relative}:{number}: {target} does not exist (includes start at the root)")
                continue
            there = folder_of(target, layers)
            allowed = layers[here] | {here}
            if there != here and there not in allowed and target not in allowed:
                complaints.append(f"{relative}:{number}: {here} must not use {target}")
    print("\n".join(complaints) or "layers: ok")
    return 1 if complaints else 0


sys.exit(main())
