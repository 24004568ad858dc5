# SPDX-License-Identifier: Apache-2.0
"""The benches that are programs of their own: the server beside nginx and OpenLDAP, its store, and the check of an access key."""
import json
import os
import subprocess

from desk import Broken, make_world, memory_mib
from harness.server import Server
from results import median


def program(build, name, *arguments):
    """Runs a bench; the JSON objects it prints."""
    done = subprocess.run([os.path.join(build, "tests", "bench", name), *map(str, arguments)], stdout=subprocess.PIPE, text=True,
                          timeout=1200, check=False)
    if done.returncode != 0:
        raise Broken(f"{name} ended with {done.returncode}")
    return done.stdout


def google_bench(build, name, repetitions, seconds):
    """Runs a Google Benchmark program, its benches in random order: {bench: [runs]}."""
    text = program(build, name, "--benchmark_format=json", f"--benchmark_repetitions={repetitions}", f"--benchmark_min_time={seconds}",
                   "--benchmark_enable_random_interleaving=true")
    runs = {}
    for run_of in json.loads(text)["benchmarks"]:
        if run_of.get("error_occurred"):
            raise Broken(f"{name}: {run_of['error_message']}")
        if run_of["run_type"] == "iteration":
            runs.setdefault(run_of["run_name"].split("/")[0], []).append(run_of)
    return runs


def access_key(report, build, smoke):
    runs = google_bench(build, "access_key_bench", 1 if smoke else 9, 0.01 if smoke else 0.2)
    for name, of_one in runs.items():
        times = [run_of["cpu_time"] / 1000 for run_of in of_one]
        report.at_most(f"access key: {name.replace('_', ' ')}", median(times), 1, unit="ms CPU")


def group_commit(report, build, smoke):
    runs = google_bench(build, "group_commit_bench", 1 if smoke else 9, 0.05 if smoke else 0.3)
    rates = {name: median([run_of["items_per_second"] for run_of in of_one]) for name, of_one in runs.items()}
    report.ratio_at_least("durable changes, 16 writers", rates["group_commit"], rates["single_commits"], 3, unit="per s",
                          against="SQLite, a commit each")


def growth(report, build, smoke, users):
    for engine in ("sqlite", "postgresql"):
        rows = [json.loads(line) for line in program(build, "growth_bench", engine, 100 if smoke else 1000, 1000 if smoke else users,
                                                     5 if smoke else 300).splitlines()]
        worst = max(rows, key=lambda row: row["ours"] / row["peer"])
        ratios = [row["ours"] / row["peer"] for row in rows]
        size = "1,000" if smoke else f"{users:,}"
        # A smoke run has no samples to speak of.
        met = None if smoke else worst["ours"] <= 1.5 * worst["peer"]
        report.add(f"{engine}, {len(rows)} commands, {size} users: worst p50", worst["ours"], worst["peer"], unit="µs", goal="≤ 1.5 ×", met=met,
                   against=f"{'100' if smoke else '1,000'} users; {worst['command']}; median {median(ratios):.2f} ×")


def stores(report, build, smoke):
    """The same commands on PostgreSQL and on SQLite."""
    for line in program(build, "store_bench", 100 if smoke else 2000).splitlines():
        row = json.loads(line)
        of, to = (f"p50 {row['p50'][i] / 1000:.2g} ms, p99 {row['p99'][i] / 1000:.2g} ms" for i in (0, 1))
        report.add(f"PostgreSQL, {row['command']}, {row['clients']} clients", row["ours"], row["peer"], unit="per s",
                   against=f"SQLite ({of}; SQLite {to})")


def failover(report, build, smoke):
    """Seconds without a yes. The smoke run leaves out Patroni, which a test plays."""
    goals = {"planned, by hand": 2, "planned, Patroni": 2, "leader's machine killed, Patroni": 12}
    for line in program(build, "failover_bench", *((1,) if smoke else (3, "patroni"))).splitlines():
        row = json.loads(line)
        name = f"failover: {row['name']}"
        if row["name"] in goals:
            report.at_most(name, row["seconds"], goals[row["name"]], unit="s")
        else:
            report.add(name, row["seconds"], unit="s")


def server(report, build, peers, smoke):
    """nginx sends the same body from a file. slapd reads an entry for a user who was bound once, where ours checks a signature and a nonce each time."""
    rows = {}
    for line in program(build, "server_bench", *((1, 200) if smoke else (15, 500)), peers).splitlines():
        row = json.loads(line)
        rows[row.pop("name")] = row
    against = {"nginx": "nginx, static file, same bytes", "slapd": "OpenLDAP, read of an entry, same record"}

    def add(what, name, peer, unit):
        if peer in rows[name]:
            report.add(f"server, {what}", rows[name]["ours"], rows[name][peer], unit=unit, against=against[peer])

    def held(name):
        return rows[name]["ours"], rows[name]["nginx"]

    report.ratio_at_least("server, keep-alive, signed read of a row", *held("reads_16_per_second"), 0.45, unit="per s", against=against["nginx"])
    report.at_most("server, CPU of one such request", held("reads_16_cpu_us")[0], 35, held("reads_16_cpu_us")[1], unit="µs", against=against["nginx"])
    if "slapd" not in rows["reads_1_per_second"]:
        report.not_run("server, beside OpenLDAP", "not there: tests/bench/fetch_peers")
    for connections in (1, 16, 128):
        for peer in against:
            for of, measured, unit in (("", "per_second", "per s"), (", CPU", "cpu_us", "µs"), (", p50", "p50_us", "µs"), (", p99", "p99_us", "µs")):
                add(f"{connections} connections{of}", f"reads_{connections}_{measured}", peer, unit)
    report.ratio_at_least("server, full TLS 1.3 handshake and request", *held("handshakes_per_second"), 0.85, unit="per s", against=against["nginx"])
    add("CPU of one such handshake", "handshakes_cpu_us", "nginx", "µs")
    for peer in against:
        add("memory of an idle connection", "idle_connection_kib", peer, "KiB")


def memory(report, build):
    with make_world(build) as world:
        idle = Server(world)
        report.at_most("server, resident, idle", memory_mib(idle.process.pid), 30, unit="MiB")
