# SPDX-License-Identifier: Apache-2.0
"""Looks for secrets where none may be: in files, and in the memory of a running program."""
import base64
import os
import re


def forms(secret):
    """A secret as it could have been written: as it is, without separators, in hexadecimal and both base64 alphabets at
    each of the three alignments. Text, or bytes such as those of a key."""
    raw = secret if isinstance(secret, bytes) else secret.encode()
    found = {raw, raw.hex().encode(), raw.hex().upper().encode()}
    if isinstance(secret, str):
        found.add(secret.encode("utf-16-le"))
        bare = re.sub(r"[-\s]", "", secret).encode()
        if len(bare) >= 8:
            found.add(bare)
    for shift in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            coded = encode(b"\0" * shift + raw + b"\0" * ((3 - (shift + len(raw)) % 3) % 3))
            # Only the characters that depend on the secret alone.
            inner = coded[-(-shift * 8 // 6):(shift + len(raw)) * 8 // 6]
            if len(inner) >= 8:
                found.add(inner)
    return found


def search_bytes(secrets, data):
    return [name for name, text in secrets.items() if any(form in data for form in forms(text))]


def search_files(secrets, *places):
    """Every file below the places that holds a secret: {path: [names of secrets]}. Also the number of files looked at."""
    found, looked = {}, 0
    for place in places:
        files = [place] if os.path.isfile(place) else [os.path.join(folder, name) for folder, _, names in os.walk(place) for name in names]
        for path in files:
            if not os.path.isfile(path):
                continue
            looked += 1
            with open(path, "rb") as file:
                names = search_bytes(secrets, file.read())
            if names:
                found[path] = names
    return found, looked


def search_memory(secrets, pid):
    """The names of secrets that stand in the readable memory of a process, and the number of bytes looked at."""
    found, looked = set(), 0
    with open(f"/proc/{pid}/maps", encoding="ascii", errors="replace") as maps, open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in maps:
            bounds, rights = line.split()[:2]
            if not rights.startswith("rw"):
                continue  # secrets are written, so they stand where the program may write
            start, end = (int(part, 16) for part in bounds.split("-"))
            try:
                memory.seek(start)
                data = memory.read(end - start)
            except OSError:
                continue  # gone since, or a page nobody may read
            looked += len(data)
            found.update(search_bytes(secrets, data))
    return sorted(found), looked
