# SPDX-License-Identifier: Apache-2.0
"""Access keys as a person mistypes them; written from docs/spec/access-key.md, independently of the program."""

SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def _times_a(value):
    """In GF(32) with x^5 + x^2 + 1."""
    value <<= 1
    return value ^ 0b100101 if value & 32 else value


def check_symbol(group, number):
    """The check symbol behind four symbols of group `number` = 0, 1, …"""
    total = 0
    for position, symbol in enumerate(group):
        value = SYMBOLS.index(symbol)
        for _ in range(position + 1):
            value = _times_a(value)
        total ^= value
    return SYMBOLS[total ^ (number + 1)]


def is_well_formed(key):
    groups = key.split("-")
    return len(groups) == 6 and all(len(group) == 5 and check_symbol(group[:4], number) == group[4] for number, group in enumerate(groups))


def raw(typed):
    """The bytes behind a typed key or sheet code: five bits of each symbol that is no check symbol, the highest first."""
    symbols = "".join(group[:4] for group in typed.split("-"))
    return sum(SYMBOLS.index(symbol) << 5 * place for place, symbol in enumerate(reversed(symbols))).to_bytes(len(symbols) * 5 // 8, "big")


def another_key(key):
    """A well-formed key that differs in one symbol and its check symbol."""
    groups = key.split("-")
    first = SYMBOLS[(SYMBOLS.index(groups[0][0]) + 1) % 32] + groups[0][1:4]
    return "-".join([first + check_symbol(first, 0), *groups[1:]])


def _readings(key):
    """As it stands, and as typed on a QWERTZ or AZERTY keyboard."""
    return key, key.translate(str.maketrans("YZ", "ZY")), key.translate(str.maketrans("AQZW", "QAWZ"))


def mistyped_key(key, group):
    """The key with one wrong symbol in that group (1 to 6); not one that is only another way to read the keyboard."""
    groups = key.split("-")
    old = groups[group - 1]
    for new in SYMBOLS:
        groups[group - 1] = old[0] + new + old[2:]
        typed = "-".join(groups)
        if not any(is_well_formed(reading) for reading in _readings(typed)):
            return typed
    raise ValueError(f"every symbol in group {group} makes a key")
