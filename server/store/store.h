// SPDX-License-Identifier: Apache-2.0
// The one way to the data. Each command is atomic and durable when it returns; a reader sees only what is
// durable. Called by server/service; implemented by sqlite/ and, behind the same contract tests
// (tests/unit/server/store_contract_test.cpp), by every further engine. All calls are thread-safe and may
// block for a disk flush.
//
// Failures common to all: disk_full (nothing was changed), io_failed, corrupted, timeout. `not_found` means
// that the named thing does not exist or is not this user's. A Change with an Idempotency-Key that was used
// for another request fails with server_conflict.
#pragma once

#include "server/store/admin_commands.h"
#include "server/store/commands.h"
#include "server/store/draft.h"
#include "server/store/fleet.h"
#include "server/store/officers.h"
#include "server/store/outbox.h"
#include "server/store/regions.h"

namespace cardea::server {

class Store {
 public:
  virtual ~Store() = default;

  // --- users
  // Gives the user his uid. account_exists, also for a card or computer key that is known with other bytes;
  // already_exists when the card belongs to somebody.
  virtual Result<Outcome<Registered>> register_user(const Change<Registered>&, const RegisterUser&) = 0;
  virtual Result<std::optional<User>> find_user_by_account(std::string_view account) = 0;
  virtual Result<User> get_user(const UserId&) = 0;
  virtual Result<std::vector<Holder>> holders(const UserId&) = 0;
  virtual Result<std::vector<EpochSeal>> epoch_seals(const UserId&) = 0;
  // server_conflict when the holder's epoch is not the user's; limit_exceeded.
  virtual Status put_holder(const PutHolder&) = 0;

  // --- guesses and sessions
  virtual Result<GuessDecision> charge_guess(const ChargeGuess&) = 0;
  // replayed when the token was used; state_forbidden when the card or generation it rests on is not usable.
  virtual Status open_session(const OpenSession&, UnixSeconds now) = 0;
  virtual Status raise_session(const RaiseSession&, UnixSeconds now) = 0;
  virtual Status end_session(const SessionId&) = 0;
  // For an attempt that failed: its token can't be used any more. replayed when it was used before.
  virtual Status spend_token(const Digest& token, UnixSeconds expires_at) = 0;
  // Only one that has not expired; not_found otherwise.
  virtual Result<Session> get_session(const SessionId&, UnixSeconds now) = 0;
  // Remembered without waiting for the disk, before any change that is submitted later.
  virtual void remember_nonce(const Digest& nonce, UnixSeconds now) = 0;
  virtual Result<std::vector<Digest>> nonces_since(UnixSeconds since) = 0;

  // --- cards
  virtual Result<std::vector<Card>> cards(const UserId&) = 0;
  virtual Result<Card> get_card(const CardId&) = 0;
  // precondition_failed when the version differs; state_forbidden for a transition that does not exist.
  virtual Result<Outcome<Card>> set_card_state(const Change<Card>&, const SetCardState&) = 0;
  // already_exists when the card is known; precondition_failed when the epoch differs.
  virtual Result<Outcome<Replaced>> replace_card(const Change<Replaced>&, const ReplaceCard&) = 0;

  // --- computers and access keys
  virtual Result<Bytes> device_key(const ComputerId&) = 0;
  virtual Result<std::vector<Computer>> computers(const UserId&) = 0;
  virtual Result<Computer> get_computer(const UserId&, const ComputerId&) = 0;
  virtual Result<Outcome<Computer>> add_computer(const Change<Computer>&, const AddComputer&) = 0;
  virtual Result<Outcome<CheckedIn>> check_in(const Change<CheckedIn>&, const CheckIn&) = 0;
  virtual Result<Generation> get_generation(const UserId&, const ComputerId&, std::uint32_t number) = 0;
  virtual Result<Outcome<Generation>> begin_generation(const Change<Generation>&, const UserId&,
                                                       const ComputerId&) = 0;
  virtual Result<Outcome<Generation>> prepare_generation(const Change<Generation>&,
                                                         const PrepareGeneration&) = 0;
  virtual Result<Outcome<Generation>> commit_generation(const Change<Generation>&,
                                                        const CommitGeneration&) = 0;
  // state_forbidden without a current generation; access_key_exhausted beyond a limit.
  virtual Result<Outcome<Issued>> issue_access_key(const Change<Issued>&, const IssueAccessKey&) = 0;

  // --- what an owner does to his computers from afar
  // Every check-in asks for a new generation until one is committed.
  virtual Result<Outcome<Computer>> ask_for_keys(const Change<Computer>&, const AskForKeys&) = 0;
  // The computer speaks for this user no more: every command that names both fails with state_forbidden,
  // until it is added again.
  virtual Result<Outcome<Retired>> retire_computer(const Change<Retired>&, const RetireComputer&) = 0;

  // --- by the code of the recovery sheet; replayed when the token was used
  virtual Result<CardsSuspended> suspend_all_cards(const SheetProof&, UnixSeconds now) = 0;
  virtual Result<Reopened> reopen_account(const ReopenAccount&, UnixSeconds now) = 0;

  // --- guests
  // The gid of a group of guests: given out at the first call, the same for ever. limit_exceeded when there
  // is no number left.
  virtual Result<std::uint32_t> group_id(std::string_view name) = 0;
  // Who has this card, written into his audit chain. not_found; card_revoked unless it is active.
  virtual Result<Outcome<GuestAdmitted>> admit_guest(const Change<GuestAdmitted>&, const AdmitGuest&) = 0;

  // --- records
  // Those changed after `since`, by change number, at most `limit`.
  virtual Result<std::vector<Record>> records(const UserId&, std::uint64_t since, std::size_t limit) = 0;
  virtual Result<Record> get_record(const UserId&, const RecordId&) = 0;
  // precondition_failed when the version differs; limit_exceeded; server_conflict for another epoch.
  virtual Result<Record> put_record(const PutRecord&, UnixSeconds now) = 0;
  virtual Result<Outcome<Record>> rewrap_record(const Change<Record>&, const RewrapRecord&) = 0;
  virtual Status delete_record(const DeleteRecord&, UnixSeconds now) = 0;

  // --- repeated requests
  // What was answered under this Idempotency-Key; server_conflict when it was another request.
  virtual Result<std::optional<StoredAnswer>> find_answer(const Once&) = 0;

  // --- audit and upkeep
  virtual Result<std::vector<AuditEvent>> audit_events(const UserId&, std::uint64_t after,
                                                       std::size_t limit) = 0;
  // Removes what has ended: sessions, tokens, nonces, stored answers, old guesses, old tombstones.
  virtual Result<PurgedUsers> purge(UnixSeconds now) = 0;
  // Whether a change can be made durable now; timeout when that takes longer than 1.5 s.
  virtual Status ready() = 0;

  // --- regions (docs/spec/relocation.md). A change of a user who is frozen or arriving fails with timeout,
  // of one who is gone with moved_away(). not_found when there is no such user.
  virtual Result<Home> home(const UserId&) = 0;
  // precondition_failed when the row is in another state, or when the lease is over.
  virtual Result<Home> change_home(const HomeChange&, UnixSeconds now) = 0;
  // Those with whom the mover has to do something now: frozen and their lease is over, which come first;
  // gone and not delivered or, if moves may `begin`, agreed, after `not_before`.
  virtual Result<std::vector<Home>> moves(UnixSeconds now, bool begin, std::size_t limit) = 0;
  // Switching it off forgets the days.
  virtual Status record_days(const UserId&, bool on) = 0;
  virtual Result<std::vector<WorkDay>> work_days(const UserId&, std::int64_t since) = 0;
  // Users at home here, by id behind `after`, with at least `days` days in other regions since then.
  virtual Result<std::vector<UserId>> roaming_users(std::string_view here, std::int64_t since,
                                                    std::uint64_t days, const UserId& after,
                                                    std::size_t limit) = 0;
  virtual Result<UserRows> user_rows(const UserId&) = 0;
  // Replaces the part of that number. timeout when the source has enough here: its bundles to which nothing
  // was added for an hour make room first.
  virtual Status put_bundle_part(const PutBundlePart&, UnixSeconds now) = 0;
  // All parts from 0 to `count` - 1; not_found when one is missing.
  virtual Result<Bytes> bundle(const BundleId&, std::uint32_t count) = 0;
  virtual Status drop_bundle(const BundleId&) = 0;
  // The user is `arriving` then. server_conflict when he is at home here, was here later, has more events
  // here, or is gone to another region that has not answered yet; timeout while he is arriving from another
  // region; account_exists, already_exists (a card, a uid) when what is his belongs to somebody here;
  // unknown_format, corrupted.
  virtual Status import_user(const ImportUser&, UnixSeconds now) = 0;
  // Repeatable. server_conflict unless exactly this import is here.
  virtual Status activate_user(const ActivateUser&, UnixSeconds now) = 0;
  virtual Result<std::optional<MovedKeys>> moved_keys(const UserId&) = 0;
  // New uids and gids come from this range. config_invalid when others were given out before.
  virtual Status reserve_unix_ids(std::uint32_t first, std::uint32_t last) = 0;
  // --- pages and monitoring
  // In the order in which they were added; those behind `after`, at most `limit`.
  virtual Result<ComputerPage> computers_page(const UserId&, const std::optional<ComputerPosition>& after,
                                              std::size_t limit) = 0;
  // The end of the global chain.
  virtual Result<AuditEnd> audit_end() = 0;
  // --- administration: each change is told in the administration's chain
  // What was set; a name that is not there has its default (server/service/policy.h).
  virtual Result<std::vector<PolicyValue>> policies() = 0;
  virtual Result<std::optional<std::string>> policy(std::string_view name) = 0;
  virtual Status set_policy(const SetPolicy&, UnixSeconds now) = 0;
  // In the order of their names without case, behind `after`, at most `limit`.
  virtual Result<std::vector<Account>> accounts(std::string_view after, std::size_t limit) = 0;
  virtual Result<std::uint32_t> guesses(std::string_view subject) = 0;
  // Also in the user's chain. Closing ends the sessions that a password opened.
  virtual Status set_account(const SetAccount&, UnixSeconds now) = 0;
  virtual Result<AuditPoint> note_admin(const AdminNote&, UnixSeconds now) = 0;
  virtual Result<std::vector<AdminEvent>> admin_events(std::uint64_t after, std::size_t limit) = 0;
  // --- officers (docs/spec/officers.md): what they do for a user is told in his chain, and all of it in the
  // administration's
  // already_exists for a name or a card that is there; a removed officer may come back.
  virtual Status add_officer(const Officer&, const std::string& actor, UnixSeconds now) = 0;
  // Ends his sessions unless he is active again; a removed one loses his keys.
  virtual Status set_officer_state(const OfficerId&, OfficerState, const std::string& actor,
                                   UnixSeconds now) = 0;
  virtual Result<std::vector<Officer>> officers() = 0;
  virtual Result<Officer> get_officer(const OfficerId&) = 0;
  // permission_denied unless he is active; replayed; already_exists; limit_exceeded.
  virtual Status add_officer_key(const AddOfficerKey&) = 0;
  virtual Result<OfficerKey> get_officer_key(ByteView credential) = 0;
  virtual Result<std::vector<OfficerKey>> officer_keys(const OfficerId&) = 0;
  // permission_denied unless he is active, and his card, if it is a user's, too; replayed for the token and
  // for the counter.
  virtual Status open_officer_session(const OpenOfficerSession&, UnixSeconds now) = 0;
  // Only one that has not expired, of an officer who is active, as his card must be; not_found otherwise.
  virtual Result<OfficerSession> get_officer_session(const SessionId&, UnixSeconds now) = 0;
  virtual Status end_officer_session(const SessionId&) = 0;
  // What an officer did without changing anything.
  virtual Status note_officer(const UserId&, const AuditNote&, UnixSeconds now) = 0;
  // Whether the computer's current generation is sealed for him.
  virtual Result<bool> can_issue(const UserId&, const ComputerId&, const OfficerId&) = 0;
  // not_found for a computer or card that is not the user's; limit_exceeded.
  virtual Result<Outcome<OfficerRequest>> ask_as_officer(const Change<OfficerRequest>&,
                                                         const AskAsOfficer&) = 0;
  // Those that have not expired and are not finished, oldest first.
  virtual Result<std::vector<OfficerRequest>> officer_requests(UnixSeconds now) = 0;
  // permission_denied for who has asked, unless he declines it; state_forbidden unless it is waiting;
  // not_found when it has expired, here and below.
  virtual Result<Outcome<OfficerRequest>> decide_officer_request(const Change<OfficerRequest>&,
                                                                 const DecideOfficerRequest&) = 0;
  // As issue_access_key; permission_denied for another officer, state_forbidden unless it is approved,
  // holder_missing when the generation is not sealed for him.
  virtual Result<Outcome<Issued>> issue_as_officer(const Change<Issued>&, const IssueAsOfficer&) = 0;
  // permission_denied, state_forbidden as above, and for a card that is not active.
  virtual Result<Outcome<OfficerRequest>> carry_out(const Change<OfficerRequest>&, const CarryOut&) = 0;
  // --- trash: deleted records with their envelopes, as long as there are tombstones of them
  // Newest first.
  virtual Result<std::vector<Record>> trash(const UserId&) = 0;
  virtual Result<Record> get_trashed(const UserId&, const RecordId&) = 0;
  // Back to the version it had. precondition_failed when the tombstone's version differs; limit_exceeded.
  virtual Result<Outcome<Record>> restore_record(const Change<Record>&, const RestoreRecord&) = 0;
  virtual Result<RecordUsage> record_usage(const UserId&) = 0;

  // --- pairings of browsers with cards
  // already_exists while the id is in use; limit_exceeded.
  virtual Status open_pairing(const OpenPairing&, UnixSeconds now) = 0;
  // not_found also for one that has expired.
  virtual Result<Pairing> get_pairing(const PairingId&, UnixSeconds now) = 0;
  // Once, and into the user's audit chain. state_forbidden when there is another answer; not_found.
  virtual Status answer_pairing(const AnswerPairing&, UnixSeconds now) = 0;

  // --- drafts: registrations that were prepared in a browser (docs/spec/drafts.md)
  // Until when it is kept; the same draft once more changes nothing. already_exists for another one with its
  // sheet or user; limit_exceeded.
  virtual Result<UnixSeconds> keep_draft(const KeepDraft&, UnixSeconds now) = 0;
  // not_found also for one that has expired, here and below.
  virtual Result<Draft> get_draft(ByteView sheet_check, UnixSeconds now) = 0;
  // As register_user; the draft is gone with it. replayed when the token was used.
  virtual Result<Outcome<Registered>> register_draft(const Change<Registered>&, const RegisterDraft&) = 0;

  // --- the administrator's page
  // One pass over all computers.
  virtual Result<FleetCounts> fleet_counts(const FleetRule&) = 0;
  // In the order of their last contact, the longest ago first.
  virtual Result<std::vector<FleetComputer>> fleet_page(const FleetQuery&) = 0;
  virtual Result<PolicySet> policy_set() = 0;
  // precondition_failed for another version; replayed, permission_denied for the touch, here and below.
  virtual Status change_policy(const ChangePolicy&, UnixSeconds now) = 0;
  // Tells it to the user and to the administration, and gives the user as he is then. not_found.
  virtual Result<User> open_history(const OpenHistory&, UnixSeconds now) = 0;
  // The end of the administration's chain.
  virtual Result<AuditPoint> admin_audit_end() = 0;
  virtual Result<StoreFacts> facts() = 0;

  // --- messages to the organisation's own channels (docs/spec/notify.md)
  // The one that has been due for longest, for the caller alone until then; nothing when none is due.
  virtual Result<std::optional<OutboxMessage>> take_message(const TakeMessage&) = 0;
  // It was told, or need not be. One that is not there any more is no failure, here and below.
  virtual Status settle_message(const UserId&, std::uint64_t sequence) = 0;
  virtual Status postpone_message(const UserId&, std::uint64_t sequence, UnixSeconds due) = 0;
  virtual Result<OutboxState> outbox_state() = 0;
};

}  // namespace cardea::server
