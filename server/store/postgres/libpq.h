// SPDX-License-Identifier: Apache-2.0
// PostgreSQL's client library, loaded when the first store on PostgreSQL is opened and never before: it
// brings Kerberos, LDAP and a second TLS library with it, twenty shared objects that a server on SQLite has
// no use for.
#pragma once

#include <memory>

#include <libpq-fe.h>

#include "core/base/result.h"

namespace cardea::server::postgres {

struct Libpq {
  decltype(&PQclear) clear = nullptr;
  decltype(&PQcmdStatus) cmd_status = nullptr;
  decltype(&PQconnectdbParams) connect = nullptr;
  decltype(&PQconninfoFree) conninfo_free = nullptr;
  decltype(&PQconninfoParse) conninfo_parse = nullptr;
  decltype(&PQconsumeInput) consume_input = nullptr;
  decltype(&PQerrorMessage) error_message = nullptr;
  decltype(&PQfinish) finish = nullptr;
  decltype(&PQflush) flush = nullptr;
  decltype(&PQfreemem) free_memory = nullptr;
  decltype(&PQgetisnull) is_null = nullptr;
  decltype(&PQgetlength) length = nullptr;
  decltype(&PQgetResult) get_result = nullptr;
  decltype(&PQgetvalue) value = nullptr;
  decltype(&PQisBusy) is_busy = nullptr;
  decltype(&PQntuples) rows = nullptr;
  decltype(&PQresultErrorField) error_field = nullptr;
  decltype(&PQresultStatus) result_status = nullptr;
  decltype(&PQsendPrepare) send_prepare = nullptr;
  decltype(&PQsendQuery) send_query = nullptr;
  decltype(&PQsendQueryPrepared) send_prepared = nullptr;
  decltype(&PQsetnonblocking) set_nonblocking = nullptr;
  decltype(&PQsetNoticeReceiver) set_notice_receiver = nullptr;
  decltype(&PQsocket) socket = nullptr;
  decltype(&PQstatus) status = nullptr;
  decltype(&PQtransactionStatus) transaction_status = nullptr;
};

// not_supported when the library is not installed.
Status load_libpq();
// Only after load_libpq() has succeeded.
const Libpq& libpq() noexcept;

struct FinishConnection {
  void operator()(PGconn* connection) const noexcept { libpq().finish(connection); }
};
struct ClearResult {
  void operator()(PGresult* result) const noexcept { libpq().clear(result); }
};
using ConnectionHandle = std::unique_ptr<PGconn, FinishConnection>;
using ResultHandle = std::unique_ptr<PGresult, ClearResult>;

}  // namespace cardea::server::postgres
