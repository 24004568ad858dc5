#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 of the daemon, then of the server, at every durable step of registration and of card replacement. After each: there is a way
in, the same command again (or register --existing) goes on, then the new card opens and no older one does, an access key opens, and the
record that was stored before is there."""
import os
import shutil

from chapters import Cast, a_card_and_its_world, must, register
from harness.daemon import recover
from harness.door import CARD_OR_KEY, PIN, log_in, must_enter, must_stay_out
from harness.killer import DURABLE, each_step
from harness.reader import Card
from harness.story import story


class Desk:
    """The owner at his laptop, with as many new cards of one make as he needs."""

    def __init__(self, cast):
        self.cast = cast
        self.daemon = cast.daemon
        self.factory = cast.new_card
        self.count = 0
        self.account = None
        self.card = cast.own_card

    def buy_card(self):
        """A copy of one that has a PIN and no keys: the keys are made on it."""
        self.count += 1
        path = f"{self.factory.path}.{self.count}"
        shutil.copy(self.factory.path, path)
        return Card(path, self.factory.kind, self.factory.label, self.factory.secrets)

    def puts_in(self, card):
        """With a look at the empty reader between, because the cards have one name."""
        self.cast.laptop.slot.remove()
        self.daemon.wait_for_card(False)
        self.cast.laptop.slot.insert(card)
        self.daemon.wait_for_card()

    def types(self, text):
        """At whatever is asked for: what is known of the card in the reader depends on how far it came."""
        return log_in(self.cast.laptop, "owner", ((PIN, CARD_OR_KEY), text))

    def access_key(self):
        done = recover(self.cast.world, self.cast.server, self.account, self.cast.person)
        return self.cast.world.secret(f"access-key-{len(self.cast.world.secrets)}", done.json["access-key"])

    def begins_again(self, command):
        """The same command, and where that is not possible any more the one for repairs."""
        done = command()
        if done.code == 0:
            return "again"
        must("register --existing" in done.error, f"does not say how to go on: {done.error}")
        self.daemon.register("owner", self.cast.server, self.account, self.cast.person, self.card, existing=True)
        return "--existing"


def registration(report, desk):
    cast = desk.cast
    ways = []

    def command():
        return cast.daemon.register("owner", cast.server, desk.account, cast.person, desk.card, check=False)

    def before():
        """A computer as it is bought, an account that is not there, a new card."""
        cast.daemon.stop()
        shutil.rmtree(cast.daemon.state_dir, ignore_errors=True)
        cast.daemon.start()
        desk.card = desk.buy_card()
        desk.account = f"owner-{desk.count}@story"
        desk.puts_in(desk.card)

    def after(_):
        desk.daemon.wait_for_card()
        ways.append(desk.begins_again(command))
        must_enter(desk.types(desk.card.secrets.pin))
        must_enter(desk.types(desk.access_key()))
        user = f"(select user_id from users where account = '{desk.account}')"
        for table, where in (("users", "true"), ("cards", "state = 'active'"), ("enrolments", "true")):
            there = cast.server.sql(f"select count(*) from {table} where user_id = {user} and {where}").strip()
            must(there == "1", f"{there} {table}")
    report.chapter("Registration is interrupted")
    act = lambda _: command()
    each_step(report, "register, daemon", cast, cast.daemon, DURABLE, (before, act, after))
    each_step(report, "register, server", cast, cast.server, DURABLE, (before, act, after))
    with report.step("some could be begun again, some went on with register --existing"):
        must(set(ways) == {"again", "--existing"}, str(ways))


def replacement(report, desk):
    cast = desk.cast
    pin = {"pin": desk.factory.secrets.pin}
    ways = []

    def command():
        return cast.daemon.cardea("card", "replace", user="owner", check=False, answers={**pin, **cast.person})

    def before():
        old, desk.card = desk.card, desk.buy_card()
        desk.puts_in(desk.card)
        return old

    def after(old):
        desk.daemon.wait_for_card()
        if not desk.types(pin["pin"]).granted:  # then the old one does, as long as the computer has not heard of the new one
            desk.puts_in(old)
            must_enter(desk.types(pin["pin"]))
            desk.puts_in(desk.card)
        ways.append(desk.begins_again(command))
        must_enter(desk.types(pin["pin"]))
        must_enter(desk.types(desk.access_key()))
        done = cast.daemon.cardea("records", "get", record, user="owner", answers=pin)
        must(cast.record in str(done.json["record"]), done.text)
        desk.puts_in(old)
        must_stay_out(desk.types(pin["pin"]))
    report.chapter("A replacement is interrupted")
    record = cast.daemon.cardea("records", "put", "wlan", user="owner", answers={**pin, "secret": cast.record}).json["record_id"]
    act = lambda _: command()
    each_step(report, "replace, daemon", cast, cast.daemon, DURABLE, (before, act, after))
    each_step(report, "replace, server", cast, cast.server, DURABLE, (before, act, after))
    with report.step("some could be begun again, some went on with register --existing"):
        must(set(ways) == {"again", "--existing"}, str(ways))


def run(report, world):
    cast = Cast(world)
    a_card_and_its_world(report, cast)
    cast.daemon.configure(["gate = card_required"])
    desk = Desk(cast)
    registration(report, desk)
    replacement(report, desk)


if __name__ == "__main__":
    story("crash_while_enrolling", run)
