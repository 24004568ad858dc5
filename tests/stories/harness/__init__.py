# SPDX-License-Identifier: Apache-2.0
"""What every story stands on: a private world with a server, computers, readers and cards. See ../README.md."""
