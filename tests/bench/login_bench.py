# SPDX-License-Identifier: Apache-2.0
"""A card login with a software token, and what it leaves in the program that logs in."""
import os
import re

from desk import BareSequence, Broken, QuietDaemon, make_computer, make_world, memory_mib, probe
from results import median

CONFIG = "/run/softhsm/softhsm2.conf"
SO_PIN = "87654321"
# A login program is started by exec, and the loader and libc of any program need these.
PROCESS_CALLS = "clone,clone3,fork,vfork,execve,execveat"


def make_token(computer, pin):
    """A SoftHSM token in the computer's /run, owned by the worker's user. Returns the token's serial number."""
    computer.run(["bash", "-c", f"mkdir -p /run/softhsm/tokens && cat > {CONFIG} && chown -R cardea-card: /run/softhsm"],
                 stdin="directories.tokendir = /run/softhsm/tokens\nobjectstore.backend = file\nslots.removable = true\nlog.level = ERROR\n")
    computer.run(["setpriv", "--reuid", "cardea-card", "--regid", "cardea-card", "--clear-groups", "env", f"SOFTHSM2_CONF={CONFIG}",
                  "softhsm2-util", "--init-token", "--free", "--label", "bench", "--pin", pin, "--so-pin", SO_PIN])
    slots = computer.run(["env", f"SOFTHSM2_CONF={CONFIG}", "softhsm2-util", "--show-slots"]).stdout
    return re.search(r"Serial number:\s+([0-9a-f]+)", slots).group(1)


class SoftTokenDesk:
    """A computer whose only card is a SoftHSM token enrolled for `owner`."""

    def __init__(self, world):
        self.world = world
        self.computer = make_computer(world, "desk")
        self.pin = world.pin("token")
        self.serial = make_token(self.computer, self.pin)
        self.daemon = QuietDaemon(self.computer, modules="softhsm2", environment=f"SOFTHSM2_CONF={CONFIG}")
        self.daemon.wait_for_card()
        self.daemon.cardea("card", "enrol", "--user", "owner", "--key", world.key, answers={"pin": self.pin})

    def log_in(self, service="cardea", mode="time", *more, **options):
        return probe(self.computer, service, self.pin, mode, *more, SOFTHSM2_CONF=CONFIG, **options)


def measure_speed(report, desk, rounds):
    """Fresh login processes and the bare sequence in turn."""
    key = "P-256" if desk.world.key == "p256" else "RSA-2048"
    bare = BareSequence(desk.computer, "softhsm2", desk.serial, desk.pin, SOFTHSM2_CONF=CONFIG)
    ours, bare_times, prompts = [], [], []
    try:
        for round_number in range(rounds + 2):
            times = desk.log_in()
            bare_time = bare.measure()
            if round_number < 2:  # warm-up
                continue
            ours.append(times["verdict_ms"])
            prompts.append(times["prompt_ms"])
            bare_times.append(bare_time)
    finally:
        bare.close()
    mine, limit = median(ours), median(bare_times)
    report.add(f"login, software token, {key}", mine, limit, unit="ms", goal="≤ 1.25 × + 0.3 ms", met=mine <= 1.25 * limit + 0.3,
               against="bare PKCS#11, warm")
    report.add(f"login, start to prompt, {key}", median(prompts), unit="ms")


def count_calls(desk, service, trace):
    """System calls of a whole fresh process with one login, by strace -c; of `trace` only."""
    output = os.path.join(desk.world.directory, "strace.txt")
    desk.log_in(service, wrap=("strace", "-f", "-c", "-o", output, *(["-e", f"trace={trace}"] if trace else [])))
    with open(output, encoding="utf-8") as file:
        total = [line.split() for line in file if line.rstrip().endswith("total")]
    if not total:
        raise Broken("strace counted nothing")
    return int(total[-1][3])


def measure_host(report, desk, rounds, logins):
    """What the login program gains."""
    footprints = {name: [desk.log_in(name, "footprint") for _ in range(rounds)] for name in ("cardea", "permit")}
    ours, permit = ({key: median([run[key] for run in footprints[name]]) for key in footprints[name][0]} for name in ("cardea", "permit"))
    against = "pam_permit"
    report.at_most("login program: shared objects added", ours["objects"], permit["objects"], permit["objects"], against=against)
    report.add("login program: private dirty added", ours["dirty_kib"], permit["dirty_kib"], unit="KiB", goal="≤ pam_permit + 32",
               met=ours["dirty_kib"] <= permit["dirty_kib"] + 32, against=against)
    report.at_most("login program: threads left", ours["threads"], 0)
    report.at_most("login program: descriptors left", ours["descriptors"], 0)
    report.at_most("login program: system calls, whole process", count_calls(desk, "cardea", ""), 150, count_calls(desk, "permit", ""),
                   against=against)
    report.at_most("login program: processes started", count_calls(desk, "cardea", PROCESS_CALLS) - 1, 0)
    growth = desk.log_in("cardea", "growth", str(logins))
    floor = desk.log_in("permit", "growth", str(logins))
    report.add("login program: heap growth per login", growth["heap_bytes"], floor["heap_bytes"], unit="bytes",
               goal="≤ libpam's own", met=growth["heap_bytes"] <= floor["heap_bytes"] + 1, against=against)


def measure_memory(report, desk):
    report.at_most("daemon, resident, idle, one user", memory_mib(desk.daemon.process.pid), 15, unit="MiB")
    report.at_most("worker with SoftHSM, resident, idle", memory_mib(desk.daemon.worker_pid()), 12, unit="MiB")


def run(report, build, smoke):
    for key in ("p256",) if smoke else ("p256", "rsa2048"):
        with make_world(build, key=key) as world:
            desk = SoftTokenDesk(world)
            measure_speed(report, desk, 3 if smoke else 60)
            if key == "p256":
                measure_host(report, desk, 1 if smoke else 7, 5 if smoke else 50)
                measure_memory(report, desk)
