#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 of the daemon at every durable step of `cardea card replace --with access-key`. After each, and one contact with the
server: exactly one card opens, and it is the one that the server takes for the owner's; the key never opens twice, and never
again once the new card has taken over."""
from chapters import ACCOUNT, Cast, a_card_and_its_world, must, register
from harness.door import CARD_OR_KEY, PIN, log_in, must_enter, must_stay_out
from harness.killer import DURABLE, each_step
from harness.story import story


class Replacements:
    """One replacement after another, each broken off."""

    def __init__(self, cast):
        self.cast = cast
        self.card = cast.own_card
        self.new = None
        self.count = 0
        self.by_old = self.by_new = 0

    def puts_in(self, card):
        self.cast.laptop.slot.insert(card)
        self.cast.daemon.wait_for_card()

    def before(self):
        self.count += 1
        if self.new is None:
            self.new = self.cast.world.new_card(self.cast.laptop, f"replacement-{self.count}")
        self.cast.daemon.forget_wrong_keys()  # a try that was broken off counts
        self.puts_in(self.new)
        return self.cast.issue_access_key(f"access-key-{self.count}")

    def act(self, key):
        self.cast.daemon.cardea("card", "replace", "--with", "access-key", "--key", self.cast.world.key, user="owner", check=False,
                                answers={"pin": self.new.secrets.pin, "access-key": key})

    def after(self, key):
        cast = self.cast
        cast.daemon.cardea("access-key", "check", user="owner")
        at_server = cast.server.sql("select lower(hex(card_id)) from cards where state='active'").split()
        here = [card["card_id"] for card in cast.daemon.status()["enrolment"]["cards"] if card["state"] == "active"]
        must(len(at_server) == 1 and here == at_server, f"active here {here}, at the server {at_server}")
        self.puts_in(self.new)
        shown = cast.daemon.cardea("card", "show", user="owner").json["cards"][0]
        replaced = shown.get("card_id") == here[0]
        alive, dead = (self.new, self.card) if replaced else (self.card, self.new)
        must_stay_out(self.tries(dead))
        must_enter(self.tries(alive))
        self.key_is_spent(key, replaced)
        self.card, self.new = (self.new, None) if replaced else (self.card, self.new)
        self.by_new, self.by_old = self.by_new + replaced, self.by_old + (not replaced)
        self.puts_in(alive)
        cast.daemon.register("owner", cast.server, ACCOUNT, cast.person, alive, existing=True)

    def tries(self, card):
        """His card's PIN at the door, at whatever prompt there is."""
        self.puts_in(card)
        shown = self.cast.daemon.cardea("card", "show", user="owner").json["cards"][0]
        known = shown["state"] in ("active", "revoked", "suspended", "announced")
        return log_in(self.cast.laptop, "owner", (PIN if known else CARD_OR_KEY, card.secrets.pin))

    def key_is_spent(self, key, replaced):
        self.cast.laptop.slot.remove()
        self.cast.daemon.wait_for_card(False)
        first = log_in(self.cast.laptop, "owner", (CARD_OR_KEY, key)).granted
        must(not (first and replaced), "the key opens although the new card has taken over")
        must(not log_in(self.cast.laptop, "owner", (CARD_OR_KEY, key)).granted, "the key opens twice")


def run(report, world):
    cast = Cast(world)
    a_card_and_its_world(report, cast)
    register(report, cast)
    cast.daemon.configure(["gate = card_required"])
    report.chapter("A replacement is broken off")
    story_of = Replacements(cast)
    each_step(report, "replace", cast, cast.daemon, DURABLE, (story_of.before, story_of.act, story_of.after))
    with report.step(f"the old card went on {story_of.by_old} times, the new one took over {story_of.by_new} times"):
        must(story_of.by_old > 2 and story_of.by_new > 2, "the steps lie all on one side")


if __name__ == "__main__":
    story("crash_in_replacement", run)
