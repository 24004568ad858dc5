#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes unicode_tables.cpp from the Unicode Character Database (Debian: unicode-data).
Usage: unicode_tables.py DIRECTORY OUTPUT"""
import pathlib
import re
import sys


def fields(directory, name):
    for line in (directory / name).read_text(encoding="utf-8").splitlines():
        line = line.split("#")[0].strip()
        if line:
            yield [field.strip() for field in line.split(";")]


def code_range(text):
    first, _, last = text.partition("..")
    return range(int(first, 16), int(last or first, 16) + 1)


def sequence(text):
    return [int(point, 16) for point in text.split()]


class Database:
    def __init__(self, directory):
        header = (directory / "CaseFolding.txt").read_text(encoding="utf-8").splitlines()[0]
        self.version = re.search(r"-(\d+\.\d+)\.\d+\.txt", header)[1]
        self.assigned, self.classes, self.decompositions, self.canonical, self.folds = set(), {}, {}, {}, {}
        first = 0
        for row in fields(directory, "UnicodeData.txt"):
            point = int(row[0], 16)
            if row[1].endswith(", First>"):
                first = point
                continue
            points = range(first, point + 1) if row[1].endswith(", Last>") else [point]
            if row[2] != "Cs":
                self.assigned.update(points)
            if row[3] != "0":
                self.classes[point] = int(row[3])
            if row[5]:
                self.decompositions[point] = sequence(re.sub(r"^<\w+> ", "", row[5]))
                if not row[5].startswith("<"):
                    self.canonical[point] = self.decompositions[point]
        for row in fields(directory, "CaseFolding.txt"):
            if row[1] in "CF":
                self.folds[int(row[0], 16)] = sequence(row[2])
        self.excluded = set()
        for row in fields(directory, "DerivedNormalizationProps.txt"):
            if row[1] == "Full_Composition_Exclusion":
                self.excluded.update(code_range(row[0]))

    def expand(self, point, fold):
        """What one code point becomes, to the end: its fold if it has one, else its compatibility decomposition."""
        mapped = (self.folds.get(point) if fold else None) or self.decompositions.get(point)
        if mapped is None:
            return [point]
        return [last for part in mapped for last in self.expand(part, fold)]


def ranges(values):
    """Neighbours with the same value as (first, last, value)."""
    out = []
    for point, value in sorted(values.items()):
        if out and out[-1][1] == point - 1 and out[-1][2] == value:
            out[-1][1] = point
        else:
            out.append([point, point, value])
    return out


class Pool:
    def __init__(self):
        self.points, self.known = [], {}

    def place(self, points):
        key = tuple(points)
        if key not in self.known:
            self.known[key] = len(self.points)
            self.points.extend(points)
        return self.known[key]


def table(kind, name, rows):
    rows = ["{" + ", ".join(str(item) for item in row) + "}," if isinstance(row, (list, tuple)) else f"{row}," for row in rows]
    lines = [" ".join(rows[i:i + 8]) for i in range(0, len(rows), 8)]
    return [f"constexpr {kind} {name}_data[] = {{"] + lines + ["};", f"const std::span<const {kind}> {name}({name}_data);"]


def main():
    directory, output = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    database = Database(directory)
    pool = Pool()
    compatible, folded = [], []
    for point in sorted(database.decompositions.keys() | database.folds.keys()):
        plain, fold = database.expand(point, False), database.expand(point, True)
        if plain != [point]:
            compatible.append((point, pool.place(plain), len(plain)))
        if fold != [point]:
            folded.append((point, pool.place(fold), len(fold)))
    pairs = sorted((*parts, point) for point, parts in database.canonical.items() if len(parts) == 2 and point not in database.excluded)
    lines = ["// Made by core/crypto/portable/unicode_tables.py.", '#include "core/crypto/portable/unicode_tables.h"', "",
             "namespace cardea::crypto::portable {", f'const std::string_view kUnicodeVersion = "{database.version}";']
    lines += table("ClassRange", "kAssigned", ranges(dict.fromkeys(database.assigned, 0)))
    lines += table("ClassRange", "kCombiningClasses", ranges(database.classes))
    lines += table("char32_t", "kSequences", pool.points)
    lines += table("Mapping", "kCompatible", compatible)
    lines += table("Mapping", "kFolded", folded)
    lines += table("Pair", "kComposed", pairs)
    lines += ["}  // namespace cardea::crypto::portable", ""]
    output.write_text("\n".join(lines), encoding="ascii")


if __name__ == "__main__":
    main()
