# SPDX-License-Identifier: Apache-2.0
"""cardea-server over HTTPS and SQLite with a small certificate authority of its own, and a tap that writes down what
travels inside TLS."""
import os
import re
import select
import socket
import ssl
import threading

from .private_etc import write
from .process import Broken, Process, run

FIRST_PORT = 8443  # in the story's own network namespace, where nobody else listens


class Server:
    """The server of a story. `url` leads through the tap when there is one; `disk` is a disk of its own for the database."""

    def __init__(self, world, *, name="server", port=FIRST_PORT, tap=False, disk=None, clock=None):
        self.world = world
        self.name = name
        self.directory = os.path.join(world.directory, name)
        os.mkdir(self.directory, 0o700)
        self.port = port
        self._environment = {**os.environ, **clock.environment} if clock else None
        self.tap = Tap(self, port + 1000) if tap else None
        self.url = f"https://localhost:{self.tap.port if tap else port}"
        self.ca_file = os.path.join(self.directory, "ca.pem")
        self.database = os.path.join(disk.path if disk else self.directory, "cardea.db")
        self.config = os.path.join(self.directory, "server.conf")
        write(self.config, f"""\
[server]
listen = 127.0.0.1:{port}
certificate = {self.directory}/server.pem
private_key = {self.directory}/server.key
public_url = {self.url}
region = story
log_level = debug
[store]
url = sqlite://{self.database}
[secrets]
oprf_seed_file = {self.directory}/oprf.seed
ake_key_file = {self.directory}/ake.key
checkpoint_key_file = {self.directory}/checkpoint.key
[limits]
guesses_per_prefix = 5000
""", 0o600)
        self.program = world.program("cardea-server")
        run([self.program, "--config", self.config, "--init-secrets", "--init-certificate", "localhost"])
        if self.tap:
            self.tap.start()
        self.start()

    def start(self):
        log = os.path.join(self.directory, f"{self.name}.log")
        self.process = self.world.owns(Process(self.name, [self.program, "--config", self.config], log, env=self._environment))
        self.process.wait_ready(self.answers)

    def answers(self):
        context = ssl.create_default_context(cafile=self.ca_file)
        try:
            with socket.create_connection(("127.0.0.1", self.port), 2) as plain:
                with context.wrap_socket(plain, server_hostname="localhost") as line:
                    line.sendall(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                    return b" 200 " in line.recv(4096)
        except OSError:
            return False

    def stop(self):
        status = self.process.stop()
        if status != 0:
            raise Broken(f"cardea-server ended with {status} on SIGTERM\n{self.process.log_text()[-2000:]}")

    def sql(self, query):
        """A look into the database, as a reader of the story may take one."""
        return run(["sqlite3", "-readonly", self.database, query]).stdout

    def changes(self, command):
        """What a story can't do with the programs at hand is done to the database."""
        run(["sqlite3", "-cmd", ".timeout 10000", self.database, command])


class Tap:
    """Ends TLS with the server's own certificate, writes what passes to trace.http, and goes on to the server by TLS. While
    `loses_answers`, the first answer to each write that may be repeated is lost, and the connection with it."""

    def __init__(self, server, port):
        self._server = server
        self.port = port
        self.trace = os.path.join(server.directory, "trace.http")
        self.loses_answers = False
        self.lost = []  # (first line of the request, what tells it from others)

    def start(self):
        directory = self._server.directory
        self._towards_client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._towards_client.load_cert_chain(f"{directory}/server.pem", f"{directory}/server.key")
        self._towards_server = ssl.create_default_context(cafile=f"{directory}/ca.pem")
        self._trace = open(self.trace, "ab", buffering=0)
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            client, _ = self._listener.accept()
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        try:
            inner = self._towards_client.wrap_socket(client, server_side=True)
            outer = self._towards_server.wrap_socket(socket.create_connection(("127.0.0.1", self._server.port)),
                                                     server_hostname="localhost")
        except OSError:
            client.close()  # as a server that is down: the client sees its connection end
            return
        with inner, outer:
            try:
                loses = False
                while (loses := self._pass_on(inner, outer, loses)) is not None:
                    pass
            except OSError:
                pass  # one side is gone: both are closed

    def _must_lose(self, request):
        """Once for each request with an Idempotency-Key, and once for each holder, which is put again as it is. A record is not: its
        If-Match fits only once, and the person is told."""
        line = request.split(b"\r\n", 1)[0]
        name = rb"content-digest" if line.startswith(b"PUT ") and b"/holders" in line else rb"idempotency-key"
        key = re.search(rb"^" + name + rb": *(\S+)", request, re.IGNORECASE | re.MULTILINE)
        if not self.loses_answers or key is None or (line, key[1]) in self.lost:
            return False
        self.lost.append((line, key[1]))
        return True

    def _pass_on(self, one, other, loses):
        """Waits for data at either side and passes it on. Returns whether the next answer is to be lost, None at the end. One
        thread for both directions, because a TLS connection must not be read and written at the same time."""
        if not (one.pending() or other.pending()):
            select.select([one, other], [], [])
        for source, target in ((one, other), (other, one)):
            source.settimeout(0)
            try:
                data = source.recv(65536)
            except ssl.SSLWantReadError:
                continue  # nothing, or nothing for us, such as a session ticket
            if not data or (loses and source is other):
                return None
            if source is one and self._must_lose(data):
                loses = True
            self._trace.write(data)
            target.settimeout(30)
            target.sendall(data)
        return loses
