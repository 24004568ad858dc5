# SPDX-License-Identifier: Apache-2.0
"""Plays every operation of server/openapi.yaml at a real server, with the shapes of its examples and really signed, and holds
each answer and each problem against the document: status, headers, content, no member that is not described. Around each
operation: without a signature, with a member nobody knows, without and with a wrong If-Match, and the same once more under its
Idempotency-Key. Usage: play.py --server PROGRAM --admin PROGRAM --document FILE"""
import argparse
import contextlib
import sys
import tempfile

from client import b64url, spki
from document import Broken, Document
from drafting import Drafting
from person import Person
from plan import plan, signers
from server import Server


class Player:
    def __init__(self, document, client, person):
        self.document, self.client, self.person = document, client, person
        self.played = set()
        self.asked = 0

    def ask(self, operation, step, expected, *, body=None, signed=True, headers=None):
        target = operation.address.format(**step.path) + step.query
        signer = signers(self.person)[step.by] if signed and step.by else None
        answer = self.client.call(operation.method, target, body, signer, headers)
        self.asked += 1
        operation.check_answer(answer)
        if answer.status != expected:
            raise Broken(f"{operation.name}: {expected} expected, but {answer.status} came: {answer.text}")
        return answer

    def play_all(self):
        self.person.authority = self.client.authority
        self.person.drafting = Drafting(self.person)
        for step in plan(self.person):
            self.play(step)

    def play(self, step):
        operation = self.document.operations.get(step.operation)
        if operation is None:
            raise Broken(f"plan.py plays {step.operation}, but server/openapi.yaml has no such operationId")
        self.played.add(step.operation)
        body = None
        if operation.takes_body:
            example = operation.example()
            changes = step.body(example)
            if strange := set(changes) - set(example):
                raise Broken(f"{operation.name}: its example lacks {sorted(strange)}")
            body = {name: value for name, value in {**example, **changes}.items() if value is not None}
            operation.check_body(body)
        self.refusals(operation, step, body)
        headers = dict(step.headers)
        if operation.parameter("Idempotency-Key"):
            headers["Idempotency-Key"] = f"played-{self.asked}"
        answer = self.ask(operation, step, step.status, body=body, headers=headers)
        if "Idempotency-Key" in headers:
            again = self.ask(operation, step, step.status, body=body, headers=headers)
            if again.text != answer.text or again.headers.get("etag") != answer.headers.get("etag"):
                raise Broken(f"{operation.name}: another answer under the same Idempotency-Key")
            self.ask(operation, step, 409, body={**body, "nobody_knows": 1}, headers=headers)
        self.person.answers[step.operation] = answer.json
        step.then(answer.json)

    def refusals(self, operation, step, body):
        if operation.signed:
            self.ask(operation, step, 401, body=body, signed=False, headers=step.headers)
        if operation.takes_body:
            self.ask(operation, step, 400, body={**body, "nobody_knows": 1}, headers=step.headers)
        if operation.parameter("If-Match", required=True):
            self.ask(operation, step, 428, body=body)
        if "If-Match" in step.headers:
            self.ask(operation, step, 412, body=body, headers={"If-Match": '"77"'})
        if operation.parameter("limit"):
            lone = type(step)(step.operation, step.by, path=step.path, query="?limit=0")
            self.ask(operation, lone, 400)

    def finish(self):
        if missing := sorted(set(self.document.operations) - self.played):
            raise Broken(f"not played: {', '.join(missing)}. Give each a line in tests/integration/server/openapi/plan.py")


@contextlib.contextmanager
def server_for(person, program, admin, directory):
    """A server at which the plan can be played: with the person's officers, his other region, and a policy that wants both
    officers for everything."""
    with Server(program, directory, person.computer.id, region=person.south.key_text) as server:
        for officer in (person.officer, person.second):
            server.administer(admin, "officers", "add", officer.name, b64url(spki(officer.card)))
        chief = person.administrator
        server.administer(admin, "officers", "add", chief.name, b64url(spki(chief.card)), "--role", "administrator")
        server.administer(admin, "policy", "set", "officer.second", "always")
        yield server


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", required=True)
    parser.add_argument("--admin", required=True, help="cardea-server-admin")
    parser.add_argument("--document", required=True)
    options = parser.parse_args()
    document = Document(options.document)
    for operation in document.operations.values():
        operation.check_examples()
    person = Person("")
    with tempfile.TemporaryDirectory(prefix="cardea-openapi-") as directory:
        with server_for(person, options.server, options.admin, directory) as server:
            player = Player(document, server.client, person)
            player.play_all()
            player.finish()
    print(f"{len(document.operations)} operations, {player.asked} requests: all as described")


if __name__ == "__main__":
    try:
        main()
    except Broken as broken:
        sys.exit(f"openapi: {broken}")
