#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The whole main job with a tap inside TLS; then every file of server and computer, all that went over the network, and the memory
of daemon and server are searched for PINs, password, answer, access keys, sheet codes and the record's text."""
import os
import threading

from chapters import CHAPTERS, Cast, must
from harness.canary import search_files, search_memory
from harness.door import PIN, log_in, must_enter
from harness.story import story


def play(report, world):
    cast = Cast(world, tap=True)
    for chapter in CHAPTERS:
        chapter(report, cast)
    return cast


def search_while_logging_in(cast):
    """Looks for the PIN in the daemon's memory, again and again, while a slow card checks it. Returns (found, number of looks)."""
    pin = {"pin-second": cast.world.secrets["pin-second"]}
    found, looks = set(), 0
    cast.laptop.slot.order("delay", 500)
    login = {}
    person = threading.Thread(target=lambda: login.update(attempt=log_in(cast.laptop, "owner", (PIN, cast.new_card.secrets.pin))))
    person.start()
    while person.is_alive():
        names, _ = search_memory(pin, cast.daemon.process.pid)
        found.update(names)
        looks += 1
    person.join()
    cast.laptop.slot.order("delay", 0)
    must_enter(login["attempt"])
    return sorted(found), looks


def run(report, world):
    cast = play(report, world)
    secrets = world.secrets
    report.chapter("Nothing of it was written down anywhere")
    with report.step("the search finds what is there: a planted PIN, in a file and in memory"):
        planted = os.path.join(world.directory, "planted")
        with open(planted, "w", encoding="ascii") as file:
            file.write(f"x{cast.new_card.secrets.pin}y")
        must(search_files(secrets, planted)[0], "the planted PIN was not found")
        must("pin-second" in search_memory(secrets, os.getpid())[0], "the story's own memory holds the PIN, and it was not found")
    with report.step("the tap saw the requests as the server saw them"):
        with open(cast.server.tap.trace, "rb") as file:
            trace = file.read()
        for request in (b"POST /v1/registrations/finish", b"POST /v1/opaque/b/finish", b"POST /v1/cards/replace", b"PUT /v1/records/"):
            must(request in trace, f"{request} is not in the trace")
    with report.step("not in the memory of the daemon while a login is under way"):
        found, looks = search_while_logging_in(cast)
        must(looks >= 3, f"only {looks} looks")
        must(not found, f"found {found}")
    for name, process in (("the daemon", cast.daemon.process), ("the server", cast.server.process)):
        with report.step(f"not in the memory of {name} afterwards"):
            found, looked = search_memory(secrets, process.pid)
            must(looked > 1_000_000, f"only {looked} bytes")
            must(not found, f"found {found}")
    with report.step("not in the server's database, log and requests, nor in the computer's state and logs"):
        cast.daemon.stop()
        cast.server.stop()
        found, looked = search_files(secrets, cast.server.directory, cast.laptop.directory, os.path.join(world.directory, "elsewhere"))
        must(looked > 20, f"only {looked} files")
        must(not found, f"found {found}")


if __name__ == "__main__":
    story("no_secret_leaks", run)
