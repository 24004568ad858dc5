// SPDX-License-Identifier: Apache-2.0
// A Transport that follows a script and remembers what was asked. An answer that nobody fetched fails the
// test.
#pragma once

#include <deque>

#include <gtest/gtest.h>

#include "core/api/json.h"
#include "upstream/transport.h"

namespace cardea::upstream {

class FakeTransport final : public Transport {
 public:
  explicit FakeTransport(std::string authority = "server.example") : authority_(std::move(authority)) {}
  ~FakeTransport() override {
    EXPECT_TRUE(answers_.empty()) << answers_.size() << " answers were not fetched";
  }

  void answer(Result<HttpResponse> response) { answers_.push_back(std::move(response)); }
  void answer_json(int status, const api::Json& body, const std::string& type = "application/json") {
    answer(HttpResponse{status, {{"content-type", type}}, body.is_null() ? "" : body.text()});
  }
  void answer_text(int status, std::string body, const std::string& type = "application/json") {
    answer(HttpResponse{status, {{"content-type", type}}, std::move(body)});
  }
  void answer_problem(int status, const std::string& name, const std::string& detail = {}) {
    answer_json(
        status,
        api::Json::Object{{"type", "urn:cardea:problem:" + name}, {"status", status}, {"detail", detail}},
        "application/problem+json");
  }

  Result<HttpResponse> send(const HttpRequest& request) override {
    Sent sent{request, {}};
    if (request.sign) {
      auto headers = request.sign(authority_);
      if (!headers.ok()) return headers.failure();
      sent.signature = std::move(headers).value();
    }
    requests_.push_back(std::move(sent));
    if (answers_.empty()) {
      ADD_FAILURE() << "not in the script: " << request.method << " " << request.path;
      return Error::internal;
    }
    auto response = std::move(answers_.front());
    answers_.pop_front();
    return response;
  }
  [[nodiscard]] std::string authority() const override { return authority_; }

  struct Sent {
    HttpRequest request;
    Headers signature;
    [[nodiscard]] std::string header(std::string_view name) const {
      for (const Headers* headers : {&request.headers, &signature}) {
        for (const auto& [key, value] : *headers) {
          if (key == name) return value;
        }
      }
      return {};
    }
  };
  [[nodiscard]] const std::vector<Sent>& requests() const { return requests_; }
  [[nodiscard]] const Sent& last() const { return requests_.back(); }

 private:
  std::string authority_;
  std::deque<Result<HttpResponse>> answers_;
  std::vector<Sent> requests_;
};

}  // namespace cardea::upstream
