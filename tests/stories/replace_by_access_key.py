#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The card is replaced with an access key instead of password and answer (figures 15 and 17): with one that is typed, without a
second one shortly after a login by key, and with one of a later generation. What it must refuse, it refuses before the key is lost."""
from chapters import ACCOUNT, Cast, an_owner_behind_the_gate, must
from harness.daemon import elsewhere, recover
from harness.door import CARD_OR_KEY, log_in, must_enter, must_stay_out
from harness.story import story
from harness.typed_key import another_key, mistyped_key

REFUSED, UNREACHABLE, IDENTITY, LOCKED = 1, 3, 5, 6
WRONG = "This access key does not open this computer."


class Owner:
    """The owner, the card he has, and the cards he buys."""

    def __init__(self, cast):
        self.cast = cast
        self.card = cast.own_card
        self.count = 0

    def buys(self):
        self.count += 1
        return self.cast.world.new_card(self.cast.laptop, f"replacement-{self.count}")

    def puts_in(self, card):
        self.cast.laptop.slot.insert(card)
        self.cast.daemon.wait_for_card()

    def has_no_card(self):
        self.cast.laptop.slot.remove()
        self.cast.daemon.wait_for_card(False)

    def gets_key(self):
        self.count += 1
        return self.cast.issue_access_key(f"access-key-{self.count}")

    def replaces(self, card, *, key=None, check=True):
        """`cardea card replace --with access-key` with this card in the reader."""
        self.puts_in(card)
        answers = {"pin": card.secrets.pin, **({"access-key": key} if key else {})}
        done = self.cast.daemon.cardea("card", "replace", "--with", "access-key", "--key", self.cast.world.key, user="owner",
                                       answers=answers, check=check)
        if done.code == 0:
            self.count += 1
            self.cast.sheet = self.cast.world.secret(f"sheet-code-{self.count}", done.json["sheet-code"])
            self.card = card
        return done

    def opens_with(self, key):
        return log_in(self.cast.laptop, "owner", (CARD_OR_KEY, key))

    def must_have(self, done, dead):
        """The new card has everything, the dead one nothing."""
        cast, pin = self.cast, self.card.secrets.pin
        must(done.json["revoked"] == 1 and done.json["records_on_card"] == 1, done.text)
        must_enter(cast.enters_by_pin(pin))
        cast.server.stop()
        got = cast.daemon.cardea("records", "get", cast.record_id, user="owner", answers={"pin": pin})
        cast.server.start()
        must(cast.record in str(got.json["record"]) and got.json["source"] == "card", got.text)
        self.puts_in(dead)
        must_stay_out(cast.enters_by_pin(dead.secrets.pin), "This card has been replaced or reported lost.")
        refused = cast.daemon.register("owner", cast.server, ACCOUNT, cast.person, dead, existing=True, check=False)
        must(refused.code != 0 and "replaced or reported lost at the server" in refused.error, refused.error)


def refusals(report, owner):
    report.chapter("What is refused before the key is lost")
    cast, daemon = owner.cast, owner.cast.daemon
    new, key = owner.buys(), owner.gets_key()
    before = daemon.status()["enrolment"]
    with report.step("the server is down: says so, asks for nothing, changes nothing"):
        cast.server.stop()
        done = owner.replaces(new, key=key, check=False)
        must(done.code == UNREACHABLE and "Check the network, then try again." in done.error, f"{done.code}: {done.error}")
        must(daemon.status()["enrolment"] == before, "something was changed")
        cast.server.start()
        report.shows(done.error)
    with report.step("the old card in the reader is no new card"):
        done = owner.replaces(owner.card, key=key, check=False)
        must(done.code == REFUSED and "enrolled already" in done.error, f"{done.code}: {done.error}")
    with report.step("a mistyped key is named by its group, and not counted"):
        done = owner.replaces(new, key=mistyped_key(key, 2), check=False)
        must("Group 2 of the access key is mistyped." in done.error, done.error)
        must(daemon.wrong_keys() == 0, "it was counted")
    with report.step("a wrong key is refused and counted, and the old card goes on"):
        done = owner.replaces(new, key=another_key(key), check=False)
        must(done.code == IDENTITY and WRONG in done.error, f"{done.code}: {done.error}")
        must(daemon.wrong_keys() == 1, f"{daemon.wrong_keys()} were counted")
        report.shows(done.error)
        owner.puts_in(owner.card)
        must_enter(cast.enters_by_pin())
    with report.step("too many of them: the right one has to wait, too"):
        for _ in range(4):
            owner.replaces(new, key=another_key(key), check=False)
        done = owner.replaces(new, key=key, check=False)
        must(done.code == LOCKED and "Too many wrong access keys." in done.error, f"{done.code}: {done.error}")
        report.shows(done.error)
    return new, key


def typed_key(report, owner, new, key):
    report.chapter("With an access key that is typed")
    cast = owner.cast
    dead = owner.card
    old_sheet = cast.sheet
    with report.step("after the wait: the blank card takes over; new access keys, new sheet"):
        cast.daemon.forget_wrong_keys("owner")
        done = owner.replaces(new, key=key)
        must(cast.daemon.wrong_keys() == 0, "the count was not cleared")
        report.shows(done.lines)
    with report.step("the server knows the new sheet, and the old one no more"):
        for sheet, code in ((old_sheet, IDENTITY), (cast.sheet, 0)):
            asked = elsewhere(cast.world, cast.server, ACCOUNT, {"sheet-code": sheet}, "sheet", "reopen", check=False)
            must(asked.code == code, f"{asked.code}: {asked.error}")
    with report.step("the records are on it, the old card is dead at the computer and at the server"):
        owner.must_have(done, dead)
    with report.step("the used key opens nothing any more, neither the door nor another card"):
        must_stay_out(log_in(cast.laptop, "owner", ("PIN for card “", key)), WRONG)
        done = owner.replaces(owner.buys(), key=key, check=False)
        must(done.code == IDENTITY and WRONG in done.error, f"{done.code}: {done.error}")
    with report.step("a new key of the new generation opens the door"):
        owner.has_no_card()
        must_enter(owner.opens_with(owner.gets_key()))


def just_came_in(report, owner):
    report.chapter("Shortly after a login with an access key")
    dead = owner.card
    with report.step("no second key is asked for"):
        done = owner.replaces(owner.buys())
        must("just come in with an access key" in done.error, done.error)
        owner.must_have(done, dead)
    with report.step("once: the next replacement asks for one"):
        done = owner.replaces(owner.buys(), check=False)
        must(done.code == REFUSED and "access-key" in done.error, f"{done.code}: {done.error}")


def next_generation(report, owner):
    report.chapter("With a key of a generation that was made after a use")
    cast = owner.cast
    with report.step("a key lets in, new keys are made: their holder of the root key is made with them"):
        owner.has_no_card()
        must_enter(owner.opens_with(owner.gets_key()))
        cast.daemon.cardea("access-key", "rotate", user="owner")
        dead, done = owner.card, owner.replaces(owner.buys(), key=owner.gets_key())
        owner.must_have(done, dead)
    with report.step("the daemon is started anew between login and new keys: said before the key is used up"):
        owner.has_no_card()
        must_enter(owner.opens_with(owner.gets_key()))
        cast.daemon.stop()
        cast.daemon.start()
        cast.daemon.wait_for_reader()
        cast.daemon.cardea("access-key", "rotate", user="owner")
        key = owner.gets_key()
        done = owner.replaces(owner.buys(), key=key, check=False)
        must(done.code == REFUSED and "Use password and answer" in done.error, f"{done.code}: {done.error}")
        owner.has_no_card()
        must_enter(owner.opens_with(key))
        report.shows(done.error)
    with report.step("“register --existing” with the card makes all holders again"):
        owner.puts_in(owner.card)
        cast.daemon.register("owner", cast.server, ACCOUNT, cast.person, owner.card, existing=True)
        dead, done = owner.card, owner.replaces(owner.buys(), key=owner.gets_key())
        owner.must_have(done, dead)
    with report.step("an access key can still be had with password and answer"):
        must(recover(cast.world, cast.server, ACCOUNT, cast.person).code == 0, "no key")


def run(report, world):
    cast = Cast(world)
    an_owner_behind_the_gate(report, cast)
    owner = Owner(cast)
    new, key = refusals(report, owner)
    typed_key(report, owner, new, key)
    just_came_in(report, owner)
    next_generation(report, owner)


if __name__ == "__main__":
    story("replace_by_access_key", run)
