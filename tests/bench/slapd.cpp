// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/slapd.h"

#include <fstream>

#include "tests/bench/ldap_messages.h"

namespace cardea::bench {
namespace {

constexpr const char* kUser = "cn=anna,cn=bench";
constexpr const char* kPassword = "correct horse";
constexpr const char* kAttribute = "envelope";
constexpr int kOthers = 100;

// The system schema has names and passwords; the rest is from the arc for what is nowhere else.
constexpr const char* kSchema = R"(
attributetype ( 1.1.1 NAME 'envelope' EQUALITY octetStringMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 SINGLE-VALUE )
objectclass ( 1.1.2 NAME 'record' SUP top STRUCTURAL MUST cn MAY ( userPassword $ envelope ) )
)";

std::string configuration(const std::filesystem::path& prefix, const std::string& root,
                          const std::string& certificate, const std::string& key) {
  return "modulepath " + (prefix / "lib/ldap").string() + "\nmoduleload back_mdb\nloglevel 0\n" + kSchema +
         "TLSCertificateFile " + certificate + "\nTLSCertificateKeyFile " + key +
         "\nTLSProtocolMin 3.4\n"  // TLS 1.3
         "database mdb\nsuffix cn=bench\ndirectory " +
         root + "/database\naccess to attrs=userPassword by anonymous auth\naccess to dn.base=" + kUser +
         " by self read\n";
}

std::string entry(const std::string& name, std::size_t payload) {
  return "dn: cn=" + name + ",cn=bench\nobjectClass: record\ncn: " + name + "\nuserPassword: " + kPassword +
         "\nenvelope: " + std::string(payload, 'x') + "\n\n";
}

}  // namespace

std::optional<std::filesystem::path> Slapd::find(const std::filesystem::path& peers) {
  for (const auto& prefix : {peers / "usr", std::filesystem::path("/usr")})
    if (std::filesystem::exists(prefix / "sbin/slapd")) return prefix;
  return {};
}

Slapd::Slapd(const std::filesystem::path& prefix, const std::string& certificate, const std::string& key,
             std::size_t payload) {
  const std::string settings = root() + "/slapd.conf", entries = root() + "/entries.ldif";
  std::ofstream(settings) << configuration(prefix, root(), certificate, key);
  std::ofstream file(entries);
  file << "dn: cn=bench\nobjectClass: record\ncn: bench\n\n" << entry("anna", payload);
  for (int i = 0; i < kOthers; ++i)
    file << entry("user" + std::to_string(i), payload);
  file.close();
  std::filesystem::create_directory(root() + "/database");
  // Its own libraries, and nothing of this machine's LDAP configuration.
  const test_support::Environment environment{{"LD_LIBRARY_PATH", prefix / "lib/x86_64-linux-gnu"},
                                              {"LDAPNOINIT", "1"}};
  test_support::must_run({prefix / "sbin/slapadd", "-q", "-f", settings, "-l", entries}, environment);
  // With -d it stays in the foreground.
  start(
      {prefix / "sbin/slapd", "-d", "0", "-f", settings, "-h", "ldaps://127.0.0.1:" + std::to_string(port())},
      environment);
}

Dialect Slapd::dialect() { return {ldap_bind(kUser, kPassword), whole_ldap_answer}; }

std::string Slapd::request() { return ldap_read(kUser, kAttribute); }

}  // namespace cardea::bench
