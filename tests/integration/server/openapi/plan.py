# SPDX-License-Identifier: Apache-2.0
"""In which order the operations of server/openapi.yaml are played, by whom, and with which values in the place of those of the
example. A new route needs its line here: Step("operation_id", by=...), and `body` or `path` where the example's values can't be
what a real user has."""
from dataclasses import dataclass, field
from typing import Callable, Optional

from officer import waiting_browser
from person import envelope


@dataclass
class Step:
    operation: str                       # operationId
    by: Optional[str] = None             # who signs: a name of signers()
    status: int = 200                    # what must be answered
    path: dict = field(default_factory=dict)      # {name}: its value
    query: str = ""
    body: Callable[[dict], dict] = lambda example: {}  # example → members to exchange
    headers: dict = field(default_factory=dict)
    then: Callable[[dict], None] = lambda answer: None


def signers(person):
    from client import Signer
    sessions = {name: person.answers.get(operation) for name, operation in
                (("card", "open_card_session"), ("access-key", "open_access_key_session"))}
    return {"computer": person.computer.signer, "drafting": person.drafting.computer.signer, "answer": person.session, "officer": person.officer.signer,
            "second": person.second.signer, "region": person.south.signer, "officer-key": person.officer.key_signer,
            "administrator-card": person.administrator.signer, "administrator": person.administrator.key_signer,
            **{name: Signer("session:" + answer["session_id"], person.session_key) for name, answer in sessions.items() if answer}}


def plan(p):
    """The steps for person `p`, made one after the other: a later one may use what an earlier one has answered."""
    yield Step("get_live")
    yield Step("get_ready")
    yield Step("get_health")
    yield Step("get_servers")
    yield from prepared(p.drafting)
    yield Step("start_registration", body=p.registration)
    yield Step("finish_registration", "computer", 201, body=p.registration_end)
    yield Step("start_opaque_a", body=p.login_a)
    yield Step("finish_opaque_a", body=p.login_end("start_opaque_a"), then=p.opened)
    yield Step("start_opaque_b", "answer", body=p.login_b)
    yield Step("finish_opaque_b", "answer", body=p.login_end("start_opaque_b"))
    yield Step("make_challenge")
    yield Step("open_card_session", None, 201, body=p.card_session)

    yield Step("get_account", "card")
    yield Step("get_holders", "card")
    yield Step("put_account_holder", "answer", 204, {"kind": "sheet", "ref": "sheet"})
    yield Step("list_cards", "answer")
    yield Step("add_computer", "answer", 201, body=p.added_computer)
    yield Step("list_computers", "answer", query="?limit=1")
    yield Step("list_computers", "answer", query="?cursor=" + p.said("list_computers", "cursor"))
    computer = {"computer_id": p.computer.id}
    yield Step("get_computer", "answer", path=computer)

    of_user = lambda example: {"user_id": p.user}
    yield Step("begin_access_keys", "computer", path=computer, body=of_user)
    yield Step("prepare_access_keys", "computer", 204, computer, body=p.generation)
    yield Step("commit_access_keys", "computer", path=computer, body=p.generation)
    yield Step("ask_for_access_keys", "answer", path=computer)
    yield Step("check_in", "computer", path=computer, body=p.generation)
    yield Step("issue_access_key", "answer", body=lambda example: {"computer_id": p.computer.id})
    yield Step("state_guest", "computer", body=lambda example: {
        "computer": {"device_spki": b64url_of(p.computer)}, "card_id": p.card.id})

    record = {"record_id": p.record}
    sealed = lambda example: {"envelope": envelope()}
    yield Step("put_record", "card", 201, record, body=sealed, headers={"If-None-Match": "*"})
    yield Step("put_record", "card", 200, record, body=sealed, headers={"If-Match": '"1"'})
    yield Step("get_record", "card", path=record)
    yield Step("rewrap_record", "card", path=record, headers={"If-Match": '"2"'},
               body=lambda example: {"wrapped_key": "A" * 126})
    yield Step("list_records", "card")
    yield Step("delete_record", "card", 204, record, headers={"If-Match": '"2"'})
    yield Step("list_records", "card", query="?trash=1")
    yield Step("restore_record", "card", path=record, headers={"If-Match": '"3"'})
    yield Step("get_usage", "card")

    pairing = {"pairing_id": "0123456789"}
    yield Step("open_pairing", None, 201, body=waiting_browser(pairing["pairing_id"]))
    yield Step("get_pairing", path=pairing)
    yield Step("answer_pairing", "card", 204, pairing)
    yield Step("get_pairing", path=pairing)

    yield from help_desk(p)
    yield from administration(p)

    yield from regions(p)

    yield Step("change_card_state", "answer", path={"card_id": p.card.id}, headers={"If-Match": '"1"'})
    yield Step("retire_computer", "answer", 204, {"computer_id": p.desk.id})
    yield Step("make_challenge")
    yield Step("suspend_by_sheet", body=p.sheet_proof("suspend"))
    yield Step("make_challenge")
    yield Step("reopen_account", body=p.sheet_proof("reopen"))
    yield Step("make_challenge")
    yield Step("open_access_key_session", None, 201, body=p.access_key_session)
    yield Step("replace_card", "answer", body=p.replacement)
    yield Step("get_audit", "answer")
    yield Step("end_session", "answer", 204)


def regions(p):
    """A region that does not answer: a move is agreed, and taken back. What it sends is not what it says: the good way is the
    affair of tests/integration/server/regions_test.cpp."""
    yield Step("put_region", "card", 204)
    yield Step("get_region", "computer", query="?user_id=" + p.user)
    yield Step("answer_relocation", "answer")
    yield Step("answer_relocation", "answer", body=lambda example: {"answer": "stay", "to": None})
    yield Step("get_region", "answer")
    move = {"move": "0" * 64}
    yield Step("put_bundle_part", "region", 204, {**move, "number": "0"})
    yield Step("import_user", "region", 409, move)
    yield Step("activate_user", "region", 409, move, body=lambda example: {
        "statement": p.south.forward(bytes.fromhex(example["user_id"]))})


def prepared(p):
    """Berta prepares her account in a browser and finishes it at a computer."""
    yield Step("start_registration", body=p.registration)
    yield Step("keep_draft", None, 201, body=p.draft)
    yield Step("ask_draft_question", body=p.question)
    yield Step("answer_draft_question", body=p.answer)
    yield Step("finish_draft", "drafting", 201, body=p.finished)


def help_desk(p):
    """Two officers; policy wants both for everything."""
    for officer in (p.officer, p.second):
        yield Step("make_challenge")
        yield Step("open_officer_card_session", None, 201, body=officer.card_session, then=officer.opened)
    yield Step("make_officer_key_code", "officer")
    yield Step("add_officer_key", None, 201, body=p.officer.new_key)
    yield Step("make_challenge")
    yield Step("open_officer_key_session", None, 201, body=p.officer.key_session, then=p.officer.opened_by_key)
    yield Step("get_officer", "officer-key")
    yield Step("find_person", "officer-key", body=lambda example: {"account": p.account})

    request = lambda: {"request_id": p.said("ask_as_officer", "request_id")}
    yield Step("ask_as_officer", "officer", 201, body=p.officer.asks_for_key)
    yield Step("list_officer_requests", "second")
    yield Step("approve_officer_request", "second", path=request())
    yield Step("issue_as_officer", "officer", path=request())
    yield Step("ask_as_officer", "officer-key", 201, body=p.officer.asks_for_key)
    yield Step("decline_officer_request", "second", path=request())
    yield Step("ask_as_officer", "officer-key", 201, body=p.officer.asks_for_account)
    yield Step("approve_officer_request", "second", path=request())
    yield Step("carry_out_officer_request", "officer-key", path=request())


def administration(p):
    chief = p.administrator
    yield Step("make_challenge")
    yield Step("open_officer_card_session", None, 201, body=chief.card_session, then=chief.opened)
    yield Step("make_officer_key_code", "administrator-card")
    yield Step("add_officer_key", None, 201, body=chief.new_key)
    yield Step("make_challenge")
    yield Step("open_officer_key_session", None, 201, body=chief.key_session, then=chief.opened_by_key)
    yield Step("get_fleet", "administrator")
    yield Step("list_fleet", "administrator", query="?limit=1")
    yield Step("list_fleet", "administrator", query="?cursor=" + p.said("list_fleet", "cursor"))
    yield Step("list_fleet", "administrator-card", query="?filter=attention&search=YW5u")
    yield Step("get_policies", "administrator")
    yield Step("make_challenge")
    version = p.said("get_policies", "version")
    yield Step("put_policy", "administrator", path={"policy": "registration"}, headers={"If-Match": f'"{version}"'},
               body=chief.closes_registration)
    yield Step("get_server", "administrator")
    yield Step("get_admin_audit", "administrator", query="?limit=1")
    yield Step("get_admin_audit", "administrator", query="?cursor=" + p.said("get_admin_audit", "cursor"))
    yield Step("make_challenge")
    yield Step("open_history", "administrator", body=chief.reads_history)
    yield Step("read_history", "administrator", query="?cursor=" + p.said("open_history", "cursor"))


def b64url_of(computer):
    from client import b64url, spki
    return b64url(spki(computer.key))
