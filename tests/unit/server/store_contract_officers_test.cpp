// SPDX-License-Identifier: Apache-2.0
// The store's contract: help-desk officers, their sessions, and what they do for somebody.
#include "tests/unit/server/store_contract.h"

namespace cardea::server {
namespace {

AuditNote note(std::string kind) { return {std::move(kind), api::Json::Object{{"officer", "olaf"}}}; }

class StoreContractOfficers : public StoreContract {
 protected:
  void SetUp() override {
    StoreContract::SetUp();
    anna = registered("Anna");
    olaf = added("olaf");
    otto = added("otto");
  }
  OfficerId added(const std::string& name) {
    Officer officer;
    officer.id = random_id<OfficerId>();
    officer.name = name;
    officer.auth_spki = Bytes(91, 4);
    officer.role = "officer";
    EXPECT_TRUE(store->add_officer(officer, "root", kNow).ok());
    return officer.id;
  }
  OpenOfficerSession session_of(const OfficerId& officer, std::uint8_t token) {
    OpenOfficerSession command;
    command.session.id = random_id<SessionId>();
    command.session.officer.id = officer;
    command.session.by_card = true;
    command.session.key = Bytes(44, 1);
    command.session.expires_at = kNow + 100;
    command.token.fill(token);
    command.token_expires_at = kNow + 50;
    return command;
  }
  // A generation that is sealed for these.
  std::uint32_t sealed_for(const std::vector<OfficerSeal>& officers) {
    const auto begun = store->begin_generation({kNow, {}, {}}, anna.user.id, anna.computer.id);
    PrepareGeneration command{anna.computer.id, anna.user.id, begun->value.number,
                              Bytes(104, 1),    Bytes(15, 2), Bytes(32, 3),
                              officers};
    EXPECT_TRUE(store->prepare_generation({kNow, {}, {}}, command).ok());
    EXPECT_TRUE(store
                    ->commit_generation({kNow, {}, {}}, {anna.computer.id, anna.user.id, begun->value.number,
                                                         Bytes(15, 2), note("access-key-generation")})
                    .ok());
    return begun->value.number;
  }
  AskAsOfficer asks(OfficerRequestKind kind, OfficerRequestState state) {
    AskAsOfficer command;
    OfficerRequest& request = command.request;
    request.id = random_id<RequestId>();
    request.kind = kind;
    request.state = state;
    request.user = anna.user.id;
    if (kind == OfficerRequestKind::access_key) request.computer = anna.computer.id;
    if (kind == OfficerRequestKind::suspend_card) request.card = anna.card.id;
    request.officer = olaf;
    request.verified = "call-back identity-document";
    request.reason = "bag stolen";
    request.created = kNow;
    request.expires_at = kNow + 3600;
    command.max_open = 2;
    command.audit = note("officer-asked");
    return command;
  }
  RequestId asked(OfficerRequestKind kind, OfficerRequestState state) {
    const auto made = store->ask_as_officer({kNow, {}, {}}, asks(kind, state));
    EXPECT_TRUE(made.ok()) << made.failure().detail;
    return made.ok() ? made->value.id : RequestId{};
  }
  Result<Outcome<OfficerRequest>> decide(const RequestId& id, const OfficerId& officer, bool approve,
                                         UnixSeconds now = kNow) {
    return store->decide_officer_request({now, {}, {}}, {id, officer, approve, note("officer-decided")});
  }
  Result<Outcome<Issued>> issue(const RequestId& id, const OfficerId& officer, UnixSeconds now = kNow) {
    return store->issue_as_officer({now, {}, {}}, {id, officer, 1000, 64, 3, note("officer-issued")});
  }
  CarryOut carry(const RequestId& id, const OfficerId& officer) {
    return {id, officer, [](std::string_view account) { return "account:" + std::string(account); }, "lost",
            note("")};
  }
  AuditEvent last_event() { return store->audit_events(anna.user.id, 0, 200)->back(); }
  RegisterUser anna;
  OfficerId olaf, otto;
};

TEST_P(StoreContractOfficers, AnOfficerHasOneCardAndOneName) {
  Officer again = *store->get_officer(olaf);
  EXPECT_EQ(store->add_officer(again, "root", kNow).error(), Error::already_exists);
  again.id = random_id<OfficerId>();
  EXPECT_EQ(store->add_officer(again, "root", kNow).error(), Error::already_exists);
  EXPECT_EQ(store->officers()->size(), 2u);
  ASSERT_TRUE(store->set_officer_state(olaf, OfficerState::removed, "root", kNow + 1).ok());
  EXPECT_EQ(store->set_officer_state(olaf, OfficerState::active, "root", kNow).error(),
            Error::state_forbidden);
  again.id = olaf;
  ASSERT_TRUE(store->add_officer(again, "root", kNow + 2).ok());
  reopen();
  EXPECT_EQ(store->get_officer(olaf)->state, OfficerState::active);
  EXPECT_EQ(store->get_officer(olaf)->since, kNow + 2);
  EXPECT_EQ(store->get_officer(random_id<OfficerId>()).error(), Error::not_found);
}

TEST_P(StoreContractOfficers, ASessionEndsWithItsOfficer) {
  const OpenOfficerSession first = session_of(olaf, 1);
  ASSERT_TRUE(store->open_officer_session(first, kNow).ok());
  OpenOfficerSession again = session_of(olaf, 1);
  EXPECT_EQ(store->open_officer_session(again, kNow).error(), Error::replayed);
  const auto session = store->get_officer_session(first.session.id, kNow);
  ASSERT_TRUE(session.ok());
  EXPECT_EQ(session->officer.name, "olaf");
  EXPECT_TRUE(session->by_card);
  EXPECT_EQ(store->get_officer_session(first.session.id, kNow + 100).error(), Error::not_found);
  ASSERT_TRUE(store->set_officer_state(olaf, OfficerState::suspended, "root", kNow).ok());
  EXPECT_EQ(store->get_officer_session(first.session.id, kNow).error(), Error::not_found);
  EXPECT_EQ(store->open_officer_session(session_of(olaf, 2), kNow).error(), Error::permission_denied);
  ASSERT_TRUE(store->set_officer_state(olaf, OfficerState::active, "root", kNow).ok());
  EXPECT_EQ(store->get_officer_session(first.session.id, kNow).error(), Error::not_found);
  const OpenOfficerSession third = session_of(olaf, 3);
  ASSERT_TRUE(store->open_officer_session(third, kNow).ok());
  ASSERT_TRUE(store->end_officer_session(third.session.id).ok());
  EXPECT_EQ(store->get_officer_session(third.session.id, kNow).error(), Error::not_found);
}

TEST_P(StoreContractOfficers, ACardThatWasReportedLostOpensNoOfficersSession) {
  Officer officer;
  officer.id = anna.card.id;
  officer.name = "anna";
  officer.auth_spki = anna.card.auth_spki;
  officer.role = "officer";
  ASSERT_TRUE(store->add_officer(officer, "root", kNow).ok());
  const OpenOfficerSession before = session_of(officer.id, 1);
  ASSERT_TRUE(store->open_officer_session(before, kNow).ok());
  EXPECT_TRUE(store->get_officer_session(before.session.id, kNow).ok());
  ASSERT_TRUE(store
                  ->set_card_state({kNow, {}, {}},
                                   {anna.user.id, anna.card.id, CardState::suspended, "lost", 1, note("x")})
                  .ok());
  EXPECT_EQ(store->open_officer_session(session_of(officer.id, 2), kNow).error(), Error::permission_denied);
  EXPECT_EQ(store->get_officer_session(before.session.id, kNow).error(), Error::not_found);
}

TEST_P(StoreContractOfficers, AKeyIsAddedOnceAndItsCounterGrows) {
  AddOfficerKey add;
  add.key = {Bytes(16, 1), olaf, Bytes(91, 2), 0, "desk", kNow, 0};
  add.token.fill(9);
  add.token_expires_at = kNow + 10;
  add.max_keys = 2;
  ASSERT_TRUE(store->add_officer_key(add).ok());
  add.key.credential = Bytes(16, 2);
  EXPECT_EQ(store->add_officer_key(add).error(), Error::replayed);
  add.token.fill(8);
  add.key.credential = Bytes(16, 1);
  EXPECT_EQ(store->add_officer_key(add).error(), Error::already_exists);
  add.key.credential = Bytes(16, 2);
  ASSERT_TRUE(store->add_officer_key(add).ok());
  add.token.fill(7);
  add.key.credential = Bytes(16, 3);
  EXPECT_EQ(store->add_officer_key(add).error(), Error::limit_exceeded);
  OpenOfficerSession open = session_of(olaf, 1);
  open.credential = Bytes(16, 1);
  const auto with_count = [&](std::uint32_t count, std::uint8_t token) {
    open.session.id = random_id<SessionId>();
    open.sign_count = count;
    open.token.fill(token);
    return store->open_officer_session(open, kNow + token);
  };
  EXPECT_TRUE(with_count(0, 11).ok());  // keys without a counter
  EXPECT_TRUE(with_count(0, 12).ok());
  EXPECT_TRUE(with_count(5, 13).ok());
  EXPECT_EQ(with_count(5, 14).error(), Error::replayed);
  EXPECT_EQ(with_count(0, 15).error(), Error::replayed);
  EXPECT_TRUE(with_count(6, 16).ok());
  EXPECT_EQ(store->get_officer_key(Bytes(16, 1))->sign_count, 6u);
  EXPECT_EQ(store->get_officer_key(Bytes(16, 1))->last_used, kNow + 16);
  open.session.officer.id = otto;  // somebody else's key
  EXPECT_EQ(with_count(7, 17).error(), Error::replayed);
  EXPECT_EQ(store->officer_keys(olaf)->size(), 2u);
  ASSERT_TRUE(store->set_officer_state(olaf, OfficerState::removed, "root", kNow).ok());
  EXPECT_EQ(store->get_officer_key(Bytes(16, 1)).error(), Error::not_found);
}

TEST_P(StoreContractOfficers, SealsLiveAsLongAsTheirGeneration) {
  const std::uint32_t first = sealed_for({{olaf, "olaf", Bytes(115, 1)}});
  EXPECT_TRUE(*store->can_issue(anna.user.id, anna.computer.id, olaf));
  EXPECT_FALSE(*store->can_issue(anna.user.id, anna.computer.id, otto));
  EXPECT_EQ(store->get_computer(anna.user.id, anna.computer.id)->officers,
            (std::vector<std::string>{"olaf"}));
  const auto seen = store->check_in({kNow, {}, {}}, {anna.computer.id, anna.user.id, first, Bytes(15, 2), 0});
  EXPECT_EQ(seen->value.officers, (std::vector<OfficerId>{olaf}));
  (void)sealed_for({{otto, "otto", Bytes(115, 2)}});
  EXPECT_FALSE(*store->can_issue(anna.user.id, anna.computer.id, olaf));
  EXPECT_TRUE(*store->can_issue(anna.user.id, anna.computer.id, otto));
  (void)sealed_for({});
  EXPECT_TRUE(store->get_computer(anna.user.id, anna.computer.id)->officers.empty());
}

TEST_P(StoreContractOfficers, ASecondOfficerApprovesAndTheFirstIssues) {
  const std::uint32_t number = sealed_for({{olaf, "olaf", Bytes(115, 1)}, {otto, "otto", Bytes(115, 2)}});
  const RequestId id = asked(OfficerRequestKind::access_key, OfficerRequestState::waiting);
  EXPECT_EQ(last_event().kind, "officer-asked");
  EXPECT_NE(last_event().details.find(R"("reason":"bag stolen")"), std::string::npos);
  ASSERT_EQ(store->officer_requests(kNow)->size(), 1u);
  EXPECT_EQ(store->officer_requests(kNow)->front().account, "Anna");
  EXPECT_EQ(store->officer_requests(kNow)->front().computer_name, "laptop");
  EXPECT_EQ(issue(id, olaf).error(), Error::state_forbidden);
  EXPECT_EQ(decide(id, olaf, true).error(), Error::permission_denied);
  EXPECT_EQ(decide(id, otto, true, kNow + 3600).error(), Error::not_found);
  const auto approved = decide(id, otto, true);
  ASSERT_TRUE(approved.ok());
  EXPECT_EQ(approved->value.approver_name, "otto");
  EXPECT_EQ(decide(id, otto, true).error(), Error::state_forbidden);
  EXPECT_EQ(issue(id, otto).error(), Error::permission_denied);
  EXPECT_EQ(issue(id, olaf, kNow + 3600).error(), Error::not_found);
  const auto first = issue(id, olaf);
  ASSERT_TRUE(first.ok()) << first.failure().detail;
  EXPECT_EQ(first->value.index, 1u);
  EXPECT_EQ(first->value.generation.number, number);
  EXPECT_EQ(first->value.generation.seal, Bytes(115, 1));
  EXPECT_EQ(last_event().kind, "officer-issued");
  EXPECT_NE(last_event().details.find(R"("second":"otto")"), std::string::npos);
  // An answer that was lost: the next number, and not for ever.
  EXPECT_EQ(issue(id, olaf)->value.index, 2u);
  reopen();
  EXPECT_EQ(issue(id, olaf)->value.index, 3u);
  EXPECT_EQ(issue(id, olaf).error(), Error::access_key_exhausted);
  EXPECT_EQ(store->get_computer(anna.user.id, anna.computer.id)->issued, 3u);
}

TEST_P(StoreContractOfficers, NothingIsCountedForAnOfficerWithoutASeal) {
  (void)sealed_for({{otto, "otto", Bytes(115, 2)}});
  const RequestId id = asked(OfficerRequestKind::access_key, OfficerRequestState::approved);
  EXPECT_EQ(issue(id, olaf).error(), Error::holder_missing);
  EXPECT_EQ(store->get_computer(anna.user.id, anna.computer.id)->issued, 0u);
  EXPECT_EQ(store->officer_requests(kNow)->front().issued, 0u);
}

TEST_P(StoreContractOfficers, ADeclinedOrForeignRequestGoesNowhere) {
  const RequestId id = asked(OfficerRequestKind::access_key, OfficerRequestState::waiting);
  ASSERT_TRUE(decide(id, otto, false).ok());
  EXPECT_EQ(issue(id, olaf).error(), Error::state_forbidden);
  EXPECT_EQ(decide(id, otto, true).error(), Error::state_forbidden);
  EXPECT_TRUE(store->officer_requests(kNow)->empty());
  const RequestId own = asked(OfficerRequestKind::open_account, OfficerRequestState::approved);
  ASSERT_TRUE(decide(own, olaf, false).ok());  // taken back
  EXPECT_EQ(store->carry_out({kNow, {}, {}}, carry(own, olaf)).error(), Error::state_forbidden);
  AskAsOfficer foreign = asks(OfficerRequestKind::access_key, OfficerRequestState::approved);
  foreign.request.computer = random_id<ComputerId>();
  EXPECT_EQ(store->ask_as_officer({kNow, {}, {}}, foreign).error(), Error::not_found);
  foreign = asks(OfficerRequestKind::suspend_card, OfficerRequestState::approved);
  foreign.request.card = registered("berta").card.id;
  EXPECT_EQ(store->ask_as_officer({kNow, {}, {}}, foreign).error(), Error::not_found);
  (void)asked(OfficerRequestKind::open_account, OfficerRequestState::waiting);
  (void)asked(OfficerRequestKind::open_account, OfficerRequestState::waiting);
  EXPECT_EQ(store
                ->ask_as_officer({kNow, {}, {}},
                                 asks(OfficerRequestKind::open_account, OfficerRequestState::waiting))
                .error(),
            Error::limit_exceeded);
}

TEST_P(StoreContractOfficers, AnAccountIsOpenedAndACardSuspended) {
  ChargeGuess charge;
  charge.subjects = {{"account:Anna", [](const GuessCount&, UnixSeconds) {
                        return GuessDecision{true, false, 0};
                      }}};
  charge.now = kNow;
  ASSERT_TRUE(store->charge_guess(charge).ok());
  EXPECT_EQ(store->guesses("account:Anna").value(), 1u);
  const RequestId open = asked(OfficerRequestKind::open_account, OfficerRequestState::approved);
  EXPECT_EQ(issue(open, olaf).error(), Error::state_forbidden);
  EXPECT_EQ(store->carry_out({kNow, {}, {}}, carry(open, otto)).error(), Error::permission_denied);
  ASSERT_TRUE(store->carry_out({kNow, {}, {}}, carry(open, olaf)).ok());
  EXPECT_EQ(store->guesses("account:Anna").value(), 0u);
  EXPECT_EQ(last_event().kind, "officer-opened-account");
  EXPECT_EQ(store->carry_out({kNow, {}, {}}, carry(open, olaf)).error(), Error::state_forbidden);

  const auto session = random_id<SessionId>();
  ASSERT_TRUE(open_session(anna, session, 77).ok());
  const RequestId stop = asked(OfficerRequestKind::suspend_card, OfficerRequestState::approved);
  const auto done = store->carry_out({kNow, {}, {}}, carry(stop, olaf));
  ASSERT_TRUE(done.ok()) << done.failure().detail;
  EXPECT_EQ(done->value.state, OfficerRequestState::done);
  EXPECT_EQ(store->get_card(anna.card.id)->state, CardState::suspended);
  EXPECT_EQ(store->get_session(session, kNow).error(), Error::not_found);
  EXPECT_EQ(last_event().kind, "officer-suspended-card");
  const RequestId again = asked(OfficerRequestKind::suspend_card, OfficerRequestState::approved);
  EXPECT_EQ(store->carry_out({kNow, {}, {}}, carry(again, olaf)).error(), Error::state_forbidden);
}

TEST_P(StoreContractOfficers, WhatHasEndedIsRemoved) {
  const OpenOfficerSession session = session_of(olaf, 1);
  ASSERT_TRUE(store->open_officer_session(session, kNow).ok());
  (void)asked(OfficerRequestKind::open_account, OfficerRequestState::waiting);
  ASSERT_TRUE(store->purge(kNow + 3 * 24 * 3600).ok());
  EXPECT_EQ(store->get_officer_session(session.session.id, kNow).error(), Error::not_found);
  EXPECT_TRUE(store->officer_requests(kNow)->empty());
}

INSTANTIATE_TEST_SUITE_P(Engines, StoreContractOfficers, testing::ValuesIn(all_engines()), engine_name);

}  // namespace
}  // namespace cardea::server
