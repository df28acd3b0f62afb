#include "lang/exceptions.hpp"
#include "lang/objects.hpp"
#include "lang/ordered_table.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace weir::lang::test {
namespace {

TEST_SUITE_BEGIN("tables");

std::vector<std::int64_t> keys_of(const OrderedTable& table) {
  std::vector<std::int64_t> keys;
  for (const OrderedTable::Entry& entry : table.entries()) keys.push_back(entry.key.as_int64());
  return keys;
}

TEST_CASE("a table agrees with a list of pairs, whatever is put and removed") {
  std::uint64_t seed = 12345;
  OrderedTable table;
  std::vector<std::pair<std::int64_t, std::int64_t>> model;
  for (int step = 0; step < 20'000; ++step) {
    seed = seed * 6364136223846793005U + 1442695040888963407U;
    const auto key = static_cast<std::int64_t>((seed >> 33) % 40);
    const auto found = std::find_if(model.begin(), model.end(),
                                    [&](const auto& pair) { return pair.first == key; });
    if ((seed >> 60) % 2 == 0) {
      CHECK(table.put(Value::long_integer(key), Value::integer(step)) == (found == model.end()));
      if (found == model.end())
        model.emplace_back(key, step);
      else
        found->second = step;
    } else {
      const std::optional<Value> removed = table.remove(Value::long_integer(key));
      REQUIRE(removed.has_value() == (found != model.end()));
      if (removed) {
        CHECK(removed->as_int64() == found->second);
        model.erase(found);
      }
    }
    REQUIRE(table.size() == model.size());
    const Value* const value = table.find(Value::long_integer(key));
    REQUIRE((value != nullptr) == (std::any_of(model.begin(), model.end(), [&](const auto& pair) {
              return pair.first == key;
            })));
    if (step % 97 != 0) continue;
    std::vector<std::int64_t> expected;
    for (const auto& [model_key, model_value] : model) expected.push_back(model_key);
    REQUIRE(keys_of(table) == expected);
  }
}

TEST_CASE("a table in the order of its keys stays so, whatever is put and removed") {
  std::uint64_t seed = 4711;
  OrderedTable table = OrderedTable().with_order(OrderedTable::Order::keys);
  std::map<std::int64_t, std::int64_t> model;
  for (int step = 0; step < 20'000; ++step) {
    seed = seed * 6364136223846793005U + 1442695040888963407U;
    const auto key = static_cast<std::int64_t>((seed >> 33) % 40);
    if ((seed >> 60) % 2 == 0) {
      table.put(Value::long_integer(key), Value::integer(step));
      model[key] = step;
    } else {
      REQUIRE(table.remove(Value::long_integer(key)).has_value() == (model.erase(key) == 1));
    }
    REQUIRE(table.size() == model.size());
    const Value* const value = table.find(Value::long_integer(key));
    REQUIRE((value != nullptr) == model.contains(key));
    if (value != nullptr) CHECK(value->as_int64() == model[key]);
    if (step % 7 != 0) continue;
    std::vector<std::int64_t> expected;
    for (const auto& [model_key, model_value] : model) expected.push_back(model_key);
    REQUIRE(keys_of(table) == expected);
  }
  const OrderedTable plain = table.with_order(OrderedTable::Order::insertion);
  CHECK(keys_of(plain) == keys_of(table));
}

TEST_CASE("a table in the order of its keys refuses a key that has no place there") {
  OrderedTable table = OrderedTable().with_order(OrderedTable::Order::keys);
  table.put("a", {});
  CHECK_THROWS_AS(table.put(Value::integer(1), {}), ScriptException);
  CHECK_THROWS_AS(table.put(Value(), {}), ScriptException);
  CHECK(table.size() == 1);
}

// Each was linear in the size of the table once: at this size, minutes.
TEST_CASE("a large table is emptied from either end, or used as a queue, in linear time") {
  constexpr std::int64_t k_many = 300'000;
  OrderedTable table;
  for (std::int64_t i = 0; i < k_many; ++i) table.put(Value::long_integer(i), {});
  std::int64_t removed = 0;
  const auto remove = [&](std::int64_t key) {
    removed += table.remove(Value::long_integer(key)).has_value() ? 1 : 0;
  };
  for (std::int64_t i = 0; i < k_many / 2; ++i) remove(i);
  for (std::int64_t i = k_many - 1; i > k_many / 2; --i) remove(i);
  CHECK(removed == k_many - 1);
  CHECK(keys_of(table) == std::vector<std::int64_t>{k_many / 2});
  for (std::int64_t i = 0; i < k_many; ++i) {
    table.put(Value::long_integer(k_many + i), {});
    if (i >= 1'000) remove(k_many + i - 1'000);
  }
  CHECK(table.size() == 1'001);
}

TEST_SUITE_END();

}  // namespace
}  // namespace weir::lang::test
