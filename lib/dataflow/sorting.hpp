#pragma once

#include "dataflow/operator_table.hpp"

#include <string_view>
#include <vector>

namespace weir::dataflow {

/// How an operator orders what it has gathered.
struct Sorting {
  enum class By {
    arrival,  ///< `false`, or not asked for
    natural,  ///< `true`, 'natural'
    hash,     ///< 'hash'
    deep,     ///< 'deep': as hash, but of a file's content
    closure,  ///< a mapper of one or a comparator of two parameters
  };
  By by = By::arrival;
  Value closure;
  bool declined = false;  ///< `false` or 'none' was asked for
};

/// The `sort` option of a call. Throws Error (input) for a word that names no order.
[[nodiscard]] Sorting sorting_option(const OperatorCall& call, std::string_view option,
                                     Sorting otherwise = Sorting());

/// Stable.
void sort_values(lang::Interpreter& interpreter, std::vector<Value>& values,
                 const Sorting& sorting);

/// Negative, zero or positive: by the mapper or comparator `closure`, or naturally when it is null.
[[nodiscard]] int compare_by(lang::Interpreter& interpreter, const Value& left, const Value& right,
                             const Value& closure);

/// The number by which `sort: 'hash'` orders: the first eight bytes of Murmur3-128 (seed 0;
/// Appleby, MurmurHash3.cpp) over the text's UTF-16 units in little-endian order, as a signed
/// integer. Other values are hashed by their text.
[[nodiscard]] std::int64_t entry_hash(const Value& value);
[[nodiscard]] std::int64_t murmur3_hash(std::string_view bytes);

}  // namespace weir::dataflow
