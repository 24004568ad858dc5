# SPDX-License-Identifier: Apache-2.0
"""Servers that become servers of one store, with one set of secrets and a signed list of themselves."""
import os

from .private_etc import write


def share_store(*servers):
    """Before anybody has registered. The store and the secrets are the first one's; clients then trust the authorities of all."""
    first = servers[0]
    authorities = os.path.join(first.world.directory, "authorities.pem")
    text = ""
    for server in servers:
        server.stop()
        with open(server.ca_file, encoding="utf-8") as file:
            text += file.read()
    write(authorities, text)
    urls = " ".join(server.url for server in servers)
    regions = " ".join(server.name for server in servers)
    for server in servers:
        with open(server.config, encoding="utf-8") as file:
            text = file.read().replace(f"sqlite://{server.database}", f"sqlite://{first.database}")
        for secret in ("oprf.seed", "ake.key", "checkpoint.key"):
            text = text.replace(f"{server.directory}/{secret}", f"{first.directory}/{secret}")
        write(server.config, f"{text}[servers]\nversion = 1\nurls = {urls}\nregions = {regions}\n", 0o600)
        server.database = first.database
        server.ca_file = authorities
        server.start()
