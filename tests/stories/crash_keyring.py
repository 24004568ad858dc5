#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 of the daemon at every durable step of the first login that makes a keyring's secret, and of a login that seals it anew. What
was handed out once is what every later login hands out."""
import os

from chapters import ACCOUNT, Cast, a_card_and_its_world, must
from harness.door import PIN
from harness.killer import DURABLE, each_step
from harness.process import wait_until
from harness.story import story
from keyring import ON, probe, stored, write_services


def handed_out(cast):
    """What the card's login hands out; None when nothing, or when the daemon died under it."""
    return probe(cast, (PIN, cast.pin))


def opens(cast):
    """The same, when nobody is killed."""
    cast.daemon.wait_for_card()
    secret = handed_out(cast)
    must(secret is not None, "the card does not open the keyring")
    return secret


def made(report, cast):
    report.chapter("The secret is made")

    def before():
        with open(cast.keyring_file, "wb") as file:
            file.write(cast.without_secret)
        return []

    def act(given):
        given.append(handed_out(cast))

    def after(given):
        secret = opens(cast)
        must(given[0] in (None, secret), "a secret was handed out that was not on disk")
    each_step(report, "make", cast, cast.daemon, f"{DURABLE},sendmsg,sendto", (before, act, after))


def sealed_anew(report, cast):
    report.chapter("It is sealed to access keys that were made without it")
    secret = opens(cast)

    def before():
        cast.daemon.cardea("access-key", "rotate", user="owner")
        return stored(cast)

    def act(_):
        must(handed_out(cast) in (None, secret), "another secret")

    def after(_):
        must(opens(cast) == secret, "another secret")
    each_step(report, "seal", cast, cast.daemon, f"{DURABLE},sendmsg,sendto", (before, act, after))


def run(report, world):
    cast = Cast(world)
    a_card_and_its_world(report, cast)
    report.chapter("An owner with the policy")
    with report.step("registered; access keys that can be given the secret are there"):
        cast.daemon.register("owner", cast.server, ACCOUNT, cast.person, cast.own_card)
        cast.daemon.configure(ON)
        write_services(cast, cast.daemon)
        cast.keyring_file = os.path.join(cast.daemon.state_dir, "users", "owner.keyring")
        wait_until(lambda: os.path.exists(cast.keyring_file), "a generation of access keys after the policy")
        cast.without_secret = stored(cast)
    made(report, cast)
    sealed_anew(report, cast)


if __name__ == "__main__":
    story("crash_keyring", run)
