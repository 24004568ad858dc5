// SPDX-License-Identifier: Apache-2.0
// The entry points of libnss_cardea, linked into the test, and the path that they read.
#pragma once

#include <string>

#include <grp.h>
#include <nss.h>
#include <pwd.h>

extern "C" {
enum nss_status _nss_cardea_getpwnam_r(const char*, struct passwd*, char*, size_t, int*);
enum nss_status _nss_cardea_getpwuid_r(uid_t, struct passwd*, char*, size_t, int*);
enum nss_status _nss_cardea_getgrnam_r(const char*, struct group*, char*, size_t, int*);
enum nss_status _nss_cardea_getgrgid_r(gid_t, struct group*, char*, size_t, int*);
enum nss_status _nss_cardea_initgroups_dyn(const char*, gid_t, long int*, long int*, gid_t**, long int, int*);
enum nss_status _nss_cardea_setpwent(int);
enum nss_status _nss_cardea_getpwent_r(struct passwd*, char*, size_t, int*);
enum nss_status _nss_cardea_endpwent();
enum nss_status _nss_cardea_setgrent(int);
enum nss_status _nss_cardea_getgrent_r(struct group*, char*, size_t, int*);
enum nss_status _nss_cardea_endgrent();
}

namespace cardea::nss::test {

// Before the first look-up and whenever the file at the old path has been marked or withdrawn.
void set_database_path(const std::string& path);

}  // namespace cardea::nss::test
