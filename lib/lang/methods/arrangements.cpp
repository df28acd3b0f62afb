#include "lang/exceptions.hpp"
#include "lang/interpreter.hpp"
#include "lang/methods/method.hpp"
#include "lang/semantics.hpp"

#include <algorithm>
#include <array>

// Methods that arrange the elements of a collection: orders, choices and parts of them. Declared in
// method.hpp.

namespace weir::lang {
namespace {

using Call = const MethodCall&;

/// Equal elements take a place once.
void permute(std::vector<Value>& chosen, std::vector<Value>& rest, std::vector<Value>& all) {
  if (rest.empty()) all.push_back(make_list(chosen));
  OrderedTable tried;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    const Value item = rest[i];
    if (!tried.put(item, Value())) continue;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
    chosen.push_back(item);
    permute(chosen, rest, all);
    chosen.pop_back();
    rest.insert(rest.begin() + static_cast<std::ptrdiff_t>(i), item);
  }
}

constexpr std::size_t k_permutation_items_max = 10;

std::vector<Value> all_orders(Call call) {
  std::vector<Value> rest = elements_of(call.self);
  if (rest.empty()) throw script_error("IllegalArgumentException", "at least one item is required");
  if (rest.size() > k_permutation_items_max) {
    throw script_error("OutOfMemoryError", "permutations of more than " +
                                               std::to_string(k_permutation_items_max) +
                                               " elements are too many");
  }
  std::vector<Value> chosen;
  std::vector<Value> all;
  permute(chosen, rest, all);
  return all;
}

/// The orders, or what the closure gives for them.
Value permutations(Call call) {
  std::vector<Value> orders = elements_of(make_grown_hash_set(all_orders(call)));
  if (!call.has(0)) return make_grown_hash_set(orders);
  for (Value& order : orders) order = call.interpreter.call(call[0], order);
  return make_list(std::move(orders));
}

Value each_permutation(Call call) {
  for (const Value& order : all_orders(call)) call.interpreter.call(call[0], order);
  return call.self;
}

constexpr std::size_t k_combinations_max = 5'000'000;

/// The first list varies fastest, as in Groovy.
Value combinations(Call call) {
  if (elements_of(call.self).empty()) return make_list({});
  std::vector<std::vector<Value>> rows = {{}};
  for (const Value& part : elements_of(call.self)) {
    const std::vector<Value> items = elements_of(part);  // of a text its characters
    if (!items.empty() && rows.size() > k_combinations_max / items.size())
      throw script_error("OutOfMemoryError", "there are too many combinations");
    std::vector<std::vector<Value>> longer;
    for (const Value& item : items) {
      for (const std::vector<Value>& row : rows) {
        longer.push_back(row);
        longer.back().push_back(item);
      }
    }
    rows = std::move(longer);
  }
  std::vector<Value> result;
  for (std::vector<Value>& row : rows) {
    Value list = make_list(std::move(row));
    result.push_back(call.size() == 1 ? call.interpreter.call(call[0], list) : std::move(list));
  }
  return make_list(std::move(result));
}

Value subsequences(Call call) {
  const std::vector<Value> items = elements_of(call.self);
  if (items.size() > 20)
    throw script_error("OutOfMemoryError", "subsequences of more than 20 elements are too many");
  Value all = make_grown_hash_set({});
  for (const Value& item : items) {  // the order of Groovy, whose hashes keep some of it
    const std::vector<Value> before = elements_of(all);
    std::vector<Value> now;
    for (const Value& shorter : before) {
      std::vector<Value> longer = elements_of(shorter);
      longer.push_back(item);
      now.push_back(make_list(std::move(longer)));
    }
    now.insert(now.end(), before.begin(), before.end());
    now.push_back(make_list({item}));
    all = make_grown_hash_set(now);
  }
  return all;
}

Value each_combination(Call call) {
  static_cast<void>(combinations(call));
  return {};
}

/// `chop(1, 2)`: parts of these sizes, as many as there are; -1 takes what is left.
Value chop(Call call) {
  const std::vector<Value> items = elements_of(call.self);
  std::vector<Value> parts;
  std::size_t at = 0;
  for (std::size_t i = 0; i < call.size(); ++i) {
    const std::int64_t wanted = integer_argument(call, i);
    const std::size_t left = items.size() - at;
    const std::size_t count = wanted < 0 ? left : std::min(left, static_cast<std::size_t>(wanted));
    const auto begin = items.begin() + static_cast<std::ptrdiff_t>(at);
    parts.push_back(make_list({begin, begin + static_cast<std::ptrdiff_t>(count)}));
    at += count;
  }
  return make_list(std::move(parts));
}

/// The list without its last elements, one more each time, down to nothing; or without its first.
Value shortened(Call call, bool from_front) {
  const std::vector<Value> items = elements_of(call.self);
  std::vector<Value> lists;
  for (std::size_t gone = 0; gone <= items.size(); ++gone) {
    const auto off = static_cast<std::ptrdiff_t>(gone);
    lists.push_back(from_front ? make_list({items.begin() + off, items.end()})
                               : make_list({items.begin(), items.end() - off}));
  }
  return make_list(std::move(lists));
}

constexpr std::array k_methods = {
    Method{"chop", 1, -1, chop, "parts of the given sizes"},
    Method{"combinations", 0, 1, combinations, "every choice of one element of each list"},
    Method{"eachCombination", 1, 1, each_combination,
           "calls the closure with every choice of one element of each list"},
    Method{"eachPermutation", 1, 1, each_permutation,
           "calls the closure with all orders of the elements"},
    Method{"inits", 0, 0, [](Call call) { return shortened(call, false); },
           "the list with fewer and fewer elements at its end"},
    Method{"permutations", 0, 1, permutations, "all orders of the elements"},
    Method{"subsequences", 0, 0, subsequences, "all choices of at least one element"},
    Method{"tails", 0, 0, [](Call call) { return shortened(call, true); },
           "the list with fewer and fewer elements at its front"},
};

}  // namespace

MethodTable arrangement_methods() {
  return k_methods;
}

}  // namespace weir::lang
