#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Adds up what `check` ran: GoogleTest cases from their XML files, other ctest entries from JUnit, and build steps.
Prints the failed ones and the closing line; exit code 1 when anything failed or nothing ran."""
import pathlib
import sys
import xml.etree.ElementTree as xml


def google_tests(folder):
    """name of the program -> (passed, failed, skipped, failed names)"""
    found = {}
    for file in folder.glob("*.xml"):
        passed = failed = skipped = 0
        names = []
        for case in xml.parse(file).getroot().iter("testcase"):
            if case.find("failure") is not None:
                failed += 1
                names.append(f"{case.get('classname')}.{case.get('name')}")
            elif case.get("status") != "run" or case.get("result") in ("skipped", "suppressed"):
                skipped += 1
            else:
                passed += 1
        found[file.stem] = (passed, failed, skipped, names)
    return found


def main():
    results = pathlib.Path(sys.argv[1])
    passed = failed = skipped = 0
    complaints = []
    steps = results / "steps"
    for line in steps.read_text().splitlines() if steps.exists() else []:
        _, name, outcome = line.split()
        passed += outcome == "passed"
        failed += outcome == "failed"
        if outcome == "failed":
            complaints.append(f"step {name}")
    for junit in sorted(results.glob("*.junit.xml")):
        preset = junit.name.split(".")[0]
        programs = google_tests(results / preset)
        for case in xml.parse(junit).getroot().iter("testcase"):
            name = case.get("name")
            cases = programs.get(name, (0, 0, 0, []))
            passed += cases[0]
            failed += cases[1]
            skipped += cases[2]
            complaints += [f"{preset}: {one}" for one in cases[3]]
            ok = case.get("status") == "run" and case.find("failure") is None
            # A program that crashed, or that is no GoogleTest program, counts by itself.
            if not ok and cases[1] == 0:
                failed += 1
                complaints.append(f"{preset}: {name}")
            elif ok and cases[0] == 0:
                passed += 1
    for complaint in complaints:
        print(f"FAILED {complaint}")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or passed == 0 else 0


sys.exit(main())
