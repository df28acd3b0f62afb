#include "dataflow/sorting.hpp"

#include "base/error.hpp"
#include "lang/interpreter.hpp"
#include "lang/semantics.hpp"
#include "lang/utf16.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace weir::dataflow {
namespace {

std::uint64_t load_u64(const char* bytes, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  }
  return value;
}

std::uint64_t final_mix(std::uint64_t k) {
  k ^= k >> 33;
  k *= 0xff51afd7ed558ccdULL;
  k ^= k >> 33;
  k *= 0xc4ceb9fe1a85ec53ULL;
  return k ^ (k >> 33);
}

constexpr std::uint64_t k_c1 = 0x87c37b91114253d5ULL;
constexpr std::uint64_t k_c2 = 0x4cf5ad432745937fULL;

std::uint64_t mix_k1(std::uint64_t k) {
  return std::rotl(k * k_c1, 31) * k_c2;
}
std::uint64_t mix_k2(std::uint64_t k) {
  return std::rotl(k * k_c2, 33) * k_c1;
}

/// Sorts by a key computed once for each value.
template <typename Key, typename Make>
void sort_by_key(std::vector<Value>& values, Make make) {
  std::vector<std::pair<Key, Value>> keyed;
  keyed.reserve(values.size());
  for (Value& value : values) {
    Key key = make(value);
    keyed.emplace_back(std::move(key), std::move(value));
  }
  std::stable_sort(keyed.begin(), keyed.end(), [](const auto& a, const auto& b) {
    if constexpr (std::is_same_v<Key, Value>) {
      return lang::compare_for_sort(a.first, b.first) < 0;
    } else {
      return a.first < b.first;
    }
  });
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = std::move(keyed[i].second);
}

}  // namespace

std::int64_t murmur3_hash(std::string_view bytes) {
  std::uint64_t h1 = 0;
  std::uint64_t h2 = 0;
  const std::size_t blocks = bytes.size() / 16;
  for (std::size_t i = 0; i < blocks; ++i) {
    h1 ^= mix_k1(load_u64(bytes.data() + i * 16, 8));
    h1 = (std::rotl(h1, 27) + h2) * 5 + 0x52dce729;
    h2 ^= mix_k2(load_u64(bytes.data() + i * 16 + 8, 8));
    h2 = (std::rotl(h2, 31) + h1) * 5 + 0x38495ab5;
  }
  const std::size_t left = bytes.size() - blocks * 16;
  const char* const tail = bytes.data() + blocks * 16;
  if (left > 8) h2 ^= mix_k2(load_u64(tail + 8, left - 8));
  if (left > 0) h1 ^= mix_k1(load_u64(tail, std::min<std::size_t>(left, 8)));
  h1 ^= bytes.size();
  h2 ^= bytes.size();
  h1 += h2;
  h2 += h1;
  h1 = final_mix(h1);
  h2 = final_mix(h2);
  return static_cast<std::int64_t>(h1 + h2);
}

std::int64_t entry_hash(const Value& value) {
  const std::u16string units = lang::to_utf16(lang::to_text(value));
  std::string bytes;
  bytes.reserve(units.size() * 2);
  for (const char16_t unit : units) {
    bytes += static_cast<char>(unit & 0xff);
    bytes += static_cast<char>(unit >> 8);
  }
  return murmur3_hash(bytes);
}

Sorting sorting_option(const OperatorCall& call, std::string_view option, Sorting otherwise) {
  const Value* const given = call.option(option);
  if (given == nullptr || given->is_null()) return otherwise;
  if (given->kind() == lang::Kind::closure) return {Sorting::By::closure, *given};
  if (given->kind() == lang::Kind::boolean) {
    if (given->as_boolean()) return {Sorting::By::natural, {}};
    return {Sorting::By::arrival, {}, true};
  }
  if (given->is_string()) {
    const std::string& word = given->text();
    if (word == "true" || word == "natural") return {Sorting::By::natural, {}};
    if (word == "false" || word == "none") return {Sorting::By::arrival, {}, true};
    if (word == "index") return {Sorting::By::arrival, {}};
    if (word == "hash") return {Sorting::By::hash, {}};
    if (word == "deep") return {Sorting::By::deep, {}};
  }
  throw Error(ErrorKind::input, fmt::format("option '{}' of '{}' does not take '{}'", option,
                                            call.name, lang::to_short_text(*given)))
      .with_hint("use true, false, 'hash', 'deep', 'index' or a closure");
}

int compare_by(lang::Interpreter& interpreter, const Value& left, const Value& right,
               const Value& closure) {
  if (closure.is_null()) return lang::compare_for_sort(left, right);
  if (lang::closure_arity(closure) < 2) {
    return lang::compare_for_sort(interpreter.call(closure, left),
                                  interpreter.call(closure, right));
  }
  const Value answer = interpreter.call(closure, left, right);
  if (answer.is_integer()) return answer.as_int64() < 0 ? -1 : (answer.as_int64() > 0 ? 1 : 0);
  return lang::compare(answer, Value::integer(0));
}

void sort_values(lang::Interpreter& interpreter, std::vector<Value>& values,
                 const Sorting& sorting) {
  switch (sorting.by) {
    case Sorting::By::arrival: return;
    case Sorting::By::natural:
      std::stable_sort(values.begin(), values.end(), [](const Value& a, const Value& b) {
        return lang::compare_for_sort(a, b) < 0;
      });
      return;
    case Sorting::By::deep:
      sort_by_key<std::int64_t>(values, [&](const Value& value) {
        const auto* const path = value.as<lang::PathObject>();
        return path == nullptr ? entry_hash(value)
                               : murmur3_hash(interpreter.host().files().read(*path, false));
      });
      return;
    case Sorting::By::hash:
      sort_by_key<std::int64_t>(values, [](const Value& value) { return entry_hash(value); });
      return;
    case Sorting::By::closure:
      if (lang::closure_arity(sorting.closure) < 2) {
        sort_by_key<Value>(
            values, [&](const Value& value) { return interpreter.call(sorting.closure, value); });
        return;
      }
      std::stable_sort(values.begin(), values.end(), [&](const Value& a, const Value& b) {
        return compare_by(interpreter, a, b, sorting.closure) < 0;
      });
  }
}

}  // namespace weir::dataflow
