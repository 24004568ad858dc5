#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes access-key.json from docs/spec/access-key.md alone: hashlib and hmac, no code of Cardea.

Usage: tests/vectors/make_access_key_vectors.py > tests/vectors/access-key.json
"""
import hashlib
import hmac
import json
import sys

CHAIN_LENGTH = 1000
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def kdf(secret, label, context=b""):
    """HKDF-SHA256 without salt, one block (RFC 5869)."""
    pseudorandom_key = hmac.new(bytes(32), secret, hashlib.sha256).digest()
    return hmac.new(pseudorandom_key, label.encode() + context + b"\x01", hashlib.sha256).digest()


def chain(seed, context):
    """All keys; the list index is the key's number."""
    key = kdf(seed, "cardea/v1/access-key", context)[:15]
    keys = [key]
    for number in range(CHAIN_LENGTH, 0, -1):
        data = b"cardea/v1/access-key-step" + context + number.to_bytes(2, "big") + key
        key = hashlib.sha256(data).digest()[:15]
        keys.append(key)
    return keys[::-1]


def check(key, context):
    return hashlib.sha256(b"cardea/v1/access-key-check" + context + key).digest()


def multiply(a, b):
    """In GF(32) = GF(2)[x] / (x^5 + x^2 + 1)."""
    product = 0
    for bit in range(5):
        if b >> bit & 1:
            product ^= a << bit
    for bit in range(8, 4, -1):
        if product >> bit & 1:
            product ^= 0b100101 << (bit - 5)
    return product


def typed(secret):
    value = int.from_bytes(secret, "big")
    count = len(secret) * 8 // 5
    symbols = [value >> 5 * (count - 1 - i) & 31 for i in range(count)]
    groups = []
    for place in range(count // 4):
        group = symbols[4 * place:4 * place + 4]
        total = place + 1
        for weight, symbol in zip((2, 4, 8, 16), group):
            total ^= multiply(weight, symbol)
        groups.append("".join(ALPHABET[s] for s in group + [total]))
    return "-".join(groups)


def swapped(text, pairs):
    table = {}
    for a, b in pairs:
        table[a], table[b] = b, a
    return "".join(table.get(c, c) for c in text)


def replaced(text, table):
    return "".join(table.get(c, c) for c in text)


AZERTY = [("A", "Q"), ("Z", "W")]
SHIFTED = dict(zip("1234567890", "!@#$%^&*()")) | {"-": "6"}
UNSHIFTED = dict(zip("1234567890", "&é\"'(-è_çà")) | {"-": ")"}


def readings(text):
    """What may be typed or read for `text`."""
    french = swapped(text, AZERTY)
    return {
        "lower case": text.lower(),
        "no separators": text.replace("-", ""),
        "blanks everywhere": " " + " ".join(text.replace("-", "")) + " ",
        "letters for digits": text.replace("0", "o").replace("1", "l"),
        "capital letters for digits": text.replace("0", "O").replace("1", "I"),
        "dashes": text.replace("-", "\u2013"),
        "qwertz": swapped(text, [("Y", "Z")]).replace("-", "/"),
        "qwertz, the other way": swapped(text, [("Y", "Z")]).replace("-", "ß"),
        "azerty": french.replace("M", ";"),
        "azerty, read as us": replaced(french.replace("M", ";"), SHIFTED).lower(),
        "azerty, typed on us": replaced(french.replace("M", ","), UNSHIFTED).lower(),
    }


def bytes_of(name, size):
    """Known bytes that look random."""
    return hashlib.shake_256(b"access-key vector " + name.encode()).digest(size)


def vector(name, generation):
    computer, user = bytes_of(name + " computer", 32), bytes_of(name + " user", 16)
    client, server = bytes_of(name + " client", 32), bytes_of(name + " server", 32)
    seed = kdf(client + server, "cardea/v1/access-key-seed")
    context = computer + user + generation.to_bytes(4, "big")
    keys = chain(seed, context)
    numbers = [0, 1, 2, 63, 64, 65, 500, 999, 1000]
    return {
        "name": name, "computer": computer.hex(), "user": user.hex(), "generation": generation,
        "client_random": client.hex(), "server_random": server.hex(), "seed": seed.hex(),
        "login_seed": kdf(keys[0], "cardea/v1/access-key-login").hex(),
        "keys": [{"index": n, "key": keys[n].hex(), "check": check(keys[n], context).hex(),
                  "typed": typed(keys[n])} for n in numbers],
        "all_keys_sha256": hashlib.sha256(b"".join(keys)).hexdigest(),
    }


def main():
    chains = [vector("first", 1), vector("another user", 1), vector("high generation", 0xFFFFFFFF)]
    forms = []
    for secret in [bytes(15), b"\xff" * 15, bytes(range(15)), bytes.fromhex("3ca1f7bbffde9eb5a0d26b18a4f0e1")]:
        forms.append({"secret": secret.hex(), "typed": typed(secret), "readings": readings(typed(secret))})
    for number in range(1, 41):
        secret = bytes_of(f"form {number}", 15)
        forms.append({"secret": secret.hex(), "typed": typed(secret), "readings": readings(typed(secret))})
    sheets = [{"secret": s.hex(), "typed": typed(s)} for s in (bytes(20), b"\xff" * 20, bytes_of("sheet", 20))]
    json.dump({"chains": chains, "forms": forms, "sheets": sheets}, sys.stdout, indent=1, ensure_ascii=False)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
