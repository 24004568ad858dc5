// SPDX-License-Identifier: Apache-2.0
// Password (OPAQUE record A) and answer (record B). Each start is charged to the guess budget before the OPRF
// is evaluated; an account that does not exist gets an answer of the same shape from the same steps. Between
// start and finish the server keeps nothing but the used tokens. Called by http/handlers_login.
#pragma once

#include <optional>

#include "server/service/account_reader.h"
#include "server/service/caller.h"
#include "server/service/guess_budget.h"
#include "server/service/server_secrets.h"

namespace cardea::server {

inline constexpr std::int64_t kMaxSessionSeconds = 8 * 3600;

struct LoginStarted {
  std::int64_t retry_after = 0;  // not 0, or closed: nothing was started
  bool closed = false;
  std::string login_id;
  Bytes ke2;
};

struct PasswordAccepted {
  Session session;
  Bytes question_seal;
};

struct AnswerAccepted {
  Bytes recovery_seal;
  Bytes recovery_public;
};

class LoginService {
 public:
  LoginService(Store& store, AccountReader& accounts, GuessBudget& budget, const ServerSecrets& secrets,
               Random& random)
      : store_(store),
        accounts_(accounts),
        budget_(budget),
        secrets_(secrets),
        random_(random),
        stand_in_(stand_in_record(secrets)),
        stand_in_key_(stand_in_key(secrets, random)) {}

  Result<LoginStarted> start_a(const Caller& caller, const std::string& account, ByteView ke1,
                               UnixSeconds now);
  // identity_not_accepted; replayed.
  Result<PasswordAccepted> finish_a(const Caller& caller, std::string_view login_id, ByteView ke3,
                                    UnixSeconds now);
  // The caller has a session of level password or answer.
  Result<LoginStarted> start_b(const Caller& caller, ByteView ke1, UnixSeconds now);
  Result<AnswerAccepted> finish_b(const Caller& caller, std::string_view login_id, ByteView ke3,
                                  UnixSeconds now);

 private:
  // How one of a user's two records is evaluated: the seed it was made under, or the OPRF key that came
  // along.
  struct Evaluation {
    const crypto::OpaqueServer* opaque;
    const Bytes* record;  // null: nobody
    Bytes credential;
    Bytes MovedKeys::*moved;
  };
  Result<LoginStarted> start(std::string_view kind, const Evaluation& evaluation, ByteView ke1,
                             const UserId& user, ByteView bound_to, UnixSeconds now);
  // The OPRF key that a user brought along when he moved here; nothing for all others, in the same time.
  Result<std::optional<SecretKey32>> moved_key(const UserId& user, const Evaluation& evaluation) const;
  static Bytes stand_in_record(const ServerSecrets& secrets);
  static Bytes stand_in_key(const ServerSecrets& secrets, Random& random);

  Store& store_;
  AccountReader& accounts_;
  GuessBudget& budget_;
  const ServerSecrets& secrets_;
  Random& random_;
  const Bytes stand_in_;      // a well-formed record, read where an account has none
  const Bytes stand_in_key_;  // opened where an account has not moved
};

}  // namespace cardea::server
