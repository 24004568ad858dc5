// SPDX-License-Identifier: Apache-2.0
// The tables of schema.cpp with their columns, for copying a store as it is. A test compares them with the
// schema.
#pragma once

#include <string>
#include <vector>

namespace cardea::server::sql {

enum class ColumnType { blob, text, number };

struct Column {
  std::string name;
  ColumnType type;
};

struct Table {
  std::string name;
  std::size_t keys;  // so many of the columns, from the first, name a row
  std::vector<Column> columns;
};

// What others refer to comes first.
const std::vector<Table>& tables();

}  // namespace cardea::server::sql
