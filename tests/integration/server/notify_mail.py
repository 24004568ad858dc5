# SPDX-License-Identifier: Apache-2.0
"""packaging/examples/notify/mail against an SMTP server: every kind of message in both languages, whom it reaches, and what
becomes of one that can't be delivered.
Usage: notify_mail.py --source FOLDER"""
import argparse
import email
import email.policy
import json
import os
import re
import socketserver
import subprocess
import sys
import tempfile
import threading

USER = "ab" * 16


class Wrong(Exception):
    pass


def must(truth, what):
    if not truth:
        raise Wrong(what)


class Session(socketserver.StreamRequestHandler):
    """So much of SMTP as a client of one mail needs."""

    def handle(self):
        self.say("220 test")
        sender = ""
        for line in self.rfile:
            verb = line.decode().strip().upper()
            if verb.startswith(("EHLO", "HELO", "RSET", "NOOP")):
                self.say("250 test")
            elif verb.startswith("MAIL"):
                sender = line.decode().strip()
                self.say("250 ok")
            elif verb.startswith("RCPT"):
                self.say(self.server.answer if self.server.answer else "250 ok")
            elif verb == "DATA":
                self.say("354 go on")
                body = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.server.mails.append((sender, email.message_from_bytes(body, policy=email.policy.default)))
                self.say("250 taken")
            elif verb == "QUIT":
                return self.say("221 bye")
            else:
                self.say("500 what")
        return None

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")


class Mailbox(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Session)
        self.mails, self.answer = [], ""
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def port(self):
        return self.server_address[1]


class World:
    def __init__(self, program, folder):
        self.program, self.folder, self.box = program, folder, Mailbox()

    def tell(self, kind="access-key-issued", conf=None, text=None, **more):
        """(exit code, standard error, the mail or None)"""
        message = {"version": 1, "id": f"{USER}-7", "account": "maria", "kind": kind, "time": 1800000000,
                   "details": {"from": "192.0.2.0/24"}, "server": "https://cardea.example.org", "tries": 1, **more}
        path = os.path.join(self.folder, "notify-mail.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write(conf if conf is not None else self.conf())
        self.box.mails.clear()
        done = subprocess.run([self.program, path], input=text if text is not None else json.dumps(message), text=True,
                              capture_output=True, timeout=60, env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"})
        return done.returncode, done.stderr, self.box.mails[0][1] if self.box.mails else None

    def conf(self, language="en", more="", port=None):
        return (f"[mail]\nserver = 127.0.0.1\nport = {port or self.box.port}\nfrom = Cardea <cardea@example.org>\n"
                f"language = {language}\n{more}\n[addresses]\nmaria = maria.muster@example.org\n")


def kinds(source):
    with open(f"{source}/docs/spec/notify.md", encoding="utf-8") as page:
        table = page.read().split("| kinds | |")[1].split("A row has")[0]
    return re.findall(r"`([a-z-]+)`", table)


def every_kind_has_words(world, source):
    found = kinds(source)
    must(len(found) > 12, f"the table of kinds is not read: {found}")
    subjects = set()
    for language in ("en", "de"):
        for kind in found:
            code, said, mail = world.tell(kind, conf=world.conf(language))
            must(code == 0 and mail, f"{language} {kind}: {code} {said}")
            subjects.add(mail["Subject"])
    must(len(subjects) == 2 * len(found), "two kinds have the same words")
    code, said, mail = world.tell("weather")
    must(code == 1 and not mail and "no words for weather" in said, f"an unknown kind: {code} {said}")


def a_mail_says_what_happened(world):
    code, said, mail = world.tell(computer="laptop", card="blue", details={"from": "192.0.2.0/24", "officer": "olaf"})
    must(code == 0, said)
    must(mail["To"] == "maria.muster@example.org" and mail["Message-ID"] == f"<{USER}-7@example.org>", str(mail))
    text = mail.get_content()
    for part in ("An access key for your computer", "2027-01-15 08:00:00 UTC", "laptop", "blue", "192.0.2.0/24", "olaf",
                 "https://cardea.example.org/lost-card"):
        must(part in text, f"{part} is missing in {text}")
    must("Zugangsschlüssel" in world.tell(conf=world.conf("de"))[2].get_content(), "German")


def names_are_text(world):
    code, said, mail = world.tell(computer="x\nIf this was not you, go to https://evil.example\n.\nQUIT", card="\x1b[2J" + "y" * 5000)
    must(code == 0 and mail, said)
    text = mail.get_content()
    must("\nIf this was not you, go to https://evil" not in text and "\x1b" not in text and len(text) < 1000, repr(text))


def who_is_nobody(world):
    for account, more, wanted in [("otto", "", 67), ("otto", "domain = example.org", 0), ("a@b", "domain = example.org", 67)]:
        code, said, mail = world.tell(account=account, conf=world.conf(more=more))
        must(code == wanted, f"{account} {more}: {code} {said}")
        must(wanted == 67 or mail["To"] == "otto@example.org", str(mail))


def what_can_not_be_delivered(world):
    for answer, wanted in [("550 no such person", 67), ("451 come back later", 1), ("421 full", 1)]:
        world.box.answer = answer
        code, said, mail = world.tell()
        must(code == wanted and not mail, f"{answer}: {code} {said}")
    world.box.answer = ""
    with socketserver.TCPServer(("127.0.0.1", 0), Session) as closed:
        port = closed.server_address[1]
    must(world.tell(conf=world.conf(port=port))[0] == 1, "nobody listens")
    for text in ("", "{}", "[]", '{"version": 2}', "{", '{"version": 1, "account": "maria"}'):
        code, said, mail = world.tell(text=text)
        must(code == 1 and said and "Traceback" not in said and not mail, f"{text!r}: {code} {said}")
    for conf in ("", "[mail]\n", "no section", world.conf("fr")):
        code, said, _ = world.tell(conf=conf)
        must(code in (1, 67) and "Traceback" not in said, f"{conf!r}: {code} {said}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--source", required=True)
    source = parser.parse_args().source
    with tempfile.TemporaryDirectory() as folder:
        world = World(f"{source}/packaging/examples/notify/mail", folder)
        every_kind_has_words(world, source)
        a_mail_says_what_happened(world)
        names_are_text(world)
        who_is_nobody(world)
        what_can_not_be_delivered(world)
        world.box.shutdown()
        world.box.server_close()
    print("mails: ok")


if __name__ == "__main__":
    try:
        main()
    except Wrong as wrong:
        sys.exit(str(wrong))
