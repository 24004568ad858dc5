#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Adds up what `check` ran: GoogleTest cases from their XML files, other ctest entries from JUnit, and build steps.
A test that failed counts as what it came to when it was run once more, alone. Prints the failed ones, those that passed only then,
and the closing line; exit code 1 when anything failed or nothing ran."""
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


def cases_of(results, run):
    """name of the test -> (its entry in JUnit, what its GoogleTest cases came to)"""
    junit = results / f"{run}.junit.xml"
    programs = google_tests(results / run)
    cases = xml.parse(junit).getroot().iter("testcase") if junit.exists() else []
    return {case.get("name"): (case, programs.get(case.get("name"), (0, 0, 0, []))) for case in cases}


def has_passed(case):
    return case.get("status") == "run" and case.find("failure") is None


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
        if junit.name != f"{preset}.junit.xml":
            continue
        again = cases_of(results, f"{preset}.again")
        for name, (case, programs) in cases_of(results, preset).items():
            if name in again and not has_passed(case):
                case, programs = again[name]
                if has_passed(case):
                    print(f"PASSED only when run once more, alone: {preset}: {name}")
            passed += programs[0]
            failed += programs[1]
            skipped += programs[2]
            complaints += [f"{preset}: {one}" for one in programs[3]]
            # A program that crashed, or that is no GoogleTest program, counts by itself.
            if not has_passed(case) and programs[1] == 0:
                failed += 1
                complaints.append(f"{preset}: {name}")
            elif has_passed(case) and programs[0] == 0:
                passed += 1
    for complaint in complaints:
        print(f"FAILED {complaint}")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or passed == 0 else 0


sys.exit(main())
