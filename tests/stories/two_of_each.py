#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Two users and two computers on one server, and two daemons on one computer: what belongs to one never opens the other."""
from harness.computer import PROGRAMS
from harness.daemon import Daemon, recover
from harness.door import CARD_OR_KEY, PASSWORD, PIN, log_in, must_enter, must_stay_out
from harness.private_etc import write_pam_service
from harness.process import Broken, wait_until
from harness.server import Server
from harness.story import story

SECURE = ["gate = card_required"]
NEWS = "an access key of another computer of yours was given out"


class Person:
    def __init__(self, world, user, desk):
        self.user = user
        self.account = f"{user}@story"
        self.card = world.new_card(desk, f"{user}-{desk.name}")
        self.pin = self.card.secrets.pin
        self.proof = {"password": world.secret(f"password-{user}"), "answer": world.secret(f"answer-{user}")}

    def sits_down(self, computer, daemon):
        computer.slot.insert(self.card)
        wait_until(lambda: daemon.sees(self.card), f"{daemon.name} to see the card of {self.user}")

    def enters(self, computer, **options):
        return log_in(computer, self.user, (PIN, self.pin), **options)


def users_and_computers(report, world):
    report.chapter("Two users, two computers, one server")
    server = Server(world)
    laptop, desktop = world.computer("laptop"), world.computer("desktop")
    owner, second = Person(world, "owner", laptop), Person(world, "second", desktop)
    at_laptop = Daemon(laptop, server=server, policy=SECURE)
    at_desktop = Daemon(desktop, server=server, policy=SECURE)
    with report.step("each registers at his own computer"):
        owner.sits_down(laptop, at_laptop)
        at_laptop.register("owner", server, owner.account, owner.proof, owner.card)
        second.sits_down(desktop, at_desktop)
        at_desktop.register("second", server, second.account, second.proof, second.card)
    with report.step("each adds the other's computer to his account"):
        second.sits_down(laptop, at_laptop)
        at_laptop.register("second", server, second.account, second.proof, second.card, existing=True)
        owner.sits_down(desktop, at_desktop)
        at_desktop.register("owner", server, owner.account, owner.proof, owner.card, existing=True)
    with report.step("with his own card each gets in at both, with the other's at none"):
        for computer, daemon in ((laptop, at_laptop), (desktop, at_desktop)):
            for person, other in ((owner, second), (second, owner)):
                person.sits_down(computer, daemon)
                must_enter(person.enters(computer))
                must_stay_out(log_in(computer, other.user, (CARD_OR_KEY, person.pin)), f"This is not the card enrolled for {other.user}.")
        laptop.slot.remove()
        desktop.slot.remove()
        at_laptop.wait_for_card(False)
        at_desktop.wait_for_card(False)
    with report.step("an access key opens one computer for one user"):
        key = recover(world, server, owner.account, owner.proof, computer="laptop").json["access-key"]
        must_stay_out(log_in(desktop, "owner", (CARD_OR_KEY, key)), "This access key does not open this computer.")
        must_stay_out(log_in(laptop, "second", (CARD_OR_KEY, key)), "This access key does not open this computer.")
        must_enter(log_in(laptop, "owner", (CARD_OR_KEY, key)))
    with report.step("his other computer tells him of the key: at the next login with his card, once, and in cardea status"):
        at_desktop.cardea("access-key", "check", user="owner", check=False)
        owner.sits_down(desktop, at_desktop)
        said = [NEWS in must_enter(owner.enters(desktop)).text for _ in range(2)]
        if said != [True, False]:
            raise Broken(f"told: {said}")
        told = [notice["told"] for notice in at_desktop.status()["notices"] if notice["kind"] == "access-key-issued"]
        if told != [True]:
            raise Broken(f"cardea status: {told}")
    with report.step("one's password and answer do not prove the other"):
        refused = recover(world, server, second.account, owner.proof, check=False)
        if refused.code != 5:
            raise Broken(f"{refused.code}: {refused.text}{refused.error}")
    with report.step("a card replaced at the laptop is dead at the desktop after its next contact; the other user notices nothing"):
        replaced = owner.card
        owner.card = world.new_card(laptop, "owner-new")
        laptop.slot.insert(owner.card)
        at_laptop.wait_for_card()
        at_laptop.cardea("card", "replace", "--key", world.key, user="owner", answers={"pin": owner.card.secrets.pin, **owner.proof})
        at_desktop.cardea("access-key", "check", user="owner", check=False)
        desktop.slot.insert(replaced)
        at_desktop.wait_for_card()
        must_stay_out(log_in(desktop, "owner", (PIN, owner.pin)), "This card has been replaced or reported lost.")
        second.sits_down(desktop, at_desktop)
        must_enter(second.enters(desktop))


def two_daemons(report, world):
    report.chapter("Two daemons on one computer")
    computer = world.computer("workbench")
    owner, second = Person(world, "owner", computer), Person(world, "second", computer)
    one, two = Daemon(computer, policy=SECURE), Daemon(computer, "another", policy=SECURE)
    write_pam_service(computer.pam_directory, "cardea-test", module=computer.module, socket=two.socket, timeout=30)
    with report.step("one user is enrolled at each"):
        owner.sits_down(computer, one)
        one.cardea("card", "enrol", "--user", "owner", answers={"pin": owner.pin})
        second.sits_down(computer, two)
        two.cardea("card", "enrol", "--user", "second", answers={"pin": second.pin})
    with report.step("a service file names the daemon: each judges its own user and does not know the other"):
        must_enter(second.enters(computer, door="pamtester"))
        must_enter(log_in(computer, "second", (PASSWORD, world.passwords["second"])))
        owner.sits_down(computer, one)
        must_enter(owner.enters(computer))
        must_enter(log_in(computer, "owner", (PASSWORD, world.passwords["owner"]), door="pamtester"))
    with report.step("one is stopped: the other works on"):
        two.stop()
        must_enter(owner.enters(computer))
        must_stay_out(log_in(computer, "second", door="pamtester"), "The card service is not running")
    with report.step("a state directory belongs to one daemon at a time"):
        refused = computer.run([f"{PROGRAMS}/cardea-recoveryd", "--config", one.config], check=False)
        if refused.returncode != 1 or "another cardea-recoveryd uses this directory" not in refused.stderr:
            raise Broken(f"{refused.returncode}: {refused.stderr}")
        must_enter(owner.enters(computer))


def run(report, world):
    users_and_computers(report, world)
    two_daemons(report, world)


if __name__ == "__main__":
    story("two_of_each", run)
