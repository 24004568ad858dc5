// SPDX-License-Identifier: Apache-2.0
// The files of the portal, as server/portal/build.mjs has made them, and the answers to requests for them
// (docs/spec/portal.md). Everything is read once, by the list in manifest.json, and compared with its hash:
// what is not in the list has no address, so no request can name another file. Made by program.cpp, asked by
// the router before the API's routes. Read-only afterwards, therefore used by all threads.
#pragma once

#include <map>
#include <optional>

#include "core/api/json.h"
#include "server/http/message.h"

namespace cardea::server::http {

class PortalFiles {
 public:
  static constexpr std::size_t kMaxFiles = 256;
  static constexpr std::size_t kMaxFileSize = 4 * 1024 * 1024;
  static constexpr std::size_t kMaxTotalSize = 16 * 1024 * 1024;  // resident as long as the server runs

  // not_found when there is no manifest.json; corrupted, limit_exceeded or unsafe_file with the file's name
  // and what is wrong with it.
  static Result<PortalFiles> load(const std::string& folder);

  // Pages may also talk to these, the other servers of the list. Before the first request.
  void connect_to(const std::vector<std::string>& origins);

  // Nothing when the path is none of the portal's. The answer's body lives as long as this object.
  [[nodiscard]] std::optional<Response> answer(const Request& request) const;
  [[nodiscard]] bool has(std::string_view path) const { return pages_.contains(path); }
  [[nodiscard]] std::size_t count() const { return pages_.size(); }

 private:
  struct Content {
    std::string bytes;  // empty: this form does not exist
    std::string etag;   // with its quotes
  };
  struct Page {
    std::string type;
    bool immutable = false;  // its name tells its content
    bool is_text = false;    // a page without a script
    Content plain;
    Content gzip;
  };
  Status add(const std::string& folder, const api::Json& entry, std::size_t& total);
  std::map<std::string, Page, std::less<>> pages_;  // by path
  std::string page_fields_, asset_fields_;          // of their answers, whole lines
};

}  // namespace cardea::server::http
