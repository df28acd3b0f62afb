#pragma once

#include "engine/task_spec.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::engine {

/// Writes the canonical text of a value for a KeyPart: equal values give equal text, different ones
/// different text; readable, so that it can be shown to a user who asks why a task ran again.
///
/// Scalars are written with their type's width ("5i", "5l", "1.5d", "'text'"), lists in order
/// ("[a,b]"), maps, sets and bags sorted by their own texts ("{a,b}"), null as nothing, as
/// upstream's rules have it. Files are written as their path between two
/// file marks, since the runner adds what the disk says about them.
class KeyText {
 public:
  void add_null() { put(""); }
  void add_bool(bool value);
  void add_int(std::int64_t value, int width_bytes);
  void add_double(double value, int width_bytes);
  void add_decimal(std::string_view digits);  ///< BigDecimal, BigInteger: its plain digits
  void add_text(std::string_view text);
  void add_file(std::string_view absolute_path);
  void begin_list();
  void end_list();
  /// Maps, sets, bags: the order of what follows does not matter. A map's entry is a list of key
  /// and value.
  void begin_unordered();
  void end_unordered();

  /// Ends the value. The object is spent.
  [[nodiscard]] KeyPart finish(std::string name);

 private:
  struct Level {
    bool unordered = false;
    std::vector<std::string> items;
  };
  void put(std::string item);
  void end_level(char open, char close);

  std::vector<Level> levels_{1};
  bool has_files_ = false;
};

/// Convenience for parts that are one text: process name, script source, container.
[[nodiscard]] KeyPart text_part(std::string name, std::string_view text);

}  // namespace weir::engine
