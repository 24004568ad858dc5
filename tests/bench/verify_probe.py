#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Asks a card by PC/SC, as any other program could, whether its PIN is verified: VERIFY without data (ISO 7816-4).
Usage: verify_probe.py READER REFERENCE     prints the two status bytes: 9000 while unlocked, 63cN with N tries left when locked"""
import ctypes
import sys

SYSTEM, SHARED, ANY_PROTOCOL, LEAVE = (ctypes.c_ulong(value) for value in (2, 2, 3, 0))
PCSC = ctypes.CDLL("libpcsclite.so.1")


def call(name, *arguments):
    code = getattr(PCSC, name)(*arguments)
    if code != 0:
        sys.exit(f"{name}: {code & 0xffffffff:#x}")


def main(reader, reference):
    context, card, protocol = ctypes.c_long(), ctypes.c_long(), ctypes.c_ulong()
    call("SCardEstablishContext", SYSTEM, None, None, ctypes.byref(context))
    call("SCardConnect", context, reader.encode(), SHARED, ANY_PROTOCOL, ctypes.byref(card), ctypes.byref(protocol))
    header = (ctypes.c_ulong * 2)(protocol.value, 16)
    command = bytes([0x00, 0x20, 0x00, int(reference, 16)])
    answer, size = ctypes.create_string_buffer(258), ctypes.c_ulong(258)
    call("SCardTransmit", card, ctypes.byref(header), command, ctypes.c_ulong(len(command)), None, answer, ctypes.byref(size))
    print(answer.raw[size.value - 2:size.value].hex())
    call("SCardDisconnect", card, LEAVE)
    call("SCardReleaseContext", context)


if __name__ == "__main__":
    main(*sys.argv[1:])
