#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A cardholder at computers that never saw him: his account, its numbers and groups come from the server, his home is made, his
records are there. And who does not get in that way."""
import os
import signal

from harness.clock import ProgramClock
from harness.daemon import Daemon
from harness.door import CARD_OR_KEY, PASSWORD, PIN, SHELL, log_in, must_enter, must_stay_out
from harness.guest_desk import GUESTS, HOMES, add_local_user, make_guest_desk, remove_local_user, write_pam_services
from harness.private_etc import write
from harness.process import Broken, run as run_program, wait_until
from harness.server import Server
from harness.story import story
from harness.world import BUILT, FOR_GUESTS

NAME = "roamer"
LOCAL = GUESTS[1:]  # the same, but nobody may be a guest


class Desk:
    """A computer of other people."""

    def __init__(self, world, name, server, policy, clock=None):
        self.computer = world.computer(name)
        make_guest_desk(self.computer)
        self.daemon = Daemon(self.computer, server=server, policy=policy, clock=clock)
        self.id = self.daemon.cardea("status").json["computer_id"]

    def takes(self, card):
        self.computer.slot.insert(card)
        wait_until(lambda: self.daemon.sees(card), f"{self.daemon.name} to see the card")

    def loses_card(self):
        self.computer.slot.remove()
        self.daemon.wait_for_card(False)

    def session(self, pin, *commands):
        """A login on a terminal; what each of the commands says there."""
        with self.computer.login(NAME) as dialog:
            dialog.sees(PIN)
            dialog.types(pin)
            dialog.sees(SHELL)
            for number, command in enumerate(commands):
                # The quotes keep what is typed, which the terminal shows too, apart from what is printed.
                dialog.types(f"echo begin-''{number}; {command}; echo end-''{number}", secret=False)
                dialog.sees(f"end-{number}\n")
            dialog.types("exit", secret=False)
            dialog.ends()
            return [dialog.transcript.split(f"begin-{number}\n", 1)[1].split(f"end-{number}\n", 1)[0].strip() for number in range(len(commands))]


def open_to_guests(server, desks, hours=24):
    """As the administrator of the server does."""
    server.stop()
    with open(server.config, encoding="utf-8") as file:
        kept = file.read().split("[guests]", 1)[0]
    more = f"[guests]\nopen_to = {' '.join(desk.id for desk in desks)}\ngroups = readers\nstatement_hours = {hours}\n" if desks else ""
    write(server.config, kept + more, 0o600)
    server.start()


def prepare(report, world):
    report.chapter("At home")
    world.server = Server(world)
    world.home = world.computer("home")
    world.card = world.new_card(world.home, "roamer")
    world.pin = world.card.secrets.pin
    world.proof = {"password": world.secret("password"), "answer": world.secret("answer")}
    world.at_home = Daemon(world.home, server=world.server, policy=["gate = card_required"])
    with report.step("somebody makes an account and keeps a record"):
        world.home.slot.insert(world.card)
        world.at_home.wait_for_card()
        world.at_home.register("owner", world.server, NAME, world.proof, world.card)
        world.at_home.cardea("records", "put", "mail", user="owner", answers={"pin": world.pin, "secret": "user=roamer password=sesame"})
        world.home.slot.remove()
    world.clock = ProgramClock(world, "library")
    world.library = Desk(world, "library", world.server, LOCAL, world.clock)
    world.cafe = Desk(world, "cafe", world.server, GUESTS)


def stay_out(report, world):
    report.chapter("At a computer that is not open to guests")
    library = world.library
    library.takes(world.card)
    with report.step("its own configuration says no: an unknown user, as before"):
        open_to_guests(world.server, [library])
        must_stay_out(log_in(library.computer, NAME, (PASSWORD, "x"), door="login"), "Login incorrect")
    with report.step("the server says no"):
        open_to_guests(world.server, [world.cafe])
        library.daemon.configure(GUESTS)
        must_stay_out(log_in(library.computer, NAME, door="login"), "The server does not permit guests at this computer.")
        if NAME in library.computer.run(["getent", "passwd"]).stdout:
            raise Broken("the account is there all the same")
    with report.step("both say yes, and the server is out of reach"):
        open_to_guests(world.server, [library, world.cafe], hours=1)
        world.server.stop()
        must_stay_out(log_in(library.computer, NAME, door="login"), "The server can't be reached")
        world.server.start()


def be_a_guest(report, world):
    report.chapter("At a computer that is open to guests")
    library = world.library
    with report.step("another name than that of the card's owner is an unknown user"):
        must_stay_out(log_in(library.computer, "somebody", (PASSWORD, "x"), door="login"), "Login incorrect")
        must_stay_out(log_in(library.computer, "Roamer", door="login"), f"Log in as {NAME}.")
    with report.step("a wrong PIN stays out"):
        must_stay_out(log_in(library.computer, NAME, (PIN, "99999999"), door="login"), "Wrong PIN. 2 tries left.")
    with report.step("the right one: his account, its numbers and groups from the server, a home of his own"):
        ids, groups, home, listed = library.session(world.pin, "id -u; id -g", "id -nG", f"pwd; stat -c %a:%U {HOMES}/{NAME}", "getent passwd roamer")
        world.uid = int(ids.split()[0])
        if ids.split() != [str(world.uid)] * 2 or not 2_010_000_000 <= world.uid <= 2_147_000_000:
            raise Broken(ids)
        if sorted(groups.split()) != ["readers", NAME]:
            raise Broken(groups)
        if home.split() != [f"{HOMES}/{NAME}", f"700:{NAME}"]:
            raise Broken(home)
        report.shows(f"{listed}\n{groups}")
        if world.server.sql("SELECT id FROM unix_ids, users WHERE owner=user_id").strip() != str(world.uid):
            raise Broken("the server knows another uid")
    with report.step("his records are there"):
        argv = library.daemon.argv("records", "list", "--json", "--answers", "-")
        who = ["setpriv", "--reuid", str(world.uid), "--regid", str(world.uid), "--clear-groups", *argv]
        done = library.computer.run(who, stdin=f"pin={world.pin}\n")
        if "mail" not in done.stdout:
            raise Broken(done.stdout + done.stderr)
        report.shows(done.stdout)
    with report.step("he can't make the computer his own"):
        refused = library.daemon.cardea("access-key", "rotate", "--user", NAME, check=False)
        if refused.code == 0 or "You are a guest at this computer" not in refused.text + refused.error:
            raise Broken(refused.text + refused.error)
    with report.step("the owner sees in his record of events where he was a guest"):
        events = world.server.sql("SELECT details FROM audit WHERE kind='guest-admitted'")
        if library.id not in events:
            raise Broken(events)
    with report.step("at another computer he has the same numbers"):
        library.loses_card()
        world.cafe.takes(world.card)
        if world.cafe.session(world.pin, "id -u")[0] != str(world.uid):
            raise Broken("another uid")
        world.cafe.loses_card()


def leave(report, world):
    report.chapter("At a computer that forgets its guests")
    cafe = world.cafe
    home = f"{HOMES}/{NAME}"
    cafe.takes(world.card)

    def homes():
        return cafe.computer.run(["ls", "-A", HOMES]).stdout.split()

    with report.step("he finds the home he had, and leaves something running: it stays"):
        write_pam_services(cafe.computer, cafe.daemon.config)
        cafe.daemon.configure([*GUESTS, "guest_leaves = wipe"])
        pid = cafe.session(world.pin, "echo mine > letter; (setsid sleep 600 > /dev/null 2>&1 & echo $!)", "cat letter")[0].split()[-1]
        if cafe.computer.run(["cat", f"{home}/letter"]).stdout != "mine\n":
            raise Broken(f"{homes()}")
    with report.step("when nothing of his runs any more his home goes with him, and nobody else's does"):
        os.kill(int(pid), signal.SIGKILL)
        wait_until(lambda: not os.path.exists(f"/proc/{pid}") or " Z " in open(f"/proc/{pid}/stat", encoding="utf-8").read(), "the end of what he left running")
        before = homes()
        if cafe.session(world.pin, "cat letter")[0] != "mine":
            raise Broken("his home was not his")
        if homes() != [name for name in before if name != NAME] or "owner" not in homes():
            raise Broken(f"{before} became {homes()}")
    with report.step("the next time he gets a new one"):
        if "No such file" not in cafe.session(world.pin, "cat letter; stat -c %U .")[0]:
            raise Broken("the letter is there")
    forget(report, world)
    cafe.loses_card()
    world.library.takes(world.card)


def forget(report, world):
    cafe = world.cafe

    def guests():
        return {one["user"]: one for one in cafe.daemon.cardea("guest", "list").json["guests"]}

    def remove(name=NAME, user=None):
        return cafe.daemon.cardea("guest", "remove", name, check=False, user=user)

    with report.step("the administrator sees him, and can't take his account away while he is there; nobody else can ask"):
        with cafe.computer.login(NAME) as dialog:
            dialog.sees(PIN)
            dialog.types(world.pin)
            dialog.sees(SHELL)
            if guests()[NAME]["uid"] != world.uid or not guests()[NAME]["logged_in"]:
                raise Broken(f"{guests()}")
            refused = remove()
            if refused.code != 1 or f"{NAME} is logged in" not in refused.error:
                raise Broken(refused.text + refused.error)
            dialog.types("exit", secret=False)
            dialog.ends()
        for answer in (remove(user="owner"), cafe.daemon.cardea("guest", "list", check=False, user="owner"), remove("owner"), remove("nobody")):
            if answer.code != 1:
                raise Broken(answer.text + answer.error)
    with report.step("when he has left he is forgotten: no account, no record, and his home is gone"):
        if guests()[NAME]["logged_in"]:
            raise Broken(f"{guests()}")
        report.shows(cafe.computer.run(cafe.daemon.argv("guest", "list")).stdout)
        report.shows(cafe.computer.run(cafe.daemon.argv("guest", "remove", NAME)).stdout)
        if guests() or NAME in cafe.computer.run(["getent", "passwd"]).stdout:
            raise Broken("he is still known")
        if [name for name in os.listdir(os.path.join(cafe.daemon.state_dir, "users")) if name.startswith(NAME)]:
            raise Broken("something is kept of him")
        with open(os.path.join(cafe.daemon.state_dir, "audit"), encoding="utf-8") as file:
            if f'"kind":"guest-removed","user":"{NAME}"' not in file.read():
                raise Broken("the audit does not say so")
    with report.step("when he comes again he is a new guest, with the number he had"):
        if cafe.session(world.pin, "id -u")[0] != str(world.uid):
            raise Broken("another uid")


def go_on_alone(report, world):
    report.chapter("The server is out of reach")
    library = world.library
    with report.step("a guest who was here gets in while the server's word lasts, here for an hour"):
        must_enter(log_in(library.computer, NAME, (PIN, world.pin), door="login"))
        world.server.stop()
        must_enter(log_in(library.computer, NAME, (PIN, world.pin), door="login"))
    with report.step("a day later he does not"):
        world.clock.is_off_by(1)
        must_stay_out(log_in(library.computer, NAME, (PIN, world.pin), door="login"), "Your server must be asked")
        world.clock.is_off_by(0)
        world.server.start()
        must_enter(log_in(library.computer, NAME, (PIN, world.pin), door="login"))


def be_lied_to(report, world):
    report.chapter("Somebody else speaks for the server")
    library, server = world.library, world.server
    key = os.path.join(server.directory, "checkpoint.key")
    with report.step("with another key its word is not believed, of guests who were here and of new ones"):
        server.stop()
        os.rename(key, key + ".real")
        run_program([server.program, "--config", server.config, "--init-secrets"])
        server.start()
        must_stay_out(log_in(library.computer, NAME, (PIN, world.pin), door="login"), "can't be believed")
        os.unlink(key)
        server.stop()
        os.rename(key + ".real", key)
        server.start()
        must_enter(log_in(library.computer, NAME, (PIN, world.pin), door="login"))


def clash(report, world):
    report.chapter("Names and numbers that are taken")
    desk = Desk(world, "office", world.server, GUESTS)
    open_to_guests(world.server, [desk, world.library], hours=1)
    world.library.loses_card()
    desk.takes(world.card)
    with report.step("a local user of that name stays who he is; the card does not open his account"):
        add_local_user(desk.computer, NAME, 51099)
        must_stay_out(log_in(desk.computer, NAME, (PASSWORD, world.pin), door="login"), f"{NAME} is a user of this computer; the card in the reader is not his.")
        remove_local_user(desk.computer, NAME)
    with report.step("a local user with that number: nobody becomes him"):
        add_local_user(desk.computer, "another", world.uid)
        must_stay_out(log_in(desk.computer, NAME, door="login"), "its name or number belongs to somebody else here")
        remove_local_user(desk.computer, "another")
    with report.step("without them he gets in, and a local user made afterwards takes nothing from him but his name"):
        if desk.session(world.pin, "id -u")[0] != str(world.uid):
            raise Broken("another uid")
        add_local_user(desk.computer, NAME, 51099)
        must_stay_out(log_in(desk.computer, NAME, (PIN, world.pin), door="login"), "its name or number belongs to somebody else here")
        remove_local_user(desk.computer, NAME)
    desk.loses_card()
    world.library.takes(world.card)


def lose_the_card(report, world):
    report.chapter("The card is lost")
    library = world.library
    with report.step("its loss is reported at home"):
        library.loses_card()
        world.at_home.cardea("card", "suspend", user="owner", answers=world.proof)
        library.takes(world.card)
    with report.step("from then on it makes nobody a guest, and no PIN helps"):
        must_stay_out(log_in(library.computer, NAME, (PIN, world.pin), door="login"), "replaced or reported lost at the server")
    with report.step("also when the server is out of reach again"):
        world.server.stop()
        must_stay_out(log_in(library.computer, NAME, (PIN, world.pin), door="login"), "Your server must be asked")
        world.server.start()


def run(report, world):
    prepare(report, world)
    stay_out(report, world)
    be_a_guest(report, world)
    leave(report, world)
    go_on_alone(report, world)
    be_lied_to(report, world)
    clash(report, world)
    lose_the_card(report, world)


if __name__ == "__main__":
    story("roaming_guest", run, programs=(*BUILT, *FOR_GUESTS))
