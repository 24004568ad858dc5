#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the C++ source of the compiled catalogue (core/text/catalogue_data.h) from po files.
Usage: make_catalogue.py --output FILE [--only SOURCE]... [--pseudo POT] PO...
--only keeps the texts of these source files: what a small program needs. --pseudo adds the language “qps”, in which every
text of the POT file stands between ⟦ and ⟧, to show what is not in the catalogue."""
import argparse
import pathlib
import re
import struct
import subprocess


def messages(po, only):
    """[(English, [forms])] and the header of a po file, read from what msgfmt makes of it: fuzzy entries are left out."""
    text = pathlib.Path(po).read_bytes()
    if only:
        locations = [argument for source in only for argument in ("-N", source)]
        text = subprocess.run(["msggrep", *locations, str(po)], check=True, stdout=subprocess.PIPE).stdout
    mo = subprocess.run(["msgfmt", "--check", "--output-file=-", "-"], input=text, check=True, stdout=subprocess.PIPE).stdout
    magic, _, count, ids, texts = struct.unpack("<5I", mo[:20])
    if magic != 0x950412DE:
        raise SystemExit(f"{po}: msgfmt wrote something unknown")

    def string(table, index):
        size, offset = struct.unpack_from("<2I", mo, table + 8 * index)
        return mo[offset:offset + size]
    pairs = [(string(ids, i).split(b"\0")[0], string(texts, i)) for i in range(count)]
    header = dict(pairs).get(b"", b"").decode()
    return [pair for pair in pairs if pair[0]], header


def pseudo(pot, only):
    """Each text of the pot file, made recognisable: “⟦Wrong PIN.⟧”. Blanks at the ends stay at the ends."""
    filled = subprocess.run(["msgen", str(pot)], check=True, stdout=subprocess.PIPE).stdout
    temporary = subprocess.run(["msgconv", "-t", "UTF-8", "-"], input=filled, check=True, stdout=subprocess.PIPE).stdout
    copy = re.sub(rb"Plural-Forms: [^\\]*\\n", b"", temporary)
    path = pathlib.Path(ARGUMENTS.output).with_suffix(".pseudo.po")
    path.write_bytes(copy.replace(b'"Content-Transfer-Encoding: 8bit\\n"', b'"Content-Transfer-Encoding: 8bit\\n"\n'
                                  b'"Plural-Forms: nplurals=2; plural=(n != 1);\\n"'))
    pairs, header = messages(path, only)

    def marked(text):
        inner = text.strip(" ")
        before, after = text[:len(text) - len(text.lstrip(" "))], text[len(text.rstrip(" ")):]
        return before + "⟦" + inner + "⟧" + after
    return [(key, "\0".join(marked(form) for form in value.decode().split("\0")).encode()) for key, value in pairs], header


def plural_function(code, header):
    rule = re.search(r"plural=([^;]*);", header)
    expression = rule.group(1).strip() if rule else "0"
    if not re.fullmatch(r"[n0-9 ()!=<>%&|?:]+", expression):
        raise SystemExit(f"{code}: Plural-Forms holds what does not belong there")
    return f"unsigned plural_{code}([[maybe_unused]] unsigned long n) {{ return static_cast<unsigned>({expression}); }}\n"


def literal(data):
    """A C++ string literal in pieces. Octal, so that no digit that follows can be taken for a part of an escape."""
    def one(byte):
        return chr(byte) if 0x20 <= byte < 0x7F and byte not in b'"\\?' else f"\\{byte:03o}"
    lines = [data[i:i + 80] for i in range(0, len(data), 80)] or [b""]
    return "\n".join('    "' + "".join(map(one, line)) + '"' for line in lines)


def language(code, pairs, header):
    blob, entries = bytearray(), []
    for english, text in sorted(pairs):
        entries.append((len(blob), len(english), len(blob) + len(english), len(text)))
        blob += english + text
    rows = "".join("    {%d, %d, %d, %d},\n" % entry for entry in entries)
    # An array of no elements does not exist.
    rows = rows or "    {0, 0, 0, 0},\n"
    return (f"constexpr char texts_{code}[] =\n{literal(bytes(blob))};\n\n"
            f"constexpr CatalogueEntry entries_{code}[] = {{\n{rows}}};\n\n" + plural_function(code, header) + "\n"), len(entries)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--output", required=True)
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--pseudo")
    parser.add_argument("po", nargs="+")
    global ARGUMENTS
    ARGUMENTS = parser.parse_args()
    languages = [(pathlib.Path(po).stem, *messages(po, ARGUMENTS.only)) for po in ARGUMENTS.po]
    if ARGUMENTS.pseudo:
        languages.append(("qps", *pseudo(ARGUMENTS.pseudo, ARGUMENTS.only)))
    body, table = "", ""
    for code, pairs, header in languages:
        if not re.fullmatch(r"[a-z]{2,3}", code):
            raise SystemExit(f"{code}: the name of a po file is the code of a language")
        source, count = language(code, pairs, header)
        body += source
        table += f'    {{"{code}", texts_{code}, entries_{code}, {count}, plural_{code}}},\n'
    pathlib.Path(ARGUMENTS.output).write_text(
        "// SPDX-License-Identifier: Apache-2.0\n// Made by po/make_catalogue.py; do not edit.\n"
        '#include "core/text/catalogue_data.h"\n\nnamespace cardea::text {\nnamespace {\n\n' + body + "}  // namespace\n\n"
        f"const LanguageData kLanguages[] = {{\n{table}}};\nconst std::size_t kLanguageCount = {len(languages)};\n\n"
        "}  // namespace cardea::text\n")


main()
