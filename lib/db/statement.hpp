#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

struct sqlite3_stmt;

namespace weir::db {

class Database;

/// A prepared statement lent from a Database's cache; goes back, reset, at the end of its life.
///
/// Parameters count from 1, columns from 0, as in SQLite. Text is copied both ways. Must not
/// outlive its Database.
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  Statement& bind(int parameter, std::int64_t value);
  Statement& bind(int parameter, double value);
  Statement& bind(int parameter, std::string_view value);
  Statement& bind_null(int parameter);
  Statement& bind(int parameter, std::optional<std::int64_t> value);
  /// Null for an empty text.
  Statement& bind_text_or_null(int parameter, std::string_view value);
  /// Binds from parameter 1 on.
  template <typename... Values>
  Statement& bind_all(const Values&... values) {
    int parameter = 0;
    (bind_one(++parameter, values), ...);
    return *this;
  }

  /// True: a row is there; false: done. Throws Error as Database says.
  [[nodiscard]] bool step();
  /// Steps to the end, rows ignored.
  void run();

  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] double real(int column) const;
  /// Empty for null.
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] std::optional<std::int64_t> optional_integer(int column) const;

 private:
  friend class Database;
  Statement(Database& database, sqlite3_stmt* handle) : database_(&database), handle_(handle) {}
  template <typename Value>
  void bind_one(int parameter, const Value& value) {
    if constexpr (std::is_integral_v<Value>) {
      bind(parameter, static_cast<std::int64_t>(value));
    } else {
      bind(parameter, value);
    }
  }
  void check_bound(int result);

  Database* database_;
  sqlite3_stmt* handle_;
};

}  // namespace weir::db
