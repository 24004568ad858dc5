#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The catalogue is true: po/cardea.pot holds the texts of the source as it is now, every source file with texts is looked at, and each
translation is complete, has the arguments of the English text, and its blanks at the ends."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PO = ROOT / "po"
MARKED = re.compile(r"\b(?:tr|spoken|spoken_n|speak|speak_n)\(|\brefuse(?:_n)?\(Error::")
STRING = r'((?:\s*"(?:[^"\\]|\\.)*")+)'


def run(*command):
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def not_collected():
    """Files with marked texts that po/POTFILES does not name."""
    listed = set((PO / "POTFILES").read_text().split())
    out = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "*.h", "*.cpp"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in out.stdout.splitlines():
        path = ROOT / name
        if name.startswith(("tests/", "core/text/")) or name in listed or not path.is_file():
            continue
        if "core/text/" in path.read_text() and MARKED.search(path.read_text()):
            yield f"{name}: has texts, but po/POTFILES does not name it"


def pieces(text):
    return "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', text))


def entries(page):
    """(English texts, translations) of each entry but the header."""
    for entry in re.split(r"\n\s*\n", page):
        english = [pieces(found) for found in re.findall(r"^msgid(?:_plural)? " + STRING, entry, re.M)]
        texts = [pieces(found) for found in re.findall(r"^msgstr(?:\[\d\])? " + STRING, entry, re.M)]
        if english and english[0]:
            yield english, texts


def edges(text):
    return re.match(r"^ *", text).group(), re.search(r" *$", text).group()


def places(text):
    return sorted(set(re.findall(r"%\d", text)))


def complaints_about(language):
    name = f"po/{language}.po"
    checked = run("msgfmt", "--check", "--output-file=/dev/null", name)
    if checked.returncode != 0:
        yield f"{name}: {checked.stderr.strip()}"
    compared = run("msgcmp", name, "po/cardea.pot")
    if compared.returncode != 0:
        yield f"{name}: not complete: {compared.stderr.strip()[:2000]}"
    page = (ROOT / name).read_text()
    if "\n#, fuzzy" in page or re.search(r"^#,.*\bfuzzy\b", page, re.M):
        yield f"{name}: has entries that nobody has confirmed (fuzzy)"
    if "\n#~ " in page:
        yield f"{name}: keeps texts that are no longer said"
    for english, texts in entries(page):
        for text in texts:
            if edges(text) != edges(english[0]):
                yield f"{name}: blanks at the ends of “{text}”"
            if places(text) != places(english[-1]):
                yield f"{name}: other arguments in “{text}”"


def main():
    complaints = list(not_collected())
    made = run("po/update", "--pot")
    if made.returncode != 0:
        complaints.append(f"po/update --pot: {made.stderr.strip()}")
    elif made.stdout != (PO / "cardea.pot").read_text():
        complaints.append("po/cardea.pot is not what the source says; run po/update")
    pairs = sum(1 for _ in entries((PO / "cardea.pot").read_text()))
    if pairs < 300:
        complaints.append(f"po/cardea.pot holds {pairs} texts only")
    for language in (PO / "LINGUAS").read_text().split():
        complaints += complaints_about(language)
    print("\n".join(complaints) or f"catalogue: {pairs} texts ok")
    return 1 if complaints else 0


sys.exit(main())
