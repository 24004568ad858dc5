# SPDX-License-Identifier: Apache-2.0
"""The portal of a story's server, and a browser in front of it: portal_page.mjs drives Debian's Chromium."""
import json
import os
import subprocess

from .process import Broken

SCRIPT = os.path.join(os.path.dirname(__file__), "portal_page.mjs")


def serve_portal(server):
    """Starts the server again, with the portal as it was built."""
    folder = os.environ["PORTAL_OUT"]
    with open(server.config, encoding="utf-8") as file:
        text = file.read()
    with open(server.config, "w", encoding="utf-8") as file:
        file.write(text.replace("[store]", f"portal = {folder}\n[store]", 1))
    server.stop()
    server.start()


class PortalPage:
    """Use it as a context manager. Each method is a command of portal_page.mjs."""

    def __init__(self, world, url):
        home = os.path.join(world.directory, "browser")
        os.makedirs(home, exist_ok=True)
        self._child = subprocess.Popen(["node", SCRIPT, url, home], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._child.stdin.close()
        try:
            self._child.wait(20)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._child.stdout.close()

    def does(self, *words):
        self._child.stdin.write("\t".join(words) + "\n")
        self._child.stdin.flush()
        line = self._child.stdout.readline()
        if not line:
            raise Broken(f"the browser has ended with {self._child.wait()}")
        answer = json.loads(line)
        if "failed" in answer:
            raise Broken(answer["failed"])
        return answer
