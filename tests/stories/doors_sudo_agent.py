#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""sudo at a remote host, with the card in the reader of the computer at which its owner sits and his ssh agent forwarded. No
password and nothing typed; and what does not open: an agent without the card, a silent one, a foreign or suspended card, an agent
that belongs to somebody else."""
import os
import socket
import threading
import time

from chapters import ACCOUNT, Cast, a_card_and_its_world, must
from harness.private_etc import PEOPLE, write, write_pam_service
from harness.process import wait_until
from harness.reader import OPENSC_MODULE
from harness.ssh import BY_KEY, Agent, Ssh, Sshd
from harness.story import story
from harness.world import BUILT, FOR_SSH_KEYS

PAM_TIMEOUT = 12
SUDOERS = """\
Defaults !lecture, timestamp_timeout=0, passwd_tries=1
root ALL=(ALL:ALL) ALL
owner ALL=(ALL:ALL) ALL
"""
DIALOGUE = "Insert your card, or type an access key: "


class SilentAgent:
    """Something that listens where an agent should, and never answers. Counts who came, and what was said to it."""

    def __init__(self, computer, name, *, owner=0, made_by=0, mode=0o600):
        self.path = f"/run/{name}.sock"
        outside = f"/proc/{computer.holder_pid}/root{self.path}"
        self.visitors, self.heard = 0, b""
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(outside)
        os.chown(outside, owner, owner)
        os.chmod(outside, mode)
        os.seteuid(made_by)  # whom SO_PEERCRED names: he who calls listen()
        self._listener.listen()
        os.seteuid(0)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            visitor, _ = self._listener.accept()
            self.visitors += 1
            threading.Thread(target=self._listen, args=(visitor,), daemon=True).start()

    def _listen(self, visitor):
        while data := visitor.recv(4096):
            self.heard += data
        visitor.close()


def set_up(report, cast):
    report.chapter("A host with sudo, and its owner elsewhere")
    with report.step("the owner registers at the host, which goes into secure mode; the card goes with him"):
        cast.daemon.register("owner", cast.server, ACCOUNT, cast.person, cast.own_card)
        cast.daemon.configure(["gate = card_required"])
        cast.laptop.slot.remove()
        cast.daemon.wait_for_card(False)
        write_pam_service(cast.laptop.pam_directory, "sudo", module=cast.laptop.module, socket=cast.daemon.socket, timeout=PAM_TIMEOUT)
        sudoers = os.path.join(cast.laptop.directory, "sudoers")
        write(sudoers, SUDOERS, 0o440)
        cast.laptop.run(["mount", "--bind", sudoers, "/etc/sudoers"])
        cast.sshd = Sshd(cast.laptop, BY_KEY)
    with report.step("at his desk the card is in the reader and in his agent"):
        cast.desk = cast.world.computer("desk")
        cast.desk.slot.insert(cast.own_card)
        cast.ssh = Ssh(cast.desk, cast.sshd)
        cast.key_file, public = cast.ssh.new_key("id_owner")
        cast.sshd.trusts("owner", public)
        cast.no_keys = Agent(cast.ssh, "no-keys")
        cast.agent = Agent(cast.ssh)
        cast.agent.takes_card(cast.pin)


def sudo(cast, forwarded, *, typed="", before=""):
    """What `sudo id -un` comes to at the host, with the agent at this path of the desk forwarded. Prompts are on standard error,
    answers come from standard input. ssh forwards an agent only when it has one for itself: one without keys, so that the key file
    alone lets in."""
    argv = cast.ssh.argv("owner", f"{before}sudo -S id -un", options=(
        "-i", cast.key_file, "-o", f"IdentityAgent={cast.no_keys.socket}", "-o", f"ForwardAgent={forwarded}"))
    return cast.desk.run(argv, stdin=f"{typed}\n", check=False)


def must_become_root(cast, agent):
    """Without a question."""
    done = sudo(cast, agent.socket)
    must(done.returncode == 0 and done.stdout.strip() == "root" and DIALOGUE not in done.stderr,
         f"{done.returncode}: {done.stdout}{done.stderr}\n{cast.laptop.auth_log()[-1500:]}")


def must_be_asked(cast, forwarded, **options):
    """The usual question comes; nothing typed does not open."""
    done = sudo(cast, forwarded, **options)
    must(done.returncode != 0 and "root" not in done.stdout and DIALOGUE in done.stderr, f"{done.returncode}: {done.stdout}{done.stderr}")


def by_agent(report, cast):
    report.chapter("The card answers through the agent")
    with report.step("sudo: root, and nothing was typed or asked"):
        must_become_root(cast, cast.agent)
        must_become_root(cast, cast.agent)
    with report.step("it is a login in the journal of the daemon"):
        must("login granted user=owner service=sudo" in cast.daemon.process.log_text(), cast.daemon.process.log_text()[-2000:])
    with report.step("without an agent the usual question comes, and an access key answers it"):
        must_be_asked(cast, "no")
        done = sudo(cast, "no", typed=cast.issue_access_key("access-key-sudo"))
        must(done.returncode == 0 and done.stdout.strip() == "root", f"{done.returncode}: {done.stdout}{done.stderr}")


def not_by_these(report, cast):
    report.chapter("What does not answer")
    with report.step("an agent that does not have the card: the usual question"):
        other = Agent(cast.ssh, "other")
        other.takes_key(cast.key_file)
        must_be_asked(cast, other.socket)
        other.process.stop()
    with report.step("an agent that is silent: the usual question comes within the time of the login"):
        silent = SilentAgent(cast.laptop, "silent", owner=PEOPLE["owner"], made_by=PEOPLE["owner"])
        started = time.monotonic()
        must_be_asked(cast, "no", before=f"SSH_AUTH_SOCK={silent.path} ")
        must(time.monotonic() - started < PAM_TIMEOUT and b"cardea/v1/agent-login" in silent.heard, f"{silent.visitors} {silent.heard}")
        must_become_root(cast, cast.agent)
    with report.step("a socket that only somebody else may open is not opened for him; one that somebody else made is told nothing"):
        closed = SilentAgent(cast.laptop, "closed", owner=PEOPLE["second"])
        must_be_asked(cast, "no", before=f"SSH_AUTH_SOCK={closed.path} ")
        open_to_all = SilentAgent(cast.laptop, "open", owner=PEOPLE["owner"], mode=0o666)
        must_be_asked(cast, "no", before=f"SSH_AUTH_SOCK={open_to_all.path} ")
        wait_until(lambda: open_to_all.visitors == 1, "the open socket to be visited")
        must(closed.visitors == 0 and open_to_all.heard == b"", f"{closed.visitors} {open_to_all.heard}")
    with report.step("a path that is none, and one that is too long"):
        for path in ("relative.sock", "/nonexistent/agent", "/" + "x" * 200, "@abstract"):
            must_be_asked(cast, "no", before=f"SSH_AUTH_SOCK={path} ")
    with report.step("the service is not in agent_services: the agent is not asked"):
        cast.daemon.configure(["gate = card_required", "agent_services = sudo-i"], card=False)
        must_be_asked(cast, cast.agent.socket)
        cast.daemon.configure(["gate = card_required"], card=False)
        must_become_root(cast, cast.agent)


def cards_that_do_not(report, cast):
    report.chapter("Cards that do not open")
    with report.step("suspended: refused at once; resumed: root again"):
        cast.daemon.cardea("card", "suspend", user="owner", answers={"password": cast.person["password"]})
        must_be_asked(cast, cast.agent.socket)
        cast.daemon.cardea("card", "resume", user="owner", answers=cast.person)
        must_become_root(cast, cast.agent)
    with report.step("somebody else's card in the agent"):
        cast.agent.process.stop()
        cast.desk.slot.insert(cast.strangers_card)
        pin = cast.strangers_card.secrets.pin
        cast.desk.run(["pkcs11-tool", "--module", OPENSC_MODULE, "--login", "--pin", pin, "--keypairgen", "--key-type", "EC:prime256v1",
                       "--id", "45", "--label", "ssh"])
        stranger = Agent(cast.ssh, "stranger")
        stranger.takes_card(pin)
        must_be_asked(cast, stranger.socket)
        stranger.process.stop()


def run(report, world):
    cast = Cast(world)
    a_card_and_its_world(report, cast)
    set_up(report, cast)
    by_agent(report, cast)
    not_by_these(report, cast)
    cards_that_do_not(report, cast)


if __name__ == "__main__":
    story("doors_sudo_agent", run, programs=(*BUILT, *FOR_SSH_KEYS))
