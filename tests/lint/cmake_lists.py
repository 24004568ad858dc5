#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What CMake is told by hand is what the tree has, so that a merge that drops a word can't drop tests or make builds stale:
every CMakeLists.txt is reached from the top by add_subdirectory, every *_test.cpp and *_test.mjs is named by the CMakeLists.txt
of its folder, and the portal's list of sources, on which its rebuilding hangs, is its folder src/."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOOP = re.compile(r"\bforeach\((\w+)\s+([^)]*)\)((?:(?!\bforeach\().)*?)\bendforeach\(\)", re.DOTALL)


def tracked():
    out = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True)
    return {pathlib.PurePosixPath(name) for name in out.stdout.splitlines() if (ROOT / name).is_file()}


def unrolled(path):
    """The file without comments, its loops over literal items written out."""
    text = re.sub(r"(?m)^\s*#.*$", "", (ROOT / path).read_text())
    while LOOP.search(text):
        text = LOOP.sub(lambda loop: "".join(loop[3].replace("${%s}" % loop[1], item) for item in loop[2].split()), text)
    return text


def reached(files, folder=pathlib.PurePosixPath(".")):
    """The CMakeLists.txt of the folder and of those it adds, on whatever condition."""
    listing = folder / "CMakeLists.txt"
    if listing not in files:
        return
    yield listing
    for part in re.findall(r"\badd_subdirectory\(\s*\"?([^)\s\"]+)", unrolled(listing)):
        yield from reached(files, folder / part)


def folders(files):
    for listing in sorted({path for path in files if path.name == "CMakeLists.txt"} - set(reached(files))):
        yield f"{listing}: no add_subdirectory leads here, nothing in it is built or run"


def tests(files):
    for path in sorted(files):
        if path.parts[0] != "tests" or not path.name.endswith(("_test.cpp", "_test.mjs")):
            continue
        listing = next(folder / "CMakeLists.txt" for folder in path.parents if folder / "CMakeLists.txt" in files)
        name = path.relative_to(listing.parent).as_posix()
        if not re.search(rf"(?<![\w-]){re.escape(name)}\b", unrolled(listing)):
            yield f"{path}: {listing} does not name it, it is never run"


def portal_sources(files):
    portal = pathlib.PurePosixPath("server/portal")
    listed = re.search(r"\bset\(sources\s([^)]*)\)", unrolled(portal / "CMakeLists.txt"))[1].split()
    have = {path.relative_to(portal).as_posix() for path in files if path.is_relative_to(portal / "src") or path.is_relative_to(portal / "problems")}
    for name in sorted(have.symmetric_difference(listed)):
        yield f"{portal}/{name}: {'not in the list of' if name in have else 'does not exist, but is listed in'} {portal}/CMakeLists.txt"
    for name in sorted({name for name in listed if listed.count(name) > 1}):
        yield f"{portal}/{name}: listed twice in {portal}/CMakeLists.txt"


def main():
    files = tracked()
    complaints = [complaint for rule in (folders, tests, portal_sources) for complaint in rule(files)]
    print("\n".join(complaints) or "cmake lists: ok")
    return 1 if complaints else 0


sys.exit(main())
