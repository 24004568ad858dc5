// SPDX-License-Identifier: Apache-2.0
// The portal's files: what is in the manifest is served with its headers, and nothing else ever.
#include "server/http/portal_files.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/crypto/hash.h"
#include "server/http/router.h"
#include "tests/support/server/in_process.h"
#include "tests/support/temp_dir.h"

namespace cardea::server::http {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string hash_of(std::string_view text) { return to_hex(crypto::sha256({as_bytes(text)})); }

class Portal : public testing::Test {
 protected:
  Portal() {
    write("index.html", "<p>start</p>");
    write("key.html", "<p>key</p>");
    write("main-1A.js", "script");
    write("main-1A.js.gz", "zipped");
    add("/", "index.html", "text/html; charset=utf-8", false);
    add("/access-key", "key.html", "text/html; charset=utf-8", false);
    entries_.push_back(entry("/assets/main-1A.js", "main-1A.js", "text/javascript", true, hash_of("script")) +
                       ",\"gzip_sha256\":\"" + hash_of("zipped") + "\"}");
  }

  void write(const std::string& name, std::string_view text) const { std::ofstream(dir_.file(name)) << text; }
  static std::string entry(const std::string& path, const std::string& file, const std::string& type,
                           bool immutable, const std::string& hash) {
    return R"({"path":")" + path + R"(","file":")" + file + R"(","type":")" + type + R"(","immutable":)" +
           (immutable ? "true" : "false") + R"(,"sha256":")" + hash + "\"";
  }
  void add(const std::string& path, const std::string& file, const std::string& type, bool immutable) {
    std::ifstream in(dir_.file(file));
    const std::string text((std::istreambuf_iterator<char>(in)), {});
    entries_.push_back(entry(path, file, type, immutable, hash_of(text)) + "}");
  }
  Result<PortalFiles> load(const std::string& version = "1") {
    std::string list;
    for (const std::string& one : entries_)
      list += (list.empty() ? "" : ",") + one;
    write("manifest.json", R"({"version":)" + version + R"(,"files":[)" + list + "]}");
    return PortalFiles::load(dir_.path());
  }
  std::string refusal() {
    const auto portal = load();
    return portal.ok() ? "" : portal.failure().detail;
  }
  static Request get(const std::string& path, const std::string& more = "") {
    Request request;
    request.head = parse_request_head("GET / HTTP/1.1\r\nHost: x\r\n" + more + "\r\n").value();
    request.head.path = path;  // also one that the reader of heads would refuse
    return request;
  }
  static std::string field(const Response& response, std::string_view name) {
    for (const auto& [known, value] : response.headers) {
      if (known == name) return value;
    }
    return "";
  }

  test::TempDir dir_;
  std::vector<std::string> entries_;
};

TEST_F(Portal, ServesItsPagesForAskingAgain) {
  const auto portal = load();
  ASSERT_TRUE(portal.ok()) << portal.failure().detail;
  EXPECT_EQ(portal->count(), 3u);
  const auto page = portal->answer(get("/"));
  ASSERT_TRUE(page);
  EXPECT_EQ(page->status, 200);
  EXPECT_EQ(page->content(), "<p>start</p>");
  EXPECT_EQ(page->content_type, "text/html; charset=utf-8");
  EXPECT_EQ(field(*page, "Cache-Control"), "no-cache");
  EXPECT_EQ(field(*page, "ETag"), "\"" + hash_of("<p>start</p>").substr(0, 32) + "\"");
  EXPECT_EQ(portal->answer(get("/access-key"))->content(), "<p>key</p>");
}

TEST_F(Portal, PagesMayConnectToTheServersOfTheListOnly) {
  auto portal = load();
  EXPECT_THAT(portal->answer(get("/"))->policy, HasSubstr("; connect-src 'self'; "));
  portal->connect_to({"https://b.test", "https://c.test:8443"});
  for (const char* path : {"/", "/assets/main-1A.js"}) {
    EXPECT_THAT(portal->answer(get(path))->policy,
                HasSubstr("; connect-src 'self' https://b.test https://c.test:8443; "));
  }
  portal->connect_to({});
  EXPECT_THAT(portal->answer(get("/"))->policy, HasSubstr("; connect-src 'self'; "));
}

TEST_F(Portal, PagesHaveAStrictPolicyAndOnlyScriptsCompileWebAssembly) {
  const auto portal = load();
  const auto page = portal->answer(get("/"));
  const auto script = portal->answer(get("/assets/main-1A.js"));
  for (const std::string_view policy : {page->policy, script->policy}) {
    EXPECT_THAT(policy, HasSubstr("Content-Security-Policy: default-src 'none'; script-src 'self'"));
    for (const char* part :
         {"require-trusted-types-for 'script'", "trusted-types lit-html cardea-worker\r\n", "base-uri 'none'",
          "form-action 'none'", "frame-ancestors 'none'", "Cross-Origin-Opener-Policy: same-origin\r\n",
          "Cross-Origin-Resource-Policy: same-origin\r\n", "Cross-Origin-Embedder-Policy: require-corp\r\n",
          "Referrer-Policy: no-referrer\r\n", "X-Content-Type-Options: nosniff\r\n",
          "Vary: Accept-Encoding\r\n", "Strict-Transport-Security: max-age=31536000\r\n"}) {
      EXPECT_THAT(policy, HasSubstr(part));
    }
    EXPECT_THAT(policy, Not(HasSubstr("unsafe-inline")));
    EXPECT_THAT(policy, Not(HasSubstr("'unsafe-eval'")));
    EXPECT_THAT(policy, Not(HasSubstr("Cache-Control")));
    EXPECT_TRUE(policy.ends_with("\r\n"));
  }
  EXPECT_THAT(page->policy, Not(HasSubstr("wasm-unsafe-eval")));
  EXPECT_THAT(script->policy, HasSubstr("'wasm-unsafe-eval'"));
  EXPECT_EQ(field(*script, "Cache-Control"), "public, max-age=31536000, immutable");
}

TEST_F(Portal, CompressesForWhoTakesIt) {
  const auto portal = load();
  const auto asked = [&](const std::string& accept) {
    return portal->answer(
        get("/assets/main-1A.js", accept.empty() ? "" : "Accept-Encoding: " + accept + "\r\n"));
  };
  for (const char* yes : {"gzip", "br, gzip;q=0.8, *;q=0.1", "*", "deflate,gzip", "gzip; q=0.001"}) {
    EXPECT_EQ(asked(yes)->content(), "zipped") << yes;
    EXPECT_EQ(field(*asked(yes), "Content-Encoding"), "gzip") << yes;
  }
  for (const char* no : {"", "identity", "br", "gzip;q=0", "gzip;q=0.000", "xgzip"}) {
    EXPECT_EQ(asked(no)->content(), "script") << no;
    EXPECT_EQ(field(*asked(no), "Content-Encoding"), "") << no;
  }
  EXPECT_NE(field(*asked("gzip"), "ETag"), field(*asked(""), "ETag"));
  EXPECT_EQ(portal->answer(get("/", "Accept-Encoding: gzip\r\n"))->content(), "<p>start</p>");
}

TEST_F(Portal, SaysWhenNothingIsNew) {
  const auto portal = load();
  const std::string etag = field(*portal->answer(get("/")), "ETag");
  for (const std::string& known : {etag, "W/" + etag, "\"x\", " + etag, std::string("*")}) {
    const auto answer = portal->answer(get("/", "If-None-Match: " + known + "\r\n"));
    EXPECT_EQ(answer->status, 304) << known;
    EXPECT_FALSE(answer->may_have_content());
    EXPECT_EQ(field(*answer, "ETag"), etag);
    EXPECT_EQ(field(*answer, "Cache-Control"), "no-cache");
  }
  EXPECT_EQ(portal->answer(get("/", "If-None-Match: \"other\"\r\n"))->status, 200);
}

TEST_F(Portal, HasNothingOutsideOfItsManifest) {
  write("secret.txt", "secret");
  const auto portal = load();
  for (const char* path : {"/secret.txt", "/index.html", "/manifest.json", "/assets/",
                           "/assets/main-1A.js.gz", "/assets/secret.txt", "/assets/main-1A.jsx",
                           "/ASSETS/main-1A.js", "/access-key/x", "/v1/account", "/livez", "/favicon.ico"}) {
    EXPECT_FALSE(portal->answer(get(path))) << path;
  }
}

TEST_F(Portal, IsReadOnlyForEverybody) {
  const auto portal = load();
  for (const char* method : {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"}) {
    Request request = get("/access-key");
    request.head.method = method;
    const auto answer = portal->answer(request);
    EXPECT_EQ(answer->status, 405) << method;
    EXPECT_EQ(field(*answer, "Allow"), "GET, HEAD");
    EXPECT_EQ(answer->content_type, "application/problem+json");
  }
  Request request = get("/access-key");
  request.head.method = "HEAD";
  EXPECT_EQ(portal->answer(request)->status, 200);
  request.head.method = "GET";
  request.body = "x";
  EXPECT_EQ(portal->answer(request)->status, 400);
}

TEST_F(Portal, RefusesNamesThatLeadElsewhere) {
  for (const char* file : {"../x", "/etc/passwd", "a/b", "..", ".hidden", "", "a b", "a\\u0000b", "a%2fb"}) {
    entries_.resize(1);
    entries_.push_back(entry("/x", file, "text/plain", false, hash_of("")) + "}");
    EXPECT_THAT(refusal(), HasSubstr("manifest.json: ")) << file;
  }
}

TEST_F(Portal, RefusesAddressesOfTheApiAndOddOnes) {
  for (const char* path : {"/v1", "/livez", "/readyz", "/healthz", "/metrics", "/v1/account", "/assets/../x",
                           "/assets/", "x", "//", "/a/b", "/.well-known", "/assets/.x", "/a?b", "/a%20"}) {
    entries_.resize(1);
    entries_.push_back(entry(path, "index.html", "text/html", false, hash_of("<p>start</p>")) + "}");
    EXPECT_THAT(refusal(), HasSubstr("“path” is no address of the portal")) << path;
  }
}

TEST_F(Portal, RefusesAFileThatIsNotTheOneThatWasBuilt) {
  ASSERT_TRUE(load().ok());
  write("key.html", "<p>another</p>");
  EXPECT_THAT(refusal(), HasSubstr("key.html: is not the file of the manifest"));
  write("key.html", "<p>key</p>");
  write("main-1A.js.gz", "another");
  EXPECT_THAT(refusal(), HasSubstr("main-1A.js.gz: is not the file of the manifest"));
  std::filesystem::remove(dir_.file("main-1A.js.gz"));
  EXPECT_EQ(load().error(), Error::not_found);
}

TEST_F(Portal, RefusesFilesThatOthersMayWriteAndLinks) {
  ASSERT_EQ(::chmod(dir_.file("key.html").c_str(), 0666), 0);
  EXPECT_EQ(load().error(), Error::unsafe_file);
  std::filesystem::remove(dir_.file("key.html"));
  ASSERT_EQ(::symlink("index.html", dir_.file("key.html").c_str()), 0);
  EXPECT_EQ(load().error(), Error::unsafe_file);
}

TEST_F(Portal, RefusesAManifestThatIsNone) {
  EXPECT_EQ(PortalFiles::load(dir_.path()).error(), Error::not_found);
  EXPECT_FALSE(load("2").ok());
  entries_.push_back(entries_.front());
  EXPECT_THAT(refusal(), HasSubstr("/ is there twice"));
  entries_.clear();
  EXPECT_THAT(refusal(), HasSubstr("has no first page"));
  for (const char* text : {"", "{", "[]", R"({"version":1})", R"({"version":1,"files":[{}]})",
                           R"({"version":1,"files":[],"more":1})"}) {
    write("manifest.json", text);
    EXPECT_EQ(PortalFiles::load(dir_.path()).error(), Error::corrupted) << text;
  }
}

TEST_F(Portal, RefusesMoreThanItsLimits) {
  entries_.resize(1);
  const std::string large(PortalFiles::kMaxFileSize + 1, 'x');
  write("large", large);
  entries_.push_back(entry("/large", "large", "text/plain", false, hash_of(large)) + "}");
  EXPECT_EQ(load().error(), Error::limit_exceeded);
  entries_.resize(1);
  for (std::size_t i = 0; i < PortalFiles::kMaxFiles; ++i)
    entries_.push_back(
        entry("/p" + std::to_string(i), "index.html", "text/html", false, hash_of("<p>start</p>")) + "}");
  EXPECT_EQ(load().error(), Error::corrupted);
  entries_.resize(1);
  const std::string four(PortalFiles::kMaxFileSize, 'y');
  write("four", four);
  for (int i = 0; i < 4; ++i)
    entries_.push_back(entry("/q" + std::to_string(i), "four", "text/plain", false, hash_of(four)) + "}");
  EXPECT_EQ(load().error(), Error::limit_exceeded);
}

TEST_F(Portal, StandsBesideTheApi) {
  const auto portal = load();
  test::InProcessServer server;
  Router router(*server.services, server.log, &*portal);
  EXPECT_EQ(router.handle(get("/")).content(), "<p>start</p>");
  EXPECT_EQ(router.handle(get("/livez")).status, 200);
  EXPECT_EQ(router.handle(get("/v1/account")).status, 401);
  EXPECT_EQ(router.handle(get("/nothing")).status, 404);
  EXPECT_THAT(router.handle(get("/livez")).policy, HasSubstr("Cache-Control: no-store"));
  EXPECT_EQ(server.metrics.requests(Metrics::kPortal, 0), 1u);
  Router without(*server.services, server.log);
  EXPECT_EQ(without.handle(get("/")).status, 404);
}

}  // namespace
}  // namespace cardea::server::http
