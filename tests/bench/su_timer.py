#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs inside the computer: times whole runs of su, one for each stack in turn. su_timer.py ROUNDS STACK=FILE..., the answer on
standard input; prints a JSON object with the milliseconds of each stack. FILE is put in the place of /etc/pam.d/su."""
import json
import shutil
import subprocess
import sys
import time


def one(path, answer):
    shutil.copyfile(path, "/etc/pam.d/su")
    started = time.perf_counter()
    done = subprocess.run(["su", "--shell", "/bin/true", "owner"], input=answer, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        sys.exit(f"su with {path} ended with {done.returncode}: {done.stderr.decode(errors='replace')}")
    return (time.perf_counter() - started) * 1000


def main():
    rounds = int(sys.argv[1])
    stacks = dict(word.split("=", 1) for word in sys.argv[2:])
    answer = sys.stdin.buffer.read()
    times = {name: [] for name in stacks}
    for number in range(rounds + 1):
        for name, path in stacks.items():
            spent = one(path, answer)
            if number > 0:  # the first is warm-up
                times[name].append(spent)
    print(json.dumps(times))


main()
