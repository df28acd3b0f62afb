#pragma once

#include "lang/value.hpp"

#include <unordered_set>
#include <vector>

namespace weir::lang {

class Interpreter;

/// Containers through which values of one interpreter reach themselves without a closure: a list
/// in itself, a node that knows its parent. References are counted, so they would never go: they
/// are emptied when the interpreter ends. Only a change of a container that exists can close such a
/// ring, so those are looked at, and only what was found costs anything.
class Rings {
 public:
  Rings() = default;
  ~Rings();
  Rings(const Rings&) = delete;
  Rings& operator=(const Rings&) = delete;

  /// `added` was put into `container`.
  void note(const Value& container, const Value& added);

 private:
  std::vector<Value> members_;
  std::unordered_set<const Object*> known_;
};

/// The same, for the rings of an interpreter.
void note_link(Interpreter& interpreter, const Value& container, const Value& added);

}  // namespace weir::lang
