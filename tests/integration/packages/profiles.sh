#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The AppArmor profiles can be parsed and enforce what they say; log entries may go to the journal; each polkit rule has something to say about one user only.
# Usage: profiles.sh PACKAGING-DIRECTORY
set -euo pipefail
cd "$1"
for profile in apparmor/*; do
  apparmor_parser --skip-kernel-load --skip-cache "$profile"
  ! grep -Eq 'flags=.*complain' "$profile" || { echo "$profile: complains only"; exit 1; }
done
for rule in cardea-card:cardea-card cardea-recoveryd:cardea; do
  file=polkit/${rule%:*}.rules
  grep -q "subject.user === \"${rule#*:}\" &&" "$file"
  grep -q 'return polkit.Result.NOT_HANDLED;' "$file"
  [ "$(grep -c 'polkit.Result.YES' "$file")" = 1 ]
done
for profile in cardea-recoveryd cardea-server; do
  # Read to its end: a parser whose reader has gone fails, and with it the line.
  text=$(apparmor_parser --preprocess "apparmor/$profile" 2>/dev/null)
  grep -Eq '@\{run\}/systemd/journal/socket +w,' <<<"$text" || { echo "$profile: no journal"; exit 1; }
done
