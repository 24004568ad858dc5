#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The AppArmor profiles can be parsed and enforce what they say; the polkit rule has something to say about one user only.
# Usage: profiles.sh PACKAGING-DIRECTORY
set -euo pipefail
cd "$1"
for profile in apparmor/*; do
  apparmor_parser --skip-kernel-load --skip-cache "$profile"
  ! grep -Eq 'flags=.*complain' "$profile" || { echo "$profile: complains only"; exit 1; }
done
grep -q 'subject.user === "cardea-card"' polkit/cardea-card.rules
grep -q 'return polkit.Result.NOT_HANDLED;' polkit/cardea-card.rules
[ "$(grep -c 'polkit.Result.YES' polkit/cardea-card.rules)" = 1 ]
