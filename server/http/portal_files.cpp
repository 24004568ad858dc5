// SPDX-License-Identifier: Apache-2.0
#include "server/http/portal_files.h"

#include <algorithm>

#include "core/api/json_fields.h"
#include "core/base/secure_file.h"
#include "core/base/text.h"
#include "core/crypto/hash.h"
#include "server/http/problem.h"

namespace cardea::server::http {
namespace {

using api::Json;
using api::JsonFields;

constexpr std::size_t kMaxManifest = 128 * 1024;
constexpr std::string_view kProblems = "/problems/";
constexpr std::size_t kMaxPortalName = 128;
constexpr std::size_t kEtagDigits = 32;
constexpr int kManifestVersion = 1;

// docs/spec/portal.md, "Headers". Pages compile no WebAssembly; the worker's script is an answer of its own,
// and what its policy permits holds in the worker only.
#define CARDEA_PORTAL_FIELDS(SCRIPT)                                                               \
  "X-Content-Type-Options: nosniff\r\n"                                                            \
  "Strict-Transport-Security: max-age=31536000\r\n"                                                \
  "Content-Security-Policy: default-src 'none'; script-src " SCRIPT                                \
  "; worker-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "   \
  "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types " \
  "lit-html cardea-worker\r\n"                                                                     \
  "Cross-Origin-Opener-Policy: same-origin\r\n"                                                    \
  "Cross-Origin-Embedder-Policy: require-corp\r\n"                                                 \
  "Cross-Origin-Resource-Policy: same-origin\r\n"                                                  \
  "Referrer-Policy: no-referrer\r\n"                                                               \
  "Permissions-Policy: camera=(), clipboard-write=(self), display-capture=(), fullscreen=(), "     \
  "geolocation=(), microphone=(), payment=(), usb=()\r\n"                                          \
  "Vary: Accept-Encoding\r\n"
constexpr std::string_view kPageFields = CARDEA_PORTAL_FIELDS("'self'");
constexpr std::string_view kTextFields = CARDEA_PORTAL_FIELDS("'none'");
constexpr std::string_view kAssetFields = CARDEA_PORTAL_FIELDS("'self' 'wasm-unsafe-eval'");
#undef CARDEA_PORTAL_FIELDS

// A name in the folder itself; nothing that leads out of it, and nothing hidden.
bool is_file_name(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("._-").find(c) != std::string_view::npos;
  };
  return !name.empty() && name.front() != '.' && std::all_of(name.begin(), name.end(), fits);
}

// What the manifest may put on the Web: "/", "/page", "/problems/name" or "/assets/file". Never an address of
// the API.
bool is_portal_path(std::string_view path) {
  if (path == "/") return true;
  if (path.starts_with("/assets/")) return is_file_name(path.substr(8));
  if (path.starts_with(kProblems)) return is_file_name(path.substr(kProblems.size()));
  constexpr std::string_view kTaken[] = {"v1", "livez", "readyz", "healthz", "metrics"};
  return path.starts_with("/") && is_file_name(path.substr(1)) &&
         std::find(std::begin(kTaken), std::end(kTaken), path.substr(1)) == std::end(kTaken);
}

Failure bad(const std::string& file, std::string_view what) {
  return fail(Error::corrupted, file + ": " + std::string(what));
}

// "gzip", "gzip;q=0.5" and "*" say yes, "gzip;q=0" says no (RFC 9110 section 12.5.3).
bool takes_gzip(const RequestHead& head) {
  const std::string* field = head.field("accept-encoding");
  if (field == nullptr) return false;
  for (const std::string& item : split(*field, ',')) {
    const auto parts = split(trim(item), ';');
    const std::string_view coding = trim(parts.front());
    if (coding != "gzip" && coding != "*") continue;
    const std::string_view weight = parts.size() > 1 ? trim(parts[1]) : std::string_view("q=1");
    return weight.find_first_of("123456789") != std::string_view::npos;
  }
  return false;
}

bool has_already(const RequestHead& head, std::string_view etag) {
  const std::string* field = head.field("if-none-match");
  if (field == nullptr) return false;
  for (const std::string& item : split(*field, ',')) {
    std::string_view known = trim(item);
    if (known == "*") return true;
    if (known.starts_with("W/")) known.remove_prefix(2);
    if (known == etag) return true;
  }
  return false;
}

Response wrong_method() {
  Response response = problem(fail(Error::message_not_permitted));
  response.headers.emplace_back("Allow", "GET, HEAD");
  return response;
}

// The fields with more for `connect-src`.
std::string with_origins(std::string_view fields, const std::vector<std::string>& origins) {
  constexpr std::string_view kConnect = "connect-src 'self'";
  std::string out(fields);
  std::string more;
  for (const std::string& origin : origins)
    more += " " + origin;
  out.insert(out.find(kConnect) + kConnect.size(), more);
  return out;
}

}  // namespace

void PortalFiles::connect_to(const std::vector<std::string>& origins) {
  page_fields_ = with_origins(kPageFields, origins);
  asset_fields_ = with_origins(kAssetFields, origins);
}

Result<PortalFiles> PortalFiles::load(const std::string& folder) {
  const std::string path = folder + "/manifest.json";
  TRY_ASSIGN(const Bytes text, read_state_file(path, kMaxManifest));
  const auto json = Json::parse(as_text(text));
  if (!json.ok()) return bad(path, json.failure().detail);
  JsonFields fields(*json);
  (void)fields.integer("version", kManifestVersion, kManifestVersion);
  const Json::Array& files = fields.array("files", kMaxFiles);
  const Status complete = fields.complete();
  if (!complete.ok()) return bad(path, complete.failure().detail);
  PortalFiles out;
  std::size_t total = 0;
  for (const Json& entry : files)
    TRY(out.add(folder, entry, total));
  if (!out.pages_.contains("/")) return bad(path, "has no first page");
  out.connect_to({});
  return out;
}

Status PortalFiles::add(const std::string& folder, const Json& entry, std::size_t& total) {
  JsonFields fields(entry);
  const std::string path = fields.text("path", 1, kMaxPortalName);
  const std::string file = fields.text("file", 1, kMaxPortalName);
  Page page;
  page.type = fields.text("type", 3, kMaxPortalName);
  page.immutable = fields.boolean("immutable");
  page.is_text = path.starts_with(kProblems);
  const std::string hash = fields.text("sha256", 64, 64);
  const std::string gzip_hash = fields.has("gzip_sha256") ? fields.text("gzip_sha256", 64, 64) : "";
  if (!is_portal_path(path)) fields.complain("path", "is no address of the portal");
  if (!is_file_name(file)) fields.complain("file", "is no name in this folder");
  const Status complete = fields.complete();
  if (!complete.ok()) return bad(folder + "/manifest.json", complete.failure().detail);

  const auto read = [&](const std::string& name, const std::string& expected, Content& content) -> Status {
    TRY_ASSIGN(const Bytes bytes, read_state_file(name, kMaxFileSize));
    if (to_hex(crypto::sha256({bytes})) != expected) return bad(name, "is not the file of the manifest");
    total += bytes.size();
    if (total > kMaxTotalSize) return fail(Error::limit_exceeded, name + ": the portal is too large");
    content.bytes = as_text(bytes);
    content.etag = "\"" + expected.substr(0, kEtagDigits) + "\"";
    return {};
  };
  const std::string name = folder + "/" + file;
  TRY(read(name, hash, page.plain));
  if (!gzip_hash.empty()) TRY(read(name + ".gz", gzip_hash, page.gzip));
  if (!pages_.emplace(path, std::move(page)).second)
    return bad(folder + "/manifest.json", path + " is there twice");
  return {};
}

std::optional<Response> PortalFiles::answer(const Request& request) const {
  const auto found = pages_.find(request.head.path);
  if (found == pages_.end()) return {};
  const Page& page = found->second;
  if (request.head.method != "GET" && request.head.method != "HEAD") return wrong_method();
  if (!request.body.empty()) return problem(fail(Error::invalid_argument, "this request has no body"));
  const bool zipped = !page.gzip.bytes.empty() && takes_gzip(request.head);
  const Content& content = zipped ? page.gzip : page.plain;
  Response response;
  response.content_type = page.type;
  response.policy = page.immutable ? asset_fields_ : page.is_text ? kTextFields : page_fields_;
  response.headers.emplace_back("ETag", content.etag);
  response.headers.emplace_back("Cache-Control",
                                page.immutable ? "public, max-age=31536000, immutable" : "no-cache");
  if (has_already(request.head, content.etag)) {
    response.status = 304;
    return response;
  }
  if (zipped) response.headers.emplace_back("Content-Encoding", "gzip");
  response.file = content.bytes;
  return response;
}

}  // namespace cardea::server::http
