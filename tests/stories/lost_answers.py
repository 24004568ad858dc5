#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The answer to every write that may be repeated is lost once, after the server has carried it out: the same request comes again.
Everything works as if nothing had happened, and nothing has happened twice."""
from chapters import Cast, a_card_and_its_world, card_lost, close_the_gate, must, new_card, register
from harness.story import story

# The writes that the main job must have made.
WRITES = ("/v1/registrations/finish", "/v1/cards/replace", "/prepare", "/commit", "/v1/records/", "/holders")


def count(cast, table, number, where="true"):
    there = int(cast.server.sql(f"select count(*) from {table} where {where}"))
    must(there == number, f"{there} rows of {table} where {where}, not {number}")


def run(report, world):
    cast = Cast(world, tap=True)
    a_card_and_its_world(report, cast)
    cast.server.tap.loses_answers = True
    for chapter in (register, close_the_gate, card_lost, new_card):
        if chapter is card_lost:
            cast.laptop.slot.remove()
            cast.daemon.wait_for_card(False)
        chapter(report, cast)
    report.chapter("What was lost, and what came of it")
    lost = [line.decode() for line, _ in cast.server.tap.lost]
    with report.step(f"{len(lost)} answers were lost"):
        for write in WRITES:
            must(any(write in line for line in lost), f"none to {write}: {sorted(lost)}")
    with report.step("one account, two cards, one of them active, one record, one current generation"):
        count(cast, "users", 1)
        count(cast, "cards", 2)
        count(cast, "cards", 1, "state = 'active'")
        count(cast, "records", 1)
        count(cast, "generations", 1, "state = 'current'")
        count(cast, "generations", 0, "state = 'pending'")
    with report.step("each event stands once in the audit chain, and each access key was given out once"):
        for kind, number in (("registered", 1), ("card-replaced", 1), ("access-key-issued", 2)):
            count(cast, "audit", number, f"kind = '{kind}'")


if __name__ == "__main__":
    story("lost_answers", run)
