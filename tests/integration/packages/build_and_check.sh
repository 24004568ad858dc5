#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the packages of this tree, has lintian look at them (not one tag, informational ones included; what is overridden has
# its reason in packaging/debian/*.lintian-overrides), and makes the Debian tree that installed_packages.py boots.
# Usage: build_and_check.sh SOURCE-DIRECTORY
set -euo pipefail
cd "$1"
log=build/package/build.log
mkdir -p build/package
packaging/build-packages >"$log" 2>&1 || { tail -n 40 "$log"; exit 1; }
lintian --allow-root --fail-on error,warning,info --display-info build/packages/*.changes
/usr/bin/python3 tests/integration/packages/booted.py build
