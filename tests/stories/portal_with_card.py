#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A browser that can't reach the card is signed in with it: the page's code is typed at the computer with the reader. The page then
shows the records that `cardea records put` has stored, and what it changes `cardea records get` reads. Codes that are mistyped, used,
of nobody; a person who says no."""
import json
import os

from harness.portal import PortalPage, serve_portal
from harness.process import Broken
from harness.process import run as run_sql
from harness.resident import Resident
from harness.screen import pictures_of
from harness.story import story

REFUSED = 1


def must(condition, text):
    if not condition:
        raise Broken(text)


def allow(owner, code, *, records="y", sign_in="y", check=True):
    return owner.daemon.cardea("portal", "allow", code, user="owner", check=check,
                               answers={"allow-sign-in": sign_in, "allow-records": records, "pin": owner.pin})


def reads(owner, name):
    done = owner.daemon.cardea("records", "get", name, user="owner", answers={"pin": owner.pin})
    return json.loads(done.json["record"])


def signs_in(report, owner, page):
    report.chapter("The card signs a browser in")
    with report.step("two records are stored"):
        for name, secret in (("Mail", "s3cret-mail"), ("wlan", "s3cret-wlan")):
            owner.daemon.cardea("records", "put", name, "--set", "Office", user="owner", answers={"pin": owner.pin, "secret": secret})
        for chosen, wanted in ((("--set", "Office"), 2), (("--set", "Home"), 0), ((), 2)):
            listed = owner.daemon.cardea("records", "list", *chosen, user="owner", answers={"pin": owner.pin})
            must(listed.json["count"] == wanted, f"{chosen}: {listed.text}")
    with report.step("somebody says no to his terminal: nothing is allowed, no PIN is asked"):
        code = page.does("code")["code"]
        before = owner.card_use()
        refused = allow(owner, code, sign_in="n", check=False)
        must(refused.code == REFUSED and "Nothing was allowed." in refused.error, f"{refused.code}: {refused.text}{refused.error}")
        owner.the_card_was_left_alone(before)
    with report.step("a mistyped code names its group; one that no page waits under is told so"):
        wrong = allow(owner, code[:-1] + ("3" if code[-1] == "2" else "2"), check=False)
        must("Group 6 of the code is mistyped." in wrong.error, wrong.error)
        nobody = allow(owner, "00001-00002-00003-00004-00005-00006", check=False)
        must("waits under this code." in nobody.error, nobody.error)
    with report.step("at a terminal he reads what he allows, and says yes"):
        with owner.daemon.dialog("portal", "allow", code.lower(), user="owner") as dialog:
            dialog.sees("Allow a browser to sign in?")
            dialog.sees(f"as {owner.account}, with your card, for one hour.")
            dialog.sees("Sign in? [y/N] ")
            dialog.types("y", secret=False)
            dialog.sees("Let it read and change your records? [y/N] ")
            dialog.types("y", secret=False)
            dialog.sees("PIN for card “")
            dialog.types(owner.pin)
            must(dialog.ends() == 0 and "The page is signed in and shows your records." in dialog.text(), dialog.text())
            report.shows(dialog.text())
    with report.step("the page says as whom"):
        text = page.does("signed-in")["text"]
        must(f"As {owner.account}, with the card “" in text, text)
    with report.step("the code is used"):
        used = allow(owner, code, check=False)
        must("This code has been used." in used.error, used.error)


def records(report, owner, page):
    report.chapter("The records, in the page and at the computer")
    with report.step("both are listed, and both are on the card"):
        seen = page.does("records")
        must(seen == {"Mail": "on your card", "wlan": "on your card"}, f"{seen}")
        page.does("picture", os.path.join(pictures_of(owner.world, "portal_with_card"), "records.png"))
    with report.step("changed in the page: the computer reads it, with all that it had"):
        page.does("change", "Mail", "secret", "changed-in-the-page")
        owner.daemon.cardea("records", "sync", user="owner", answers={"pin": owner.pin})
        body = reads(owner, "Mail")
        must(body["secret"] == "changed-in-the-page" and body["set"] == "Office" and body["title"] == "Mail", f"{body}")
        must(page.does("records")["Mail"] == "older on your card", "the page knows the card as it was when it was allowed")
    with report.step("deleted in the page, it leaves the card with the next sync"):
        page.does("delete", "wlan")
        owner.daemon.cardea("records", "sync", user="owner", answers={"pin": owner.pin})
        gone = owner.daemon.cardea("records", "get", "wlan", user="owner", check=False, answers={"pin": owner.pin})
        must(gone.code == REFUSED, f"{gone.code}: {gone.text}")
    with report.step("brought back from the trash, it is on the card after the next one"):
        page.does("restore", "wlan")
        owner.daemon.cardea("records", "sync", user="owner", answers={"pin": owner.pin})
        must(reads(owner, "wlan")["secret"] == "s3cret-wlan", "another record")
    with report.step("the history tells of the browser"):
        events = owner.server.sql("select kind from audit").split()
        must(events.count("browser-allowed") == 1, f"{events}")


def without_records(report, owner):
    report.chapter("Signed in, but not to the records")
    with report.step("a yes and a no: the page asks for the recovery sheet"):
        with PortalPage(owner.world, owner.server.url) as page:
            done = allow(owner, page.does("code")["code"], records="n")
            must(done.json["records"] is False, done.text)
            text = page.does("signed-in")["text"]
            must("This page did not get your records." in text, text)


def a_server_in_between(report, owner):
    report.chapter("A server that puts itself between")
    with report.step("it has another page's key in the place of this one's: refused, and no PIN is asked"):
        with PortalPage(owner.world, owner.server.url) as page, PortalPage(owner.world, owner.server.url) as other:
            code = page.does("code")["code"]
            other.does("code")
            changed = run_sql(["sqlite3", owner.server.database, "create temp table old as select * from pairings where answer=x'';"
                               "update pairings set seal_key=(select seal_key from old where old.pairing_id<>pairings.pairing_id) "
                               "where answer=x''; select changes()"])
            must(int(changed.stdout) >= 2, f"{changed.stdout} keys were exchanged")
            before = owner.card_use()
            refused = allow(owner, code, check=False)
            must(refused.code == REFUSED and "somebody stands between" in refused.error, f"{refused.code}: {refused.text}{refused.error}")
            owner.the_card_was_left_alone(before)


def run(report, world):
    owner = Resident(report, world)
    serve_portal(owner.server)
    with PortalPage(world, owner.server.url) as page:
        signs_in(report, owner, page)
        records(report, owner, page)
    without_records(report, owner)
    a_server_in_between(report, owner)


if __name__ == "__main__":
    story("portal_with_card", run)
