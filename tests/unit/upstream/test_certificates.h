// SPDX-License-Identifier: Apache-2.0
// Certificates for the tests of TLS, made when the test runs: good ones would expire in the repository.
#pragma once

#include <string>

namespace cardea::upstream {

struct CertificateFiles {
  std::string certificate;  // paths of PEM files
  std::string key;
};

struct LeafOptions {
  std::string subject_alt_name = "IP:127.0.0.1,DNS:localhost";
  long begins = -3600;  // seconds from now
  long ends = 3600;
};

// An authority of its own, in `directory`.
class TestAuthority {
 public:
  TestAuthority(const std::string& directory, const std::string& name);
  [[nodiscard]] const std::string& certificate() const { return files_.certificate; }
  CertificateFiles issue(const std::string& name, const LeafOptions& options = {}) const;

 private:
  std::string directory_;
  CertificateFiles files_;
};

CertificateFiles make_self_signed(const std::string& directory, const std::string& name);

}  // namespace cardea::upstream
