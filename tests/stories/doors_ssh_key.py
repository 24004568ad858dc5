#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Login by ssh with the card's own key. The card is in the reader of the computer at which its owner sits; sshd runs at another one,
where he is enrolled, and learns the keys of his active cards from the daemon there, at every login anew."""
from chapters import ACCOUNT, Cast, a_card_and_its_world, must
from harness.computer import PROGRAMS
from harness.daemon import Daemon
from harness.ssh import BY_KEY, Agent, Ssh, Sshd
from harness.story import story
from harness.world import BUILT, FOR_SSH_KEYS

HELPER = f"{PROGRAMS}/cardea-authorized-keys"


def set_up(report, cast):
    report.chapter("A card is enrolled at a host, and its owner sits elsewhere")
    with report.step("the owner registers at the host; sshd there asks the daemon for keys"):
        cast.daemon.register("owner", cast.server, ACCOUNT, cast.person, cast.own_card)
        cast.daemon.configure(["gate = card_required"])
        cast.laptop.slot.remove()
        cast.sshd = Sshd(cast.laptop, BY_KEY)
    with report.step("at his desk, a computer of his account too, his card is in the reader"):
        cast.desk = cast.world.computer("desk")
        cast.desk.slot.insert(cast.own_card)
        cast.at_desk = Daemon(cast.desk, server=cast.server)
        cast.at_desk.wait_for_card()
        cast.at_desk.register("owner", cast.server, ACCOUNT, cast.person, cast.own_card, existing=True)
        cast.ssh = Ssh(cast.desk, cast.sshd)
    with report.step("another user of the host, and its administrator, have an ordinary key in authorized_keys"):
        cast.key_file, public = cast.ssh.new_key("id_ordinary")
        for user in ("second", "admin"):
            cast.sshd.trusts(user, public)
            must(cast.ssh.by_file(user, cast.key_file), cast.sshd.process.log_text()[-3000:])


def shown_to(cast, user, about="owner"):
    """What the helper prints when that user runs it."""
    uid = {"cardea-ssh": 51012, "second": 51002, "owner": 51001}[user]
    return cast.laptop.run(["setpriv", "--reuid", uid, "--regid", uid, "--clear-groups", HELPER, about], check=False)


def enter(report, cast):
    report.chapter("The card is the key")
    with report.step("ssh -I opensc-pkcs11.so: in, with the PIN"):
        must(cast.ssh.by_card("owner", cast.pin), cast.sshd.process.log_text()[-3000:])
    with report.step("the key that sshd is shown is the one that ssh sees on the card, and the only one"):
        lines = shown_to(cast, "cardea-ssh").stdout.splitlines()
        must(len(lines) == 1 and lines[0] in cast.ssh.keys_of_card(), f"{lines} {cast.ssh.keys_of_card()}")
        report.shows(lines[0][:60] + " …")
    with report.step("through an ssh agent that holds the card"):
        agent = Agent(cast.ssh)
        agent.takes_card(cast.pin)
        must(cast.ssh.goes_in("owner", agent=agent), cast.sshd.process.log_text()[-3000:])
        agent.process.stop()
    with report.step("with no PIN typed: not in"):
        must(not cast.ssh.by_card("owner", ""), "let in without a PIN")
    with report.step("it opens nobody else's account"):
        must(not cast.ssh.by_card("second", cast.pin), "let in as somebody else")
    with report.step("a card that is enrolled for nobody there does not open"):
        cast.desk.slot.insert(cast.strangers_card)
        cast.desk.run(["pkcs11-tool", "--module", "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so", "--login", "--pin", cast.strangers_card.secrets.pin,
                       "--keypairgen", "--key-type", "EC:prime256v1", "--id", "45", "--label", "ssh"])
        must(cast.ssh.keys_of_card(), "the stranger's card has no key")
        must(not cast.ssh.by_card("owner", cast.strangers_card.secrets.pin), "a foreign card was let in")
        cast.desk.slot.insert(cast.own_card)
    with report.step("who is enrolled is told to sshd's user and to the person himself only"):
        must(shown_to(cast, "owner").stdout != "", "not told himself")
        told = shown_to(cast, "second")
        must(told.returncode == 1 and told.stdout == "", told.stdout)
        nobody = shown_to(cast, "cardea-ssh", about="second")
        must(nobody.returncode == 0 and nobody.stdout == "", nobody.stdout)


def stop(report, cast):
    report.chapter("The card is mislaid, and the daemon away")
    with report.step("cardea card suspend at the host: the next login is refused"):
        cast.daemon.cardea("card", "suspend", user="owner", answers={"password": cast.person["password"]})
        must(not cast.ssh.by_card("owner", cast.pin), "a suspended card was let in")
        must(shown_to(cast, "cardea-ssh").stdout == "", "its key is still shown")
    with report.step("cardea card resume: it opens again"):
        cast.daemon.cardea("card", "resume", user="owner", answers=cast.person)
        must(cast.ssh.by_card("owner", cast.pin), cast.sshd.process.log_text()[-3000:])
    with report.step("the daemon is stopped: no card opens; of the others, PAM lets the break-glass group pass, with their key files"):
        cast.daemon.stop()
        must(not cast.ssh.by_card("owner", cast.pin), "let in without the daemon")
        must(cast.ssh.by_file("admin", cast.key_file), cast.sshd.process.log_text()[-3000:])
        failed = shown_to(cast, "cardea-ssh")
        must(failed.returncode == 1 and failed.stdout == "", failed.stdout)
        cast.daemon.start()
        must(cast.ssh.by_file("second", cast.key_file), cast.sshd.process.log_text()[-3000:])
        must(cast.ssh.by_card("owner", cast.pin), cast.sshd.process.log_text()[-3000:])


def lose(report, cast):
    report.chapter("The card is lost")
    with report.step("at his desk he replaces it, and the server knows"):
        cast.desk.slot.insert(cast.new_card)
        cast.at_desk.wait_for_card()
        cast.at_desk.cardea("card", "replace", "--key", cast.world.key, user="owner", answers={"pin": cast.new_card.secrets.pin, **cast.person})
        must("revoked" in cast.server.sql("select state from cards").split(), cast.server.sql("select state from cards"))
    with report.step("from its next contact with the server the host shows the lost card's key no more, and refuses it"):
        cast.daemon.cardea("access-key", "check", user="owner", check=False)
        cast.desk.slot.insert(cast.own_card)
        must(shown_to(cast, "cardea-ssh").stdout.strip() not in cast.ssh.keys_of_card(), "its key is still shown")
        must(not cast.ssh.by_card("owner", cast.pin), "a lost card was let in")
        must(cast.ssh.by_file("second", cast.key_file), cast.sshd.process.log_text()[-3000:])


def run(report, world):
    cast = Cast(world)
    a_card_and_its_world(report, cast)
    set_up(report, cast)
    enter(report, cast)
    stop(report, cast)
    lose(report, cast)


if __name__ == "__main__":
    story("doors_ssh_key", run, programs=(*BUILT, *FOR_SSH_KEYS))
