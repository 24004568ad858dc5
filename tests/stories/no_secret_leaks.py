#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The whole main job with a tap inside TLS; then every file of server and computer, all that went over the network, and the memory
of daemon and server are searched for PINs, password, answer, access keys, sheet codes, the record's text and both root keys. At
the end they die by SIGABRT, and leave no core."""
import base64
import os
import resource
import signal
import threading

from chapters import CHAPTERS, Cast, must
from harness.canary import search_bytes, search_files, search_memory
from harness.door import PIN, log_in, must_enter
from harness.process import Process, run as run_program, wait_until
from harness.story import story
from harness.typed_key import raw

WORKING_DIRECTORY = "/"  # of the daemon


def learn_root_key(cast):
    """As the owner could: with his sheet and what the server keeps for it. Once for each epoch."""
    holder = cast.server.sql("select hex(user_id), epoch, hex(envelope) from holders where kind = 'sheet'").strip()
    if not holder:
        return
    user, epoch, envelope = holder.split("|")
    sheet = cast.world.secrets["sheet-code" if epoch == "1" else f"sheet-code-{epoch}"]
    opener = os.path.join(cast.world.build, "tests", "support", "cardea-sheet-opener")
    key = run_program([opener], stdin="\n".join((user, epoch, envelope, sheet)) + "\n").stdout.strip()
    cast.world.secret(f"root-key-{epoch}", bytes.fromhex(key))


def play(report, world):
    cast = Cast(world, tap=True)
    for chapter in CHAPTERS:
        chapter(report, cast)
        learn_root_key(cast)
    for name, text in list(world.secrets.items()):
        if name.startswith(("access-key", "sheet-code")):
            world.secret(f"{name}, its bytes", raw(text))
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


def abort(process):
    """SIGABRT to a process of the story; True when the kernel says that it dumped its core."""
    os.kill(process.pid, signal.SIGABRT)
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT).si_code == os.CLD_DUMPED


def may_dump(pid):
    with open(f"/proc/{pid}/limits", encoding="ascii") as file:
        return not any(line.split()[:6] == ["Max", "core", "file", "size", "0", "0"] for line in file)


def abort_all(report, cast):
    core = os.path.join(WORKING_DIRECTORY, "core")
    with report.step("a program without precautions leaves its core when it is aborted"):
        victim = cast.world.owns(Process("victim", ["env", "-C", cast.world.directory, "sleep", "600"], os.path.join(cast.world.directory, "victim.log")))
        victim.wait_ready(lambda: os.readlink(f"/proc/{victim.pid}/cwd") == cast.world.directory)
        must(may_dump(victim.pid) and abort(victim), "no core: the next steps would show nothing")
    with report.step("the card worker does not"):
        worker = wait_until(cast.daemon.worker_pid, "a card worker")
        must(not may_dump(worker), "its limit is not 0")
        os.kill(worker, signal.SIGABRT)
        wait_until(lambda: f"card worker ended status={signal.SIGABRT.value}\n" in cast.daemon.process.log_text(), "the daemon to say how it ended")
    for name, process in (("the daemon", cast.daemon.process), ("the server", cast.server.process)):
        with report.step(f"{name} does not"):
            must(not may_dump(process.pid), "its limit is not 0")
            must(not abort(process) and not os.path.exists(core), "it left its core")


def run(report, world):
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    cast = play(report, world)
    secrets = world.secrets
    root_keys = {name: key for name, key in secrets.items() if name.startswith("root-key")}
    report.chapter("Nothing of it was written down anywhere")
    with report.step("the search finds what is there: a planted PIN, in a file and in memory"):
        planted = os.path.join(world.directory, "planted")
        with open(planted, "w", encoding="ascii") as file:
            file.write(f"x{cast.new_card.secrets.pin}y")
        must(search_files(secrets, planted)[0], "the planted PIN was not found")
        must(len(root_keys) == 2, f"the root keys are not known: {list(secrets)}")
        for key in root_keys.values():
            for form in (key, key.hex().encode(), base64.b64encode(b"x" + key), base64.urlsafe_b64encode(key)):
                must(len(search_bytes(root_keys, b"x" + form + b"y")) == 1, f"a planted root key was not found: {form}")
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
    with report.step("the root keys are not in the memory of the card worker either, once its work is done"):
        found, looked = search_memory(root_keys, wait_until(cast.daemon.worker_pid, "a card worker"))
        must(looked > 1_000_000, f"only {looked} bytes")
        must(not found, f"found {found}")
    abort_all(report, cast)
    with report.step("not in the server's database, log and requests, nor in the computer's state and logs"):
        found, looked = search_files(secrets, cast.server.directory, cast.laptop.directory, os.path.join(world.directory, "elsewhere"))
        must(looked > 20, f"only {looked} files")
        must(not found, f"found {found}")


if __name__ == "__main__":
    story("no_secret_leaks", run)
