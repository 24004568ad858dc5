#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""HTTPS servers for the tests under Wine, good and bad ones, on loopback and ports of the system's choice.

    https_test_server.py PROGRAM ARGUMENT...

runs the program with CARDEA_TEST_SERVERS naming a folder that holds `ports` (lines "NAME PORT") and `authority.der`, the authority
of the good certificates. The servers are threads of this process and end with it. What a server does is the first word of the path
(behaviours below); what it has seen is asked at the port `control`."""
import collections
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import warnings

import test_certificates

MAX_REQUEST = 1 << 20
FRESH = 8  # servers that no test has asked yet: Wine keeps connections beyond the session that made them
SLOW = 1.2  # seconds before "slow" answers
LATE = 1.5  # seconds before "late" begins to handshake
OK = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 7\r\nETag: "3"\r\n\r\n{"a":1}'

seen = collections.Counter()  # "requests NAME" of whole requests by the second word of the path, "connections PORT"
lock = threading.Lock()
released = [0]  # how often release() was called; it ends what drips, too
held = []  # connections that wait for release()


def answer(status, *headers, body=b""):
    return b"\r\n".join([b"HTTP/1.1 " + status, *headers, b"", body])


# What is answered word for word; the connection ends afterwards.
LITERAL = {
    "redirect": answer(b"302 Found", b"Location: https://127.0.0.1:1/", b"Content-Length: 0"),
    "gzip": answer(b"200 OK", b"Content-Encoding: gzip", b"Content-Length: 2", body=b"{}"),
    "te-gzip": answer(b"200 OK", b"Transfer-Encoding: gzip", body=b"{}"),
    "no-length": answer(b"200 OK", body=b'{"a":1}'),
    "bad-length": answer(b"200 OK", b"Content-Length: x", body=b"{}"),
    "two-lengths": answer(b"200 OK", b"Content-Length: 2", b"Content-Length: 7", body=b'{"a":1}'),
    "too-long": answer(b"200 OK", b"Content-Length: 1048577", body=b"{}"),
    "status-999": answer(b"999 Odd", b"Content-Length: 2", body=b"{}"),
    "status-101": answer(b"101 Switch", b"Content-Length: 2", body=b"{}"),
    "garbage": b"garbage\r\n\r\n",
    "huge-head": b"HTTP/1.1 200 OK\r\n" + b"x" * 200_000,
    "truncated": answer(b"200 OK", b"Content-Length: 10", body=b'{"a":1'),
    "once": OK,
}
# After these it goes on.
KEPT = {
    "ok": OK,
    "chunked": answer(b"200 OK", b"Transfer-Encoding: chunked", body=b'3\r\n{"a\r\n4\r\n":1}\r\n0\r\n\r\n'),
    "none": answer(b"204 No Content"),
    "denied": answer(b"401 Unauthorized", b"WWW-Authenticate: Basic realm=a", b"WWW-Authenticate: Negotiate", b"Content-Length: 2", body=b"{}"),
    "away": answer(b"503 Service Unavailable", b"Content-Length: 2", body=b"{}"),
    "refused": answer(b"403 Forbidden", b"Content-Length: 2", body=b"{}"),
    "cookie": answer(b"200 OK", b"Set-Cookie: a=b; Path=/", b"Content-Length: 2", body=b"{}"),
    "head": answer(b"200 OK", b"Content-Length: 77"),
}
DRIPS = {  # what comes at once, and what comes byte by byte for ever
    "drip-head": (b"HTTP/1.1 200 OK\r\n", b"X-Drip: 1\r\n"),
    "drip-body": (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"x"),
    "continues": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
}


def read_request(connection):
    """head and body of the next request; empty when the client has gone, or only a part of one has come"""
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(4096)
        if not part or len(data) > MAX_REQUEST:
            return b""
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        part = connection.recv(4096)
        if not part:
            return b""
        body += part
    return head + b"\r\n\r\n" + body


def wait_for_end(connection):
    connection.settimeout(60)
    while connection.recv(4096):
        pass


def drip(connection, at_once, text):
    connection.sendall(at_once)
    until, i = released[0], 0
    while released[0] == until:
        connection.sendall(text[i % len(text):][:1])
        time.sleep(0.02)
        i += 1


def endless(connection):
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"1000\r\n" + b"x" * 4096 + b"\r\n")


def behave(connection, request):
    """true when another request may follow"""
    target = request.split(b" ")[1].decode()
    word, name = (target.split("?")[0] + "//").split("/")[1:3]
    with lock:
        seen["requests " + name] += 1
        count = seen["requests " + name]
    if word in LITERAL:
        connection.sendall(LITERAL[word])
        return False
    if word in KEPT:
        connection.sendall(KEPT[word])
        return True
    if word == "echo":
        connection.sendall(answer(b"200 OK", b"Content-Length: %d" % len(request), body=request))
        return True
    if word in DRIPS:
        drip(connection, *DRIPS[word])
    elif word == "lose-first" and count > 1:
        connection.sendall(OK)
        return True
    elif word == "lose-second" and count != 2:
        connection.sendall(OK)
        return True
    elif word == "slow":
        time.sleep(SLOW)
        connection.sendall(OK)
        return True
    elif word == "silent":
        wait_for_end(connection)
    elif word == "endless":
        endless(connection)
    return False  # lose, lose-first, lose-second: not a word


def converse(connection):
    while request := read_request(connection):
        if not behave(connection, request):
            return


def control(connection):
    while request := read_request(connection):
        kind, name = request.split(b" ")[1].decode().split("/")[1:3]
        with lock:
            body = b"%d" % seen[kind + " " + name]
        connection.sendall(answer(b"200 OK", b"Content-Length: %d" % len(body), body=body))


def plain(connection):
    if b"HTTP" in connection.recv(4096):
        with lock:
            seen["requests in-the-clear"] += 1
    connection.sendall(OK)


def hold(connection):
    """accepts and says nothing, until release()"""
    with lock:
        held.append(connection)


def release(file):
    """ends what is held whenever the tests make this file, and takes it away"""
    while True:
        if file.exists():
            with lock:
                released[0] += 1
                while held:
                    held.pop().close()
            file.unlink()
        time.sleep(0.02)


def serve(name, listener, context, handler):
    def one(connection):
        try:
            if name == "late":
                time.sleep(LATE)
            if context:
                connection = context.wrap_socket(connection, server_side=True)
            handler(connection)
            if context:
                connection.settimeout(0.02)  # says that it ends, and does not wait for the same word
                connection.unwrap()
        except (OSError, ValueError):
            pass
        finally:
            if handler is not hold:
                connection.close()

    while True:
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with lock:
            seen["connections " + name] += 1
        threading.Thread(target=one, args=(connection,), daemon=True).start()


def tls(files, old=False):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if old:
        warnings.simplefilter("ignore", DeprecationWarning)
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.load_cert_chain(*files)
    return context


def start(directory):
    authority, stranger = test_certificates.Authority(directory, "authority"), test_certificates.Authority(directory, "stranger")
    good, day = authority.issue("good"), 86400
    servers = {
        "good": (tls(good), converse),
        "second": (tls(good), converse),
        **{f"fresh-{i}": (tls(good), converse) for i in range(FRESH)},
        "control": (tls(good), control),
        "late": (tls(good), converse),
        "old": (tls(good, old=True), converse),
        "stranger": (tls(stranger.issue("by-stranger")), converse),
        "self-signed": (tls(stranger.files), converse),
        "expired": (tls(authority.issue("expired", begins=-2 * day, ends=-day)), converse),
        "early": (tls(authority.issue("early", begins=day, ends=2 * day)), converse),
        "other-name": (tls(authority.issue("other", names=["other.example"], addresses=["127.0.0.2"])), converse),
        "plain": (None, plain),
        "mute": (None, hold),
        "drip-handshake": (None, lambda connection: drip(connection, b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc", b"x")),
        "closing": (None, lambda connection: None),
    }
    (directory / "authority.der").write_bytes(authority.der)
    lines = []
    for name, (context, handler) in servers.items():
        listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        lines.append(f"{name} {listener.getsockname()[1]}\n")
        threading.Thread(target=serve, args=(name, listener, context, handler), daemon=True).start()
    threading.Thread(target=release, args=(directory / "release",), daemon=True).start()
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        lines.append(f"nobody {nobody.getsockname()[1]}\n")
    (directory / "ports").write_text("".join(lines))


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # by way of what is cleaned up
    with tempfile.TemporaryDirectory(prefix="cardea-https-") as directory:
        start(pathlib.Path(directory))
        return subprocess.run(sys.argv[1:], env=os.environ | {"CARDEA_TEST_SERVERS": directory}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
