#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""House rules a script can see: licence lines, lengths, the walks' paths, one statement that grants, no notes to self."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCE = {".h", ".cpp", ".c", ".py", ".sh", ".cmake", ".ts"}
MAX_LINES = 500


def tracked():
    out = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in out.stdout.splitlines() if (ROOT / name).is_file()]


def text(name):
    try:
        return (ROOT / name).read_text()
    except UnicodeDecodeError:
        return ""


def is_source(name):
    path = pathlib.Path(name)
    return path.suffix in SOURCE or path.name == "CMakeLists.txt"


def licence_lines(names):
    for name in names:
        if is_source(name) and "SPDX-License-Identifier: Apache-2.0" not in text(name)[:400]:
            yield f"{name}: no SPDX line"


def lengths(names):
    for name in names:
        if is_source(name) and text(name).count("\n") > MAX_LINES:
            yield f"{name}: over {MAX_LINES} lines"


def walks(_):
    page = text("docs/architecture.md").split("<!-- walks -->")
    if len(page) < 3:
        yield "docs/architecture.md: no walks"
        return
    for path in re.findall(r"`([\w./-]+/[\w.-]+)`", page[1]):
        if not (ROOT / path).exists():
            yield f"docs/architecture.md: the walk names {path}, which does not exist"


def one_grant(_):
    grants = []
    for name in tracked():
        if name.endswith(".cpp") and name.startswith(("core/login/", "recoveryd/")):
            grants += [name for line in text(name).splitlines() if re.search(r"decision\s*=\s*Decision::granted", line)]
    if grants != ["core/login/login_policy.cpp"]:
        yield f"statements that make a login verdict granted: {grants} (there must be exactly one, in login_policy.cpp)"


def notes_to_self(names):
    marks = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX|HA" + r"CK)\b|/(?:wo" + r"rk|fa" + r"rm)/")
    for name in names:
        if name.startswith("tests/vectors/") or name == "tests/lint/tree.py":
            continue
        for number, line in enumerate(text(name).splitlines(), 1):
            if marks.search(line):
                yield f"{name}:{number}: note to self or machine path"


def readmes(_):
    for name in ["pam_module", "recoveryd", "server", "cli", "upstream", "core", "tests/virtual_card"]:
        if (ROOT / name).is_dir() and not (ROOT / name / "README.md").exists():
            yield f"{name}: no README.md"


def links(names):
    for name in names:
        if not name.endswith(".md"):
            continue
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text(name)):
            base = (ROOT / name).parent
            if not any((base / candidate).exists() for candidate in (target, target + ".md")):
                yield f"{name}: link to {target}, which does not exist"


def shell(names):
    for name in names:
        if text(name).startswith(("#!/usr/bin/env bash", "#!/bin/sh", "#!/bin/bash")):
            if subprocess.run(["bash", "-n", name], cwd=ROOT, capture_output=True).returncode != 0:
                yield f"{name}: bash can't parse it"


def main():
    names = tracked()
    complaints = []
    for rule in (licence_lines, lengths, walks, one_grant, notes_to_self, readmes, links, shell):
        complaints += list(rule(names))
    print("\n".join(complaints) or "tree: ok")
    return 1 if complaints else 0


sys.exit(main())
