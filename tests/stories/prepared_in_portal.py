#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Somebody without a reader prepares his account in a browser and prints the sheet. Days later, with reader and card,
`cardea register --continue` makes the account of it: the whole sheet, password and answer, and nothing less. Then his access key lets
him in and the sheet from the browser opens his records. A draft opens nothing, keeps nobody's name, and a server that exchanges the
recovery key is refused before the card signs."""
import re

from chapters import ACCOUNT, Cast, a_card_and_its_world, must
from harness.daemon import elsewhere, recover
from harness.door import CARD_OR_KEY, log_in, must_enter, must_stay_out
from harness.portal import PortalPage, serve_portal
from harness.process import run as run_sql
from harness.story import story

REFUSED, IDENTITY = 1, 5
QUESTION = "What did the house look like?"
OTHER = "somebody@story"


def prepares(cast, account, name):
    """What the page Register does; the code on the sheet."""
    with PortalPage(cast.world, cast.server.url) as page:
        done = page.does("prepare", account, cast.person["password"], QUESTION, cast.person["answer"])
        must(f"--account {account}" in done["text"], done["text"])
        return cast.world.secret(name, done["sheet"])


def continues(cast, sheet, *, account=ACCOUNT, **answers):
    return cast.daemon.cardea("register", "--continue", "--server", cast.server.url, "--account", account, "--key", cast.world.key,
                              user="owner", check=False, answers={"sheet-code": sheet, "pin": cast.pin, **cast.person, **answers})


def nobody_is_registered(cast):
    must("enrolment" not in cast.daemon.status(), "somebody is enrolled")
    must(cast.server.sql("select count(*) from users").strip() == "0", "there is an account")


def refused(cast, code, text, done):
    must(done.code == code and text in done.error, f"{done.code}: {done.text}{done.error}")
    nobody_is_registered(cast)


def in_the_browser(report, cast):
    report.chapter("In a browser, without reader and card")
    with report.step("account, password, question, answer; the sheet is printed and one group of it typed back"):
        cast.sheet = prepares(cast, ACCOUNT, "sheet-code")
        must(cast.server.sql("select count(*) from drafts").strip() == "1", "no draft")
        nobody_is_registered(cast)
    with report.step("it is no account: password and answer give no access key"):
        done = recover(cast.world, cast.server, ACCOUNT, cast.person, check=False)
        must(done.code == IDENTITY, f"{done.code}: {done.text}{done.error}")
    with report.step("nor does its sheet suspend or reopen anything"):
        done = elsewhere(cast.world, cast.server, ACCOUNT, {"sheet-code": cast.sheet}, "sheet", "reopen", check=False)
        must(done.code == IDENTITY, f"{done.code}: {done.text}{done.error}")


def not_like_that(report, cast):
    report.chapter("At the computer: what is not enough")
    other = prepares(cast, OTHER, "sheet-code-other")
    with report.step("a mistyped sheet, and one of another registration"):
        refused(cast, IDENTITY, "Group 8 of the sheet's code is mistyped.", continues(cast, cast.sheet[:-1] + ("2" if cast.sheet[-1] != "2" else "3")))
        refused(cast, REFUSED, "Nothing was prepared with this sheet", continues(cast, "00001-00002-00003-00004-00005-00006-00007-00008"))
    with report.step("a wrong password, a wrong answer"):
        refused(cast, IDENTITY, "", continues(cast, cast.sheet, password="not-it"))
        refused(cast, IDENTITY, "", continues(cast, cast.sheet, answer="not it either"))
    with report.step("a server that shows another recovery key: nothing is made on the card, nothing registered"):
        swap = "update drafts set {0}=(select {0} from old where old.sheet_check<>drafts.sheet_check);"
        run_sql(["sqlite3", cast.server.database, "create temp table old as select * from drafts;" + swap.format("recovery_public")])
        refused(cast, REFUSED, "another recovery key", continues(cast, cast.sheet))
        run_sql(["sqlite3", cast.server.database, "create temp table old as select * from drafts;" + swap.format("recovery_public")])
    # As if the minutes were over that wrong tries cost.
    run_sql(["sqlite3", cast.server.database, "delete from guesses where subject like 'draft:%'"])
    return other


def finished(report, cast):
    report.chapter("With the sheet, password and answer")
    with report.step("cardea register --continue: he is asked for what he has chosen, and for his PIN"):
        words = ("register", "--continue", "--server", cast.server.url, "--account", ACCOUNT, "--key", cast.world.key)
        with cast.daemon.dialog(*words, user="owner") as dialog:
            dialog.sees("Code of your recovery sheet: ")
            dialog.types(cast.sheet.lower())
            dialog.sees(f"Password of {ACCOUNT}: ")
            dialog.types(cast.person["password"])
            dialog.sees(QUESTION)
            dialog.types(cast.person["answer"])
            dialog.sees("PIN for card “")
            dialog.types(cast.pin)
            must(dialog.ends() == 0 and "Registered." in dialog.text(), dialog.text())
            must(not re.search(r"([0-9A-Z]{5}-){7}", dialog.text()), "a new sheet was shown")
            report.shows(dialog.text())
    with report.step("the draft is gone with it, and his history begins"):
        must(cast.server.sql("select count(*) from drafts").strip() == "1", "his draft is still there")
        must(cast.server.sql("select kind from audit").split()[0] == "registered", "another history")
    with report.step("a second time: he is enrolled already"):
        done = continues(cast, cast.sheet)
        must(done.code == REFUSED and "already enrolled" in done.error, f"{done.code}: {done.error}")


def it_holds(report, cast):
    report.chapter("What he has then")
    with report.step("he stores a record, and the sheet from the browser opens his records"):
        done = cast.daemon.cardea("records", "put", "wlan", user="owner", answers={"pin": cast.pin, "secret": cast.record})
        must(done.json["on_card"], done.text)
        done = cast.daemon.cardea("sheet", "check", user="owner", answers={"sheet-code": cast.sheet})
        must(done.code == 0, done.error)
    with report.step("in the gate the card lets him in, and without it his access key, once"):
        cast.daemon.configure(["gate = card_required"])
        must_enter(cast.enters_by_pin())
        key = cast.issue_access_key("access-key")
        cast.laptop.slot.remove()
        cast.daemon.wait_for_card(False)
        must_enter(log_in(cast.laptop, "owner", (CARD_OR_KEY, key)))
        must_stay_out(log_in(cast.laptop, "owner", (CARD_OR_KEY, key)), "This access key does not open this computer.")
    with report.step("lost: the sheet from the browser suspends the card"):
        done = elsewhere(cast.world, cast.server, ACCOUNT, {"sheet-code": cast.sheet}, "sheet", "suspend")
        must(done.json["changed"] == 1, done.text)


def a_name_that_is_taken(report, cast, other):
    report.chapter("Somebody else, and a name that is taken")
    second = cast.world.computer("second-laptop")
    card = cast.world.new_card(second, "third")
    second.slot.insert(card)
    cast.daemon = type(cast.daemon)(second, server=cast.server)
    cast.daemon.wait_for_card()
    with report.step("the name is taken by now: said, and nothing is lost"):
        done = continues(cast, other, account=ACCOUNT, pin=card.secrets.pin)
        must(done.code == REFUSED and "Take another name with --account" in done.error, f"{done.code}: {done.error}")
        must("enrolment" not in cast.daemon.status(), "somebody is enrolled")
    with report.step("with another name, from the same draft and sheet"):
        done = continues(cast, other, account=OTHER, pin=card.secrets.pin)
        must(done.code == 0, f"{done.code}: {done.error}")
        must(cast.server.sql("select count(*) from drafts").strip() == "0", "a draft is left")


def run(report, world):
    cast = Cast(world)
    a_card_and_its_world(report, cast)
    serve_portal(cast.server)
    in_the_browser(report, cast)
    other = not_like_that(report, cast)
    finished(report, cast)
    it_holds(report, cast)
    a_name_that_is_taken(report, cast, other)


if __name__ == "__main__":
    story("prepared_in_portal", run)
