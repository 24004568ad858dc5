#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every C++ file is as clang-format 14 would write it.
set -euo pipefail
cd "$(dirname "$0")/../.."
git ls-files -co --exclude-standard '*.h' '*.cpp' | xargs -r -P "$(nproc)" -n 40 clang-format-14 --dry-run --Werror
echo "format: ok"
