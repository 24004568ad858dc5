# SPDX-License-Identifier: Apache-2.0
"""Two servers that become two regions of one organisation, each with a store of its own."""
import os
import shutil

from .process import run

UIDS = ("2010000000-2019999999", "2020000000-2029999999")


def make_regions(*named):
    """Of (name, server), two of them, before anybody has registered. Clients then trust the authorities of both."""
    (_, first), *_ = named
    keys = {}
    for name, server in named:
        server.stop()
        if server is not first:
            shutil.copy(f"{first.directory}/ake.key", f"{server.directory}/ake.key")
        with open(server.config, encoding="utf-8") as file:
            text = file.read().replace("region = story", f"region = {name}")
        with open(server.config, "w", encoding="utf-8") as file:
            file.write(f"{text}[secrets]\nrelocation_key_file = {server.directory}/relocation.key\n")
        run([server.program, "--config", server.config, "--init-secrets"])
        keys[name] = run([server.program, "--config", server.config, "--show-region-key"]).stdout.strip()
    authorities = os.path.join(first.world.directory, "authorities.pem")
    with open(authorities, "w", encoding="utf-8") as file:
        for _, server in named:
            with open(server.ca_file, encoding="utf-8") as one:
                file.write(one.read())
    for (name, server), uids in zip(named, UIDS):
        others = " ".join(f"{other}={there.url}#{keys[other]}" for other, there in named if other != name)
        with open(server.config, "a", encoding="utf-8") as file:
            file.write(f"[regions]\nothers = {others}\nuids = {uids}\nca_file = {authorities}\n")
        server.ca_file = authorities
        server.start()
