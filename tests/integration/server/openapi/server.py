# SPDX-License-Identifier: Apache-2.0
"""A real cardea-server with private files, on loopback, for as long as the with statement lasts."""
import os
import signal
import socket
import subprocess
import urllib.request

from client import Client
from document import Broken


class Server:
    """`guest_computer`: the id of a computer at which every cardholder may be a guest. `region`: the relocation key, as text, of
    another region, "south", at which nobody answers."""

    def __init__(self, program, directory, guest_computer, portal="off", region=None):
        self._directory = directory
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{free.getsockname()[1]}"
        config = os.path.join(directory, "server.conf")
        secrets = "".join(f"{name} = {directory}/{name}\n" for name in ("oprf_seed_file", "ake_key_file", "checkpoint_key_file", "relocation_key_file"))
        regions = f"[regions]\nothers = south=https://127.0.0.1:1#{region}\nuids = 2010000000-2019999999\n" if region else ""
        with open(os.open(config, os.O_CREAT | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
            file.write(f"[server]\nregion = north\nlisten = {address}\npublic_url = https://{address}\ncertificate = {directory}/cert.pem\nprivate_key = {directory}/key.pem\n"
                       f"portal = {portal}\n[store]\nurl = sqlite://{directory}/cardea.db\n[metrics]\nlisten = 127.0.0.1:0\n"
                       f"[secrets]\n{secrets}[guests]\nopen_to = {guest_computer}\n[servers]\nversion = 1\n"
                       f"urls = https://{address} https://127.0.0.1:2\nregions = north north\n{regions}")
        self._command = [program, "--config", config]
        subprocess.run([*self._command, "--init-secrets", "--init-certificate", "127.0.0.1"], check=True, stdout=subprocess.DEVNULL)

    def administer(self, program, *words):
        subprocess.run([program, "--config", self._command[-1], *words], check=True, stdout=subprocess.DEVNULL)

    def __enter__(self):
        self._process = subprocess.Popen(self._command, stderr=subprocess.PIPE, text=True)
        self.client = Client(self._port_after("listening on "), os.path.join(self._directory, "ca.pem"))
        self._metrics_port = self._port_after("metrics on ")
        return self

    def _port_after(self, words):
        for line in self._process.stderr:
            if words in line:
                return int(line.rsplit(":", 1)[1])
        raise Broken("the server did not start")

    def metrics(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self._metrics_port}/metrics", timeout=20) as reply:
            return reply.read().decode()

    def __exit__(self, *_):
        self._process.send_signal(signal.SIGTERM)
        self._process.communicate(timeout=20)
