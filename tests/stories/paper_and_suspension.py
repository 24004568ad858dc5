#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The recovery sheet is typed back before anybody is registered, and checked afterwards; a mislaid card is suspended and resumed; a
record as large as they may be is stored, and one that is larger is refused. The sheet suspends the card without a password; a computer
that was taken out of the account goes on letting its owner in, says so, and comes back."""
import re

from chapters import ACCOUNT, Cast, a_card_and_its_world, must
from harness.daemon import elsewhere
from harness.door import PIN, log_in, must_enter, must_stay_out
from harness.story import story

REFUSED, UNREACHABLE, IDENTITY, THROTTLED = 1, 3, 5, 6
PAPER = "as you have it on paper: "
LARGEST = 24576  # docs/spec/records.md, “Record body”


def types_twice(dialog, prompt, answer):
    dialog.sees(prompt)
    dialog.types(answer)
    dialog.sees("Once more: ")
    dialog.types(answer)


def up_to_the_sheet(cast, dialog):
    """Answers everything up to the sheet; its groups, and which of them is asked."""
    types_twice(dialog, "New password for ", cast.person["password"])
    dialog.sees("Your own question: ")
    dialog.types("What did the house look like?", secret=False)
    types_twice(dialog, "Its answer: ", cast.person["answer"])
    dialog.sees("PIN for card “")
    dialog.types(cast.pin)
    dialog.sees(PAPER)
    code = re.search(r"[0-9A-Z]{5}(-[0-9A-Z]{5}){7}", dialog.transcript).group()
    cast.sheet = cast.world.secret(f"sheet-code-{code[:5]}", code)
    return code.split("-"), int(re.findall(r"Group (\d) of the sheet", dialog.transcript)[-1])


def registers(cast):
    return cast.daemon.dialog("register", "--server", cast.server.url, "--account", ACCOUNT, "--key", cast.world.key, user="owner")


def nobody_is_registered(cast):
    must("enrolment" not in cast.daemon.status(), "somebody is enrolled")
    must(cast.server.sql("select count(*) from users").strip() == "0", "there is an account")


def sheet_typed_back(report, cast):
    report.chapter("The sheet is typed back")
    with report.step("three times another group: nobody is registered"):
        with registers(cast) as dialog:
            groups, asked = up_to_the_sheet(cast, dialog)
            for number in range(3):
                if number:
                    dialog.sees(f"That is not group {asked} of this sheet.")
                    dialog.sees(PAPER)
                dialog.types(groups[asked % 8], secret=False)
            must(dialog.ends() == IDENTITY and "Nothing is registered" in dialog.text(), dialog.text())
        nobody_is_registered(cast)
        void = cast.sheet
    with report.step("a script that does not say that it keeps the sheet: nobody is registered"):
        done = cast.daemon.cardea("register", "--server", cast.server.url, "--account", ACCOUNT, user="owner", check=False,
                                  answers={"pin": cast.pin, "question": "What?", **cast.person})
        must(done.code == REFUSED and "sheet-group" in done.error, f"{done.code}: {done.error}")
        nobody_is_registered(cast)
    with report.step("right, but the server is gone by then: says so, and the way is clear for the next time"):
        with registers(cast) as dialog:
            groups, asked = up_to_the_sheet(cast, dialog)
            cast.server.stop()
            dialog.types(groups[asked - 1], secret=False)
            must(dialog.ends() == UNREACHABLE, dialog.text())
        must("enrolment" in cast.daemon.status(), "what the server may have made is not forgotten")
        cast.server.start()
    with report.step("nothing, a wrong one, then the right one in small letters: registered"):
        with registers(cast) as dialog:
            groups, asked = up_to_the_sheet(cast, dialog)
            for typed in ("", "00000", groups[asked - 1].lower()):
                dialog.types(typed, secret=False)
                if typed != groups[asked - 1].lower():
                    dialog.sees(f"That is not group {asked} of this sheet.")
                    dialog.sees(PAPER)
            must(dialog.ends() == 0 and "Registered." in dialog.text() and "sheet check" not in dialog.text(), dialog.text())
    with report.step("again: he is enrolled already"):
        done = cast.daemon.register("owner", cast.server, ACCOUNT, cast.person, cast.own_card, check=False)
        must(done.code == REFUSED and "already enrolled" in done.error, f"{done.code}: {done.error}")
    return void


def sheet_checked(report, cast, void):
    report.chapter("cardea sheet check")

    def check(code):
        return cast.daemon.cardea("sheet", "check", user="owner", answers={"sheet-code": code}, check=False)
    with report.step("the sheet opens the records"):
        done = check(cast.sheet)
        must(done.code == 0, f"{done.code}: {done.error}")
    with report.step("one of a registration that came to nothing does not"):
        done = check(void)
        must(done.code == IDENTITY, f"{done.code}: {done.error}")
    with report.step("a mistyped one is told from a wrong one"):
        typed = cast.sheet[:-1] + ("0" if cast.sheet[-1] != "0" else "1")
        done = check(typed)
        must(done.code == IDENTITY and "mistyped" in done.error.lower(), f"{done.code}: {done.error}")
        report.shows(done.error)
    with report.step("without the server it can't be said"):
        cast.server.stop()
        must(check(cast.sheet).code == UNREACHABLE, "said without the server")
        cast.server.start()


def suspended(report, cast):
    report.chapter("The card is mislaid, and found again")
    password = {"password": cast.person["password"]}
    cast.daemon.configure(["gate = card_required"])
    must_enter(cast.enters_by_pin())
    with report.step("a wrong password suspends nothing"):
        done = cast.daemon.cardea("card", "suspend", user="owner", answers={"password": "not this"}, check=False)
        must(done.code == IDENTITY, f"{done.code}: {done.error}")
        must_enter(cast.enters_by_pin())
    with report.step("cardea card suspend: the password is enough"):
        done = cast.daemon.cardea("card", "suspend", user="owner", answers=password)
        must(done.json["state"] == "suspended", done.text)
    with report.step("the card is refused at the door, in clear words, and never sees the PIN"):
        seen = must_stay_out(log_in(cast.laptop, "owner", (PIN, "99999999")), "This card is suspended. Resume it, or use an access key.")
        must("Wrong PIN" not in seen.text, seen.text)
        must_stay_out(cast.enters_by_pin(), "This card is suspended.")
        must_stay_out(cast.enters_by_pin(door="login"), "This card is suspended.")
        report.shows(seen.text)
    with report.step("it opens nothing else either, here or at the server"):
        done = cast.daemon.cardea("records", "list", user="owner", answers={"pin": cast.pin}, check=False)
        must(done.code != 0 and "This card is suspended." in done.error, f"{done.code}: {done.error}")
        must(cast.server.sql("select state from cards").split() == ["suspended"], cast.server.sql("select state from cards"))
    with report.step("an access key still opens"):
        must_enter(log_in(cast.laptop, "owner", (PIN, cast.issue_access_key("access-key-meanwhile"))))
    with report.step("suspended a second time: there is no such card"):
        done = cast.daemon.cardea("card", "suspend", user="owner", answers=password, check=False)
        must(done.code == REFUSED and "no such card" in done.error, f"{done.code}: {done.error}")
    with report.step("the password alone does not resume it"):
        done = cast.daemon.cardea("card", "resume", user="owner", answers=password, check=False)
        must(done.code != 0 and "“answer”" in done.error, f"{done.code}: {done.error}")
        must_stay_out(cast.enters_by_pin(), "This card is suspended.")
    with report.step("cardea card resume, with password and answer: it opens again, and so do its records"):
        done = cast.daemon.cardea("card", "resume", user="owner", answers=cast.person)
        must(done.json["state"] == "active", done.text)
        must_enter(cast.enters_by_pin())
        cast.daemon.cardea("records", "list", user="owner", answers={"pin": cast.pin})


def by_sheet(report, cast):
    report.chapter("The sheet in place of a password, from any computer")

    def sheet(verb, code):
        return elsewhere(cast.world, cast.server, ACCOUNT, {"sheet-code": code}, "sheet", verb, check=False)
    with report.step("a code that is another sheet's suspends nothing, and says no more"):
        done = sheet("suspend", "00000-" * 7 + "00000")
        must(done.code == IDENTITY and "mistyped" in done.error, f"{done.code}: {done.error}")
        other = "00001-00002-00003-00004-00005-00006-00007-00008"  # forty zeros with the check symbols of their groups
        done = sheet("suspend", other)
        must(done.code == IDENTITY and "not the code of this account" in done.error, f"{done.code}: {done.error}")
        must_enter(cast.enters_by_pin())
        report.shows(done.error)
    with report.step("cardea sheet suspend: the computer hears it at its next contact"):
        must(sheet("suspend", cast.sheet).json == {"changed": 1, "suspended": 1}, "not suspended")
        cast.daemon.cardea("access-key", "check", user="owner")
        must_stay_out(cast.enters_by_pin(), "This card is suspended.")
        cast.daemon.cardea("card", "resume", user="owner", answers=cast.person)
        must_enter(cast.enters_by_pin())
    with report.step("cardea sheet reopen forgets wrong passwords, once a day"):
        def wrong():
            return cast.daemon.cardea("card", "suspend", user="owner", answers={"password": "not this"}, check=False)
        must(sheet("reopen", cast.sheet).json == {"reopened": False}, "there were wrong tries")
        must(wrong().code == IDENTITY, "accepted")
        must(sheet("reopen", cast.sheet).json == {"reopened": True}, "not reopened")
        must(wrong().code == IDENTITY, "accepted")
        done = sheet("reopen", cast.sheet)
        must(done.code == THROTTLED, f"{done.code}: {done.error}")
        report.shows(done.error)


def retired(report, cast):
    report.chapter("The computer is taken out of the account")
    with report.step("it hears so at its next contact, and says so"):
        cast.server.changes("update enrolments set retired = 1; update generations set state = 'cancelled', seal = x''")
        done = cast.daemon.cardea("access-key", "check", user="owner", check=False)
        must(done.code == REFUSED, f"{done.code}: {done.error}")
        status = cast.daemon.cardea("status", "--user", "owner")
        must(status.json["enrolment"]["retired_at"] > 0, status.text)
        report.shows(status.lines)
    with report.step("card and PIN open it as before, also after the daemon was started anew"):
        must_enter(cast.enters_by_pin())
        cast.daemon.restart()
        must_enter(cast.enters_by_pin())
    with report.step("cardea register --existing brings it back"):
        cast.daemon.register("owner", cast.server, ACCOUNT, cast.person, cast.own_card, existing=True)
        cast.daemon.cardea("access-key", "check", user="owner")
        status = cast.daemon.status()
        must(status["enrolment"]["retired_at"] == 0, str(status))
        must(re.fullmatch("([0-9a-f]{4} ){7}[0-9a-f]{4}", status["enrolment"]["server_key_fingerprint"]), str(status))
        must(cast.server.sql("select retired from enrolments").split() == ["0"], "still out of the account")


def largest_record(report, cast):
    report.chapter("A record as large as they may be")
    around = len('{"kind":"note","title":"big","secret":""}')
    text = cast.world.secret("largest", "s" * (LARGEST - around))

    def put(secret):
        return cast.daemon.cardea("records", "put", "big", "--kind", "note", user="owner", answers={"pin": cast.pin, "secret": secret}, check=False)
    with report.step(f"{LARGEST} bytes are stored, and come back"):
        done = put(text)
        must(done.code == 0, f"{done.code}: {done.text[:200]}{done.error}")
        got = cast.daemon.cardea("records", "get", "big", user="owner", answers={"pin": cast.pin})
        must(text in str(got.json["record"]) and len(got.json["record"].encode()) == LARGEST, "something else came back")
    with report.step("one more byte is refused, and what is there stays"):
        done = put(text + "s")
        must(done.code == REFUSED and "The record is too long" in done.error, f"{done.code}: {done.error}")
        must(cast.server.sql("select version from records").split() == ["1"], "a version was made")
        report.shows(done.error)


def run(report, world):
    cast = Cast(world)
    a_card_and_its_world(report, cast)
    void = sheet_typed_back(report, cast)
    sheet_checked(report, cast, void)
    suspended(report, cast)
    by_sheet(report, cast)
    retired(report, cast)
    largest_record(report, cast)


if __name__ == "__main__":
    story("paper_and_suspension", run)
