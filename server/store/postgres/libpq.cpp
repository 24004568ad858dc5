// SPDX-License-Identifier: Apache-2.0
#include "server/store/postgres/libpq.h"

#include <dlfcn.h>

namespace cardea::server::postgres {
namespace {

Libpq table;

template <typename Function>
bool find(void* library, const char* name, Function& out) {
  out = reinterpret_cast<Function>(::dlsym(library, name));
  return out != nullptr;
}

bool find_all(void* library) {
  return find(library, "PQclear", table.clear) && find(library, "PQcmdStatus", table.cmd_status) &&
         find(library, "PQconnectdbParams", table.connect) &&
         find(library, "PQconninfoFree", table.conninfo_free) &&
         find(library, "PQconninfoParse", table.conninfo_parse) &&
         find(library, "PQconsumeInput", table.consume_input) &&
         find(library, "PQerrorMessage", table.error_message) && find(library, "PQfinish", table.finish) &&
         find(library, "PQflush", table.flush) && find(library, "PQfreemem", table.free_memory) &&
         find(library, "PQgetisnull", table.is_null) && find(library, "PQgetlength", table.length) &&
         find(library, "PQgetResult", table.get_result) && find(library, "PQgetvalue", table.value) &&
         find(library, "PQisBusy", table.is_busy) && find(library, "PQntuples", table.rows) &&
         find(library, "PQresultErrorField", table.error_field) &&
         find(library, "PQresultStatus", table.result_status) &&
         find(library, "PQsendPrepare", table.send_prepare) &&
         find(library, "PQsendQuery", table.send_query) &&
         find(library, "PQsendQueryPrepared", table.send_prepared) &&
         find(library, "PQsetnonblocking", table.set_nonblocking) &&
         find(library, "PQsetNoticeReceiver", table.set_notice_receiver) &&
         find(library, "PQsocket", table.socket) && find(library, "PQstatus", table.status) &&
         find(library, "PQtransactionStatus", table.transaction_status);
}

// Never unloaded: OpenSSL and Kerberos leave things behind that are called at the end of the process.
bool load() {
  void* library = ::dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
  return library != nullptr && find_all(library);
}

}  // namespace

Status load_libpq() {
  static const bool loaded = load();
  if (loaded) return {};
  return fail(Error::not_supported, "PostgreSQL's library, libpq.so.5 (package libpq5), can't be loaded");
}

const Libpq& libpq() noexcept { return table; }

}  // namespace cardea::server::postgres
