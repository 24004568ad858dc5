// SPDX-License-Identifier: Apache-2.0
// Where the module finds its database. A constant of the program, in a file of its own: tests and benchmarks
// link another one, and nothing that a caller of a setuid program can set has any influence.
#pragma once

namespace cardea::nss {

const char* database_path() noexcept;

}  // namespace cardea::nss
