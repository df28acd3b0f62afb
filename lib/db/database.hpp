#pragma once

#include "db/statement.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;

namespace weir::db {

/// The one SQLite file of a state directory, shared by all modules and by many processes (WAL).
///
/// One object serves one thread and is not carried across fork. Opening costs a few system calls
/// when the file is there. Automatic checkpoints are off: `checkpoint_if_due` runs one at a time
/// over all processes, under a lock file (the write-ahead log's reset race of SQLite before 3.51.3
/// needs two at once).
///
/// All calls throw Error. `store`: corrupt (`store_corrupt`), disk full (`store_full`), written by
/// a newer weir
/// (`store_newer`), on a network file system (`store_network`), or not readable at all.
/// `not_permitted`: no access. `temporary` (`store_locked`): another process kept the file locked
/// longer than `k_busy_limit`.
class Database {
 public:
  /// For a process that will look again and again while others write, and so drops its cached pages
  /// each time: they are kept in one block instead of taken and freed one by one. To be called
  /// before the first Database of the process; opening takes longer then.
  static void keep_page_memory();

  /// What to do about a file that is missing, or empty.
  enum class Missing { create, refuse };
  /// Creates the file when missing, its folder too, or throws Error(store).
  explicit Database(std::filesystem::path file, Missing missing = Missing::create);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// A statement of `sql`, prepared once and kept; `sql` should be one of few texts.
  [[nodiscard]] Statement prepare(std::string_view sql);
  /// Runs one or several statements without parameters.
  void execute(std::string_view sql);
  /// The first column of the first row of a query without parameters, or 0.
  [[nodiscard]] std::int64_t scalar(std::string_view sql);
  /// The number of the row that the last INSERT made.
  [[nodiscard]] std::int64_t last_row() const;
  /// Rows that the last insert, update or delete touched.
  [[nodiscard]] std::int64_t changes() const;
  [[nodiscard]] bool in_transaction() const;

  /// Copies the log back into the file when it has grown past a limit and nobody else does so at
  /// the moment. Called by transactions after their commit and at the end of the object; waits for
  /// nobody.
  void checkpoint_if_due();
  /// The same whatever the size; for tools.
  void checkpoint();
  /// What the end of the object does with the log: for one that is left to the end of the program,
  /// after its last use. Throws nothing; what fails now is done by the next process.
  void finish_log();

  /// Gives the ballast file's space back to a full disk. False when there was none to give; it is
  /// made again at the next checkpoint.
  bool release_reserve();

  [[nodiscard]] const std::filesystem::path& file() const { return file_; }

  static constexpr std::chrono::milliseconds k_busy_limit{15000};
  static constexpr std::int64_t k_application_id = 0x77656972;  ///< "weir"
  static constexpr std::int64_t k_reserve_bytes = 256 * 1024;
  static constexpr int k_checkpoint_pages = 1000;  ///< while working: 16 times that, 16 MB
  /// Between reading a long log at the next start (a microsecond a page) and syncing the disk twice
  /// now.
  static constexpr int k_checkpoint_pages_at_close = 128;
  static constexpr std::size_t k_cached_statements_max = 128;

 private:
  friend class Statement;
  friend class Transaction;
  struct State;

  void create_if_new(Missing missing);
  void make_reserve() const;
  void give_back(sqlite3_stmt* handle);
  /// Throws what an SQLite result code stands for.
  [[noreturn]] void fail(int code, std::string_view attempted) const;

  std::filesystem::path file_;
  std::unique_ptr<State> state_;
};

/// A write transaction (BEGIN IMMEDIATE), rolled back unless committed. One begun inside another
/// belongs to that one.
class Transaction {
 public:
  explicit Transaction(Database& database);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Database& database_;
  bool outermost_;
  bool open_ = true;
};

/// Runs `work` in one transaction. When the disk is full the reserve is released and the work is
/// done once more, so `work` must only read, write the database, and assign its results.
void in_transaction(Database& database, const std::function<void()>& work);

}  // namespace weir::db
