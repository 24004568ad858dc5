#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The units as they are installed: systemd can read them, and the exposure of each service is below 2.0.
# Usage: units.sh DIRECTORY-WITH-UNITS
set -euo pipefail
cd "$1"
status=0
for unit in cardea-recoveryd.service cardea-card-worker@.service cardea-server.service cardea-guest-cleanup.service; do
  # --offline works without systemd as process 1; the threshold is in tenths, and 20 is too much by itself.
  if report=$(systemd-analyze security --offline=true --no-pager --threshold=19 "$PWD/$unit" 2>&1); then
    tail -n 1 <<<"$report"
  else
    printf '%s\n' "$report"
    status=1
  fi
done
for unit in *.service *.socket *.timer; do
  # A wrong name of a key is a warning to systemd and a hole to us.
  bad=$(systemd-analyze verify --man=no --recursive-errors=no "$PWD/$unit" 2>&1 | grep -E "Unknown|Invalid|Failed to parse|ignoring" || true)
  [ -z "$bad" ] || { printf '%s: %s\n' "$unit" "$bad"; status=1; }
done
exit "$status"
