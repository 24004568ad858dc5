#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A README with a table of files (its first column is called "file") names every source file of its folder and nothing that is not there.
Names stand in the first column between backticks: `entry.cpp` is that file, `options` is options.h and options.cpp (any ending),
`*_calls` is all such files, `linux/` is a folder with all that is in it. A subfolder with a table of its own answers for itself."""
import fnmatch
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCE = {".h", ".cpp", ".c", ".py", ".sh", ".mjs", ".cmake", ".map", ".conf", ".yaml", ""}
NOT_LISTED = {"CMakeLists.txt", "README.md", ".gitignore", ".clang-format", "LICENSE"}


def tracked():
    out = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [pathlib.PurePosixPath(name) for name in out.stdout.splitlines() if (ROOT / name).is_file()]


def named(readme):
    """The names in the first column of the page's tables of files; empty when it has none."""
    names, inside = [], False
    for line in (ROOT / readme).read_text().splitlines():
        if not line.startswith("|"):
            inside = False
            continue
        first = line.strip("|").split("|")[0].strip()
        if first == "file":
            inside = True
        elif inside:
            names += re.findall(r"`([^`]+)`", first)
    return names


def folder_of(path, tables):
    """The nearest folder above the file that has a table."""
    return next((folder for folder in path.parents if folder in tables), None)


def covers(name, inner):
    """Whether the table's `name` stands for the file at `inner`, a path relative to the table's folder."""
    if name.endswith("/"):
        return inner.as_posix().startswith(name)
    return any(fnmatch.fnmatchcase(form, name) for form in (inner.as_posix(), inner.with_suffix("").as_posix()))


def main():
    files = tracked()
    tables = {path.parent: names for path in files if path.name == "README.md" and (names := named(path))}
    complaints = []
    seen = set()
    for path in files:
        folder = folder_of(path, tables)
        if folder is None or path.name in NOT_LISTED:
            continue
        inner = path.relative_to(folder)
        matching = [name for name in tables[folder] if covers(name, inner)]
        seen.update((folder, name) for name in matching)
        if not matching and path.suffix in SOURCE and "corpus" not in inner.parts:
            complaints.append(f"{folder}/README.md: does not name {inner}")
    for folder, names in tables.items():
        for name in names:
            # A folder whose files all belong to tables of its own is still there.
            if (folder, name) not in seen and not (name.endswith("/") and (ROOT / folder / name).is_dir()):
                complaints.append(f"{folder}/README.md: names {name}, which is not there")
    if len(tables) < 5:
        complaints.append("hardly any README has a table of files")
    print("\n".join(sorted(complaints)) or f"readmes: {len(tables)} tables ok")
    return 1 if complaints else 0


sys.exit(main())
