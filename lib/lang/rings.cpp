#include "lang/internal/rings.hpp"

#include "lang/internal/evaluator.hpp"
#include "lang/objects.hpp"

#include <utility>

namespace weir::lang {
namespace {

/// How many values are looked at to see whether a container is reached from what is put into it: a
/// bound on the price of a change. A ring that is longer is not found, and stays until the process
/// ends; in practice rings are closed early, while what they hold is small.
constexpr int k_search_steps = 1'000;

bool is_container(const Value& value) {
  switch (value.kind()) {
    case Kind::list:
    case Kind::bag:
    case Kind::set:
    case Kind::map:
    case Kind::record:
    case Kind::entry: return true;
    default: return false;
  }
}

template <typename Visit>
void for_each_inside(const Value& container, const Visit& visit) {
  const auto both = [&](const OrderedTable& table) {
    for (const OrderedTable::Entry& entry : table.entries())
      if (!visit(entry.key) || !visit(entry.value)) return;
  };
  if (const auto* const list = container.as<ListObject>()) {
    for (const Value& item : list->items)
      if (!visit(item)) return;
  } else if (const auto* const set = container.as<SetObject>()) {
    both(set->items);
  } else if (const auto* const map = container.as<MapObject>()) {
    both(map->items);
  } else if (const auto* const entry = container.as<EntryObject>()) {
    if (visit(entry->key) && visit(entry->value)) static_cast<void>(visit(entry->map));
  }
}

bool reaches(const Value& from, const Value& target) {
  std::vector<const Value*> waiting{&from};
  int steps = k_search_steps;
  bool found = false;
  while (!waiting.empty() && !found && steps > 0) {
    const Value& value = *waiting.back();
    waiting.pop_back();
    if (value.same_as(target)) return true;
    for_each_inside(value, [&](const Value& inside) {
      if (is_container(inside)) {
        found = found || inside.same_as(target);
        waiting.push_back(&inside);
      }
      return --steps > 0 && !found;
    });
  }
  return found;
}

}  // namespace

Rings::~Rings() {
  std::vector<Value> contents;
  for (const Value& member : members_) {
    if (auto* const list = member.as<ListObject>()) {
      for (Value& item : std::exchange(list->items, {})) contents.push_back(std::move(item));
    } else if (auto* const set = member.as<SetObject>()) {
      for (const auto& entry : set->items.entries()) contents.push_back(entry.key);
      set->items.clear();
    } else if (auto* const map = member.as<MapObject>()) {
      for (const auto& entry : map->items.entries()) {
        contents.push_back(entry.key);
        contents.push_back(entry.value);
      }
      map->items.clear();
    }
  }
}

void Rings::note(const Value& container, const Value& added) {
  if (!is_container(added) || known_.contains(container.object())) return;
  if (!reaches(added, container)) return;
  known_.insert(container.object());
  members_.push_back(container);
}

void note_link(Interpreter& interpreter, const Value& container, const Value& added) {
  Evaluator(interpreter).rings().note(container, added);
}

}  // namespace weir::lang
