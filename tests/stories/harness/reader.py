# SPDX-License-Identifier: Apache-2.0
"""Readers (real pcscd, vpcd's reader driver) and the cards in them (cardea-virtual-card)."""
import os
import socket

from .process import Broken, wait_until

FIRST_PORT = 35963  # vpcd's own; a reader of computer n has FIRST_PORT + 2n and the one after it
OPENSC_MODULE = "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so"


class CardSecrets:
    """What is printed in the letter that comes with a card."""

    def __init__(self, pin, puk="12345678", so_pin="87654321", so_puk="11223344"):
        self.pin = pin
        self.puk = puk
        self.so_pin = so_pin
        self.so_puk = so_puk
        self.so_pin_hsm = "3537363231383830"


class Pcscd:
    """pcscd of one computer with one virtual reader of two slots."""

    def __init__(self, computer, number):
        self.computer = computer
        self.port = FIRST_PORT + 2 * number
        self._configuration = os.path.join(computer.directory, "readers")
        os.mkdir(self._configuration)
        with open(os.path.join(self._configuration, "vpcd"), "w", encoding="ascii") as file:
            file.write(f'FRIENDLYNAME "Virtual PCD"\nDEVICENAME /dev/null:{self.port:#x}\n'
                       f"LIBPATH /usr/lib/pcsc/drivers/serial/libifdvpcd.so\nCHANNELID {self.port:#x}\n")
        self.start()

    def start(self):
        self.process = self.computer.start("pcscd", ["/usr/sbin/pcscd", "-f", "-i", "-c", self._configuration])
        self.process.wait_ready(lambda: "Virtual PCD" in self._readers())

    def restart(self):
        self.process.kill9()
        self.start()

    def sees_card(self, reader):
        return any("Yes" in line.split()[:3] for line in self._readers().splitlines() if line.endswith(reader))

    def has_noticed_removal(self, reader):
        """Its own event, not only the state: after an error pcscd calls a card absent before it has looked, and a card that
        is back by the time it looks stays absent."""
        text = self.process.log_text()
        return text.rfind(f"Card Removed From {reader}") >= text.rfind(f"Card inserted into {reader}") and not self.sees_card(reader)

    def _readers(self):
        return self.computer.run(["opensc-tool", "--list-readers"], check=False).stdout


class Card:
    """A card in its envelope: a state file, its kind and its secrets."""

    def __init__(self, path, kind, label, secrets):
        self.path = path
        self.kind = kind
        self.label = label
        self.secrets = secrets


class Slot:
    """A slot of a reader, with the program that plays the card in it."""

    def __init__(self, computer, pcscd, number, program):
        self.computer = computer
        self.number = number
        self._program = program
        self._port = pcscd.port + number
        self.control = os.path.join(computer.directory, f"slot{number}.ctl")
        self.process = None
        self.card = None

    @property
    def reader(self):
        return f"Virtual PCD 00 0{self.number}"

    def order(self, *words):
        """An order to the virtual card (tests/virtual_card/README.md); returns its answer."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as mine:
            own = f"{self.control}.{os.getpid()}"
            mine.bind(own)
            try:
                mine.settimeout(10)
                mine.sendto(" ".join(map(str, words)).encode(), self.control)
                answer = mine.recv(65536).decode()
            finally:
                os.unlink(own)
        if not answer.startswith("ok"):
            raise Broken(f"the virtual card answered “{answer}” to “{' '.join(map(str, words))}”")
        return answer

    def insert(self, card):
        """Puts a card into the slot, in place of the one that is there."""
        self.remove()
        self.card = card
        self.process = self.computer.start(f"slot{self.number}", [
            self._program, "--personality", card.kind, "--state", card.path, "--control", self.control, "--port", self._port])
        self.process.wait_ready(lambda: "ready" in self.process.log_text())
        self.wait_seen(True)

    def remove(self):
        """Takes the card away for good; it can go into any slot again."""
        if self.process is not None and self.process.running():
            self.order("quit")
            wait_until(lambda: not self.process.running(), "the virtual card to end")
        self.process = self.card = None
        self.wait_seen(False)

    def pull(self):
        self.order("eject")
        self.wait_seen(False)

    def push(self):
        """Puts the card that was pulled in again."""
        self.order("insert")
        self.wait_seen(True)

    def wait_seen(self, present):
        """pcscd looks every 400 ms; a card that is changed between two looks would be taken for the old one."""
        pcscd = self.computer.pcscd
        if pcscd.process.running():
            look = pcscd.sees_card if present else pcscd.has_noticed_removal
            wait_until(lambda: look(self.reader), f"pcscd to see {'a' if present else 'no'} card in slot {self.number}")

    def stat(self):
        return dict(word.split("=", 1) for word in self.order("stat").split() if "=" in word)


def personalise(slot, card):
    """What a card factory does: file system or token, PIN and PUK. No Cardea keys."""
    slot.insert(card)
    secrets = card.secrets
    if card.kind == "myeid":
        tool = ["pkcs15-init", "--reader", slot.reader, "--so-pin", secrets.so_pin]
        slot.computer.run([*tool, "--create-pkcs15", "--so-puk", secrets.so_puk, "--label", card.label])
        slot.computer.run([*tool, "--store-pin", "--auth-id", "1", "--label", "User PIN", "--pin", secrets.pin, "--puk", secrets.puk])
        slot.computer.run([*tool, "--finalize"])
    else:
        tool = ["pkcs11-tool", "--module", OPENSC_MODULE, "--slot-index", slot.number, "--so-pin", secrets.so_pin_hsm]
        slot.computer.run([*tool, "--init-token", "--label", card.label])
        slot.computer.run([*tool, "--init-pin", "--login", "--login-type", "so", "--pin", secrets.pin])
    slot.remove()
