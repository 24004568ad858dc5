// SPDX-License-Identifier: Apache-2.0
// The commands of the store as SQL for any engine: sqlite/ and postgres/ derive from it and say how a change
// is made durable and how a read gets its connection. The commands are in store_*.cpp, by topic.
#pragma once

#include <functional>
#include <future>
#include <mutex>
#include <optional>

#include "server/store/sql/rows.h"
#include "server/store/store.h"

namespace cardea::server::sql {

class SqlStore : public Store {
 public:
  Result<Outcome<Registered>> register_user(const Change<Registered>&, const RegisterUser&) override;
  Result<std::optional<User>> find_user_by_account(std::string_view account) override;
  Result<User> get_user(const UserId&) override;
  Result<std::vector<Holder>> holders(const UserId&) override;
  Result<std::vector<EpochSeal>> epoch_seals(const UserId&) override;
  Status put_holder(const PutHolder&) override;

  Result<GuessDecision> charge_guess(const ChargeGuess&) override;
  Status open_session(const OpenSession&, UnixSeconds now) override;
  Status raise_session(const RaiseSession&, UnixSeconds now) override;
  Status end_session(const SessionId&) override;
  Status spend_token(const Digest& token, UnixSeconds expires_at) override;
  Result<Session> get_session(const SessionId&, UnixSeconds now) override;
  void remember_nonce(const Digest& nonce, UnixSeconds now) override;
  Result<std::vector<Digest>> nonces_since(UnixSeconds since) override;

  Result<std::vector<Card>> cards(const UserId&) override;
  Result<Card> get_card(const CardId&) override;
  Result<Outcome<Card>> set_card_state(const Change<Card>&, const SetCardState&) override;
  Result<Outcome<Replaced>> replace_card(const Change<Replaced>&, const ReplaceCard&) override;

  Result<Bytes> device_key(const ComputerId&) override;
  Result<std::vector<Computer>> computers(const UserId&) override;
  Result<Computer> get_computer(const UserId&, const ComputerId&) override;
  Result<Outcome<Computer>> add_computer(const Change<Computer>&, const AddComputer&) override;
  Result<Outcome<CheckedIn>> check_in(const Change<CheckedIn>&, const CheckIn&) override;
  Result<Generation> get_generation(const UserId&, const ComputerId&, std::uint32_t number) override;
  Result<Outcome<Generation>> begin_generation(const Change<Generation>&, const UserId&,
                                               const ComputerId&) override;
  Result<Outcome<Generation>> prepare_generation(const Change<Generation>&,
                                                 const PrepareGeneration&) override;
  Result<Outcome<Generation>> commit_generation(const Change<Generation>&, const CommitGeneration&) override;
  Result<Outcome<Issued>> issue_access_key(const Change<Issued>&, const IssueAccessKey&) override;

  Result<Outcome<Computer>> ask_for_keys(const Change<Computer>&, const AskForKeys&) override;
  Result<Outcome<Retired>> retire_computer(const Change<Retired>&, const RetireComputer&) override;
  Result<CardsSuspended> suspend_all_cards(const SheetProof&, UnixSeconds now) override;
  Result<Reopened> reopen_account(const ReopenAccount&, UnixSeconds now) override;

  Result<std::uint32_t> group_id(std::string_view name) override;
  Result<Outcome<GuestAdmitted>> admit_guest(const Change<GuestAdmitted>&, const AdmitGuest&) override;

  Result<std::vector<Record>> records(const UserId&, std::uint64_t since, std::size_t limit) override;
  Result<Record> get_record(const UserId&, const RecordId&) override;
  Result<Record> put_record(const PutRecord&, UnixSeconds now) override;
  Result<Outcome<Record>> rewrap_record(const Change<Record>&, const RewrapRecord&) override;
  Status delete_record(const DeleteRecord&, UnixSeconds now) override;

  Result<std::optional<StoredAnswer>> find_answer(const Once&) override;
  Result<std::vector<AuditEvent>> audit_events(const UserId&, std::uint64_t after,
                                               std::size_t limit) override;
  Result<PurgedUsers> purge(UnixSeconds now) override;
  Status ready() override;

  Result<Home> home(const UserId&) override;
  Result<Home> change_home(const HomeChange&, UnixSeconds now) override;
  Result<std::vector<Home>> moves(UnixSeconds now, bool begin, std::size_t limit) override;
  Status record_days(const UserId&, bool on) override;
  Result<std::vector<WorkDay>> work_days(const UserId&, std::int64_t since) override;
  Result<std::vector<UserId>> roaming_users(std::string_view here, std::int64_t since, std::uint64_t days,
                                            const UserId& after, std::size_t limit) override;
  Result<UserRows> user_rows(const UserId&) override;
  Status put_bundle_part(const PutBundlePart&, UnixSeconds now) override;
  Result<Bytes> bundle(const BundleId&, std::uint32_t count) override;
  Status drop_bundle(const BundleId&) override;
  Status import_user(const ImportUser&, UnixSeconds now) override;
  Status activate_user(const ActivateUser&, UnixSeconds now) override;
  Result<std::optional<MovedKeys>> moved_keys(const UserId&) override;
  Status reserve_unix_ids(std::uint32_t first, std::uint32_t last) override;
  Result<ComputerPage> computers_page(const UserId&, const std::optional<ComputerPosition>& after,
                                      std::size_t limit) override;
  Result<AuditEnd> audit_end() override;
  Result<std::vector<PolicyValue>> policies() override;
  Result<std::optional<std::string>> policy(std::string_view name) override;
  Status set_policy(const SetPolicy&, UnixSeconds now) override;
  Result<std::vector<Account>> accounts(std::string_view after, std::size_t limit) override;
  Result<std::uint32_t> guesses(std::string_view subject) override;
  Status set_account(const SetAccount&, UnixSeconds now) override;
  Result<AuditPoint> note_admin(const AdminNote&, UnixSeconds now) override;
  Result<std::vector<AdminEvent>> admin_events(std::uint64_t after, std::size_t limit) override;
  Status add_officer(const Officer&, const std::string& actor, UnixSeconds now) override;
  Status set_officer_state(const OfficerId&, OfficerState, const std::string& actor,
                           UnixSeconds now) override;
  Result<std::vector<Officer>> officers() override;
  Result<Officer> get_officer(const OfficerId&) override;
  Status add_officer_key(const AddOfficerKey&) override;
  Result<OfficerKey> get_officer_key(ByteView credential) override;
  Result<std::vector<OfficerKey>> officer_keys(const OfficerId&) override;
  Status open_officer_session(const OpenOfficerSession&, UnixSeconds now) override;
  Result<OfficerSession> get_officer_session(const SessionId&, UnixSeconds now) override;
  Status end_officer_session(const SessionId&) override;
  Status note_officer(const UserId&, const AuditNote&, UnixSeconds now) override;
  Result<bool> can_issue(const UserId&, const ComputerId&, const OfficerId&) override;
  Result<Outcome<OfficerRequest>> ask_as_officer(const Change<OfficerRequest>&, const AskAsOfficer&) override;
  Result<std::vector<OfficerRequest>> officer_requests(UnixSeconds now) override;
  Result<Outcome<OfficerRequest>> decide_officer_request(const Change<OfficerRequest>&,
                                                         const DecideOfficerRequest&) override;
  Result<Outcome<Issued>> issue_as_officer(const Change<Issued>&, const IssueAsOfficer&) override;
  Result<Outcome<OfficerRequest>> carry_out(const Change<OfficerRequest>&, const CarryOut&) override;
  Result<std::vector<Record>> trash(const UserId&) override;
  Result<Record> get_trashed(const UserId&, const RecordId&) override;
  Result<Outcome<Record>> restore_record(const Change<Record>&, const RestoreRecord&) override;
  Result<RecordUsage> record_usage(const UserId&) override;

  Status open_pairing(const OpenPairing&, UnixSeconds now) override;
  Result<Pairing> get_pairing(const PairingId&, UnixSeconds now) override;
  Status answer_pairing(const AnswerPairing&, UnixSeconds now) override;

  Result<UnixSeconds> keep_draft(const KeepDraft&, UnixSeconds now) override;
  Result<Draft> get_draft(ByteView sheet_check, UnixSeconds now) override;
  Result<Outcome<Registered>> register_draft(const Change<Registered>&, const RegisterDraft&) override;

  Result<FleetCounts> fleet_counts(const FleetRule&) override;
  Result<std::vector<FleetComputer>> fleet_page(const FleetQuery&) override;
  Result<PolicySet> policy_set() override;
  Status change_policy(const ChangePolicy&, UnixSeconds now) override;
  Result<User> open_history(const OpenHistory&, UnixSeconds now) override;
  Result<AuditPoint> admin_audit_end() override;
  Result<StoreFacts> facts() override;

  Result<std::optional<OutboxMessage>> take_message(const TakeMessage&) override;
  Status settle_message(const UserId&, std::uint64_t sequence) override;
  Status postpone_message(const UserId&, std::uint64_t sequence, UnixSeconds due) override;
  Result<OutboxState> outbox_state() override;

  // Changes and commits so far, for the metrics.
  [[nodiscard]] virtual std::uint64_t changes() const noexcept = 0;
  [[nodiscard]] virtual std::uint64_t commits() const noexcept = 0;

 protected:
  using Body = std::function<Status(Connection&)>;
  // Runs `body` in a transaction; the outcome comes when it is durable. When `body` fails, nothing of it
  // stays. It may be called again after a lost connection, and late, when nobody waits any more.
  virtual std::future<Status> start_change(Body body) = 0;
  // Nobody waits for it; it is done before every change that is submitted later.
  virtual void write_later(Body body) = 0;
  // Runs `body` outside a transaction; it changes nothing and may be called again.
  virtual Status run_read(const Body& body) = 0;

 private:
  template <typename B>
  using ResultOf = std::invoke_result_t<const B&, Connection&>;

  template <typename B>
  auto read(const B& body) -> ResultOf<B> {
    std::optional<ResultOf<B>> result;
    TRY(run_read(keeping(body, result)));
    return std::move(*result);
  }
  template <typename B>
  auto write(const B& body) -> ResultOf<B> {
    std::optional<ResultOf<B>> result;
    TRY(start_change(keeping(body, result)).get());
    return std::move(*result);
  }
  template <typename B>
  static auto keeping(const B& body, std::optional<ResultOf<B>>& result) {
    return [&](Connection& database) -> Status {
      result.emplace(body(database));
      return result->ok() ? Status() : Status(result->failure());
    };
  }

  // Runs a change under its Idempotency-Key: the answer is stored with it, or the stored one returned.
  template <typename T, typename B>
  Result<Outcome<T>> apply(const Change<T>& change, const B& body) {
    return write([&](Connection& database) -> Result<Outcome<T>> {
      if (change.once) {
        TRY_ASSIGN(auto stored, find_stored_answer(database, *change.once));
        if (stored) return Outcome<T>{T{}, std::move(*stored), true};
      }
      TRY_ASSIGN(T value, body(database));
      StoredAnswer answer = change.render ? change.render(value) : StoredAnswer{};
      if (change.once) TRY(keep_answer(database, *change.once, answer, change.now));
      return Outcome<T>{std::move(value), std::move(answer), false};
    });
  }

  std::mutex probe_mutex_;
  std::shared_future<Status> probe_;  // of ready(): one at a time, however many ask
};

}  // namespace cardea::server::sql
