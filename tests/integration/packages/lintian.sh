#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the packages of this tree and has lintian look at them: not one tag above “pedantic”, and none that is overridden but
# those of the name service module.
# Usage: lintian.sh SOURCE-DIRECTORY
set -euo pipefail
cd "$1"
log=build/package/build.log
mkdir -p build/package
packaging/build-packages >"$log" 2>&1 || { tail -n 40 "$log"; exit 1; }
lintian --allow-root --fail-on error,warning,info --display-info build/packages/*.changes
