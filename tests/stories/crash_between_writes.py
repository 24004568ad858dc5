#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 of the daemon at every durable step of using an access key and of making a new generation (PREPARE, COMMIT), and of the
server while it stores one. After each: a key that has let somebody in never does so again, and there is always a key that opens."""
from chapters import Cast, a_card_and_its_world, must, register
from harness.door import CARD_OR_KEY, log_in, must_enter
from harness.killer import DURABLE, each_step
from harness.story import story


def use_of_a_key(report, cast):
    report.chapter("An access key is used")
    keys = [cast.issue_access_key(f"access-key-{number}") for number in range(40)]
    let_in = set()
    cast.server.stop()

    def opens(key):
        granted = log_in(cast.laptop, "owner", (CARD_OR_KEY, key)).granted
        must(not (granted and key in let_in), "a key let in twice")
        if granted:
            let_in.add(key)
        return granted

    def after(key):
        opens(key)
        must(key in let_in or opens(keys.pop(0)), "neither this key nor the next one opens")
        must(not opens(key), "a spent key opens")
    each_step(report, "use", cast, cast.daemon, DURABLE, (lambda: keys.pop(0), opens, after))
    cast.server.start()


def new_generation(report, cast):
    report.chapter("A new generation is made")
    count = 0

    def fresh_key():
        nonlocal count
        count += 1
        return cast.issue_access_key(f"access-key-generation-{count}")

    def opens(key):
        return log_in(cast.laptop, "owner", (CARD_OR_KEY, key)).granted

    def rotate(_):
        cast.daemon.cardea("access-key", "rotate", user="owner", check=False)

    def after(old):
        new = fresh_key()
        must(opens(new) or opens(old), "neither the old nor the new generation opens")
        cast.daemon.cardea("access-key", "check", user="owner")
        cast.daemon.cardea("access-key", "rotate", user="owner")
        must(not opens(old) and not opens(new), "a key of an earlier generation opens")
        must_enter(log_in(cast.laptop, "owner", (CARD_OR_KEY, fresh_key())))
    each_step(report, "rotate, daemon", cast, cast.daemon, f"{DURABLE},sendto,write", (fresh_key, rotate, after))
    each_step(report, "rotate, server", cast, cast.server, DURABLE, (fresh_key, rotate, after))


def run(report, world):
    cast = Cast(world)
    a_card_and_its_world(report, cast)
    register(report, cast)
    cast.daemon.configure(["gate = card_required"])
    cast.laptop.slot.remove()
    cast.daemon.wait_for_card(False)
    use_of_a_key(report, cast)
    new_generation(report, cast)


if __name__ == "__main__":
    story("crash_between_writes", run)
