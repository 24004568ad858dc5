#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# cmake --install puts exactly the files of installed_files.txt into DESTDIR, with the modes that are said there.
# Usage: install_tree.sh BUILD-DIRECTORY
set -euo pipefail
build=$1
list=$(dirname "$(realpath "$0")")/installed_files.txt
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
umask 022
DESTDIR=$root cmake --install "$build" >/dev/null
prefix=$(sed -n 's/^CMAKE_INSTALL_PREFIX:PATH=//p' "$build/CMakeCache.txt")
libdir=$(sed -n 's/^CMAKE_INSTALL_LIBDIR:PATH=//p' "$build/CMakeCache.txt")
# The names of the portal's files hold hashes of their content: its manifest says which there are.
portal() {
  [ -d "$build/server/portal/out" ] || return 0
  find "$build/server/portal/out" -type f -printf "644 $prefix/share/cardea/portal/%P\n"
}
expected=$({ sed -e '/^#/d' -e "s|@libdir@|$prefix/${libdir:-lib}|" -e "s|@prefix@|$prefix|" "$list"; portal; } | sort -k 2)
diff <(echo "$expected") <(cd "$root" && find . -type f -printf '%m /%P\n' | sort -k 2)
