// How the file is kept healthy:
//  - every write transaction begins IMMEDIATE, so that waiting happens at its begin, in the busy
//  handler below;
//  - the log is copied back by one process at a time, under a lock file, and never by SQLite itself
//  (also not when
//    the last connection closes);
//  - creation is done by one process at a time, under the same kind of lock; everybody else finds a
//  finished file.
#include "db/database.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/lock.hpp"
#include "base/log.hpp"
#include "base/named_folder.hpp"
#include "base/random.hpp"
#include "db/internal/log_vfs.hpp"
#include "db/internal/sqlite_error.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <thread>
#include <unordered_map>
#include <utility>

namespace weir::db {
namespace {

struct CachedStatement {
  sqlite3_stmt* handle = nullptr;
  bool lent = false;
};

std::filesystem::path beside(const std::filesystem::path& file, std::string_view suffix) {
  std::filesystem::path path = file;
  path += suffix;
  return path;
}

/// Pages of log between two checkpoints while working; each syncs the disk three times.
constexpr int k_pages_between = 16 * Database::k_checkpoint_pages;

struct BusyWait {
  std::string file;
  base::BootTime since{0};
};

/// Waits a little, longer each time, by chance, so that many waiting processes do not wake
/// together.
int wait_while_busy(void* wait, int tries) {
  auto& busy = *static_cast<BusyWait*>(wait);
  const base::BootTime now = base::now_boot();
  if (tries == 0) busy.since = now;
  if (now - busy.since > Database::k_busy_limit) return 0;
  // Nobody holds it for long; where no lock is ever given, waiting is in vain.
  constexpr int k_tries_before_asking = 12;
  if (tries == k_tries_before_asking && refuses_locks(busy.file)) return 0;
  // Long waits in the end: sixty processes that look again every few milliseconds take the time
  // from the one that writes.
  constexpr std::uint64_t k_first_us = 200;
  constexpr std::uint64_t k_longest_us = 100'000;
  const std::uint64_t longest = std::min(k_longest_us, k_first_us << std::min(tries, 11));
  std::this_thread::sleep_for(std::chrono::microseconds(1 + base::random_u64() % longest));
  return 1;
}

bool page_memory_kept = false;

/// Once, before the first use: SQLite takes memory page by page as it is needed. By default it lays
/// out 100 cache pages and a pool of small blocks when it opens a file, and touching that memory
/// for the first time costs more than all the rest of the opening.
void configure_sqlite() {
  static const bool done = [] {
    constexpr int k_kilobytes = -64;  // negative: not a number of pages
    sqlite3_config(SQLITE_CONFIG_PAGECACHE, nullptr, 0, page_memory_kept ? k_kilobytes : 0);
    sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 128, 64);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    return true;
  }();
  static_cast<void>(done);
}

void refuse_network(const std::filesystem::path& folder) {
  const std::optional<std::string> kind = base::network_file_system(folder);
  if (!kind.has_value()) return;
  throw Error(ErrorKind::store,
              fmt::format("the state folder '{}' is on a network file system ({}), where databases "
                          "lose data",
                          folder.string(), *kind))
      .with_code("store_network")
      .with_hint("name a folder on a local disk with --state-dir or WEIR_STATE_DIR");
}

}  // namespace

struct Database::State {
  sqlite3* handle = nullptr;
  std::unordered_map<std::string, CachedStatement> statements;
  int depth = 0;               ///< of nested transactions
  bool doomed = false;         ///< an inner transaction was not committed
  int checkpointed_pages = 0;  ///< of the log, when last copied while working
  int log_pages = 0;           ///< in the write-ahead log after our last commit
  BusyWait busy;

  ~State() {
    for (auto& [sql, statement] : statements) sqlite3_finalize(statement.handle);
    sqlite3_close_v2(handle);
  }
};

void Database::keep_page_memory() {
  page_memory_kept = true;
}

Database::Database(std::filesystem::path file, Missing missing)
    : file_(std::move(file)), state_(std::make_unique<State>()) {
  const std::filesystem::path folder = file_.parent_path();
  const bool create = missing == Missing::create;
  if (create && !base::file_info(folder).has_value())
    base::make_named_folders(folder, ErrorKind::store);
  refuse_network(folder);
  configure_sqlite();
  // No URI names: a state folder may have any name.
  const int opened = sqlite3_open_v2(
      file_.c_str(), &state_->handle,
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (create ? SQLITE_OPEN_CREATE : 0),
      internal::log_vfs());
  if (opened != SQLITE_OK) fail(opened, "open");
  sqlite3* handle = state_->handle;
  sqlite3_extended_result_codes(handle, 1);
  state_->busy.file = file_.string();
  sqlite3_busy_handler(handle, wait_while_busy, &state_->busy);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_wal_autocheckpoint(handle, 0);
  sqlite3_wal_hook(
      handle,
      [](void* pages, sqlite3*, const char*, int count) {
        *static_cast<int*>(pages) = count;
        return SQLITE_OK;
      },
      &state_->log_pages);
  create_if_new(missing);
  execute(
      "PRAGMA synchronous=NORMAL; PRAGMA cell_size_check=ON; PRAGMA journal_size_limit=33554432");
}

Database::~Database() {
  finish_log();
}

void Database::finish_log() {
  // Nothing may escape a destructor.
  try {
    if (state_->log_pages >= k_checkpoint_pages_at_close) checkpoint();
  } catch (const Error& error) {
    base::log(base::LogLevel::debug, "checkpoint at close failed", {{"error", error.what()}});
  }
}

void Database::create_if_new(Missing missing) {
  const auto is_ours = [this] {
    const std::int64_t id = scalar("PRAGMA application_id");
    if (id == k_application_id) return true;
    if (id == 0 && scalar("SELECT count(*) FROM sqlite_master") == 0) return false;
    // Another process may have made it ours between the two questions.
    if (id == 0 && scalar("PRAGMA application_id") == k_application_id) return true;
    throw Error(ErrorKind::store,
                fmt::format("'{}' is a database, but not one of weir's", file_.string()))
        .with_code("store_corrupt")
        .with_hint("name another folder with --state-dir");
  };
  if (is_ours()) return;
  if (missing == Missing::refuse)
    throw Error(ErrorKind::store, fmt::format("the database '{}' is empty", file_.string()));
  const base::FileLock lock = base::FileLock::lock(beside(file_, ".create"));
  if (is_ours()) return;
  // Small pages: a claim or an end changes a row and some entries of indexes, and each changed page
  // is written to the log and summed as a whole.
  execute("PRAGMA page_size=1024; PRAGMA journal_mode=WAL");
  Transaction transaction(*this);
  execute(fmt::format(
      "PRAGMA application_id={};"
      "CREATE TABLE modules(name TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID",
      k_application_id));
  transaction.commit();
  make_reserve();
}

void Database::make_reserve() const {
  const std::filesystem::path path = beside(file_, ".reserve");
  const std::optional<base::FileInfo> info = base::file_info(path);
  if (info.has_value() && info->size_bytes == k_reserve_bytes) return;
  const base::Fd reserve = base::open_write(path);
  // A disk without room for the reserve is none we can help; the first real write will say so.
  static_cast<void>(::posix_fallocate(reserve.get(), 0, k_reserve_bytes));
}

Statement Database::prepare(std::string_view sql) {
  CachedStatement* cached = nullptr;
  const auto found = state_->statements.find(std::string(sql));
  if (found != state_->statements.end()) {
    cached = &found->second;
  } else if (state_->statements.size() < k_cached_statements_max) {
    cached = &state_->statements[std::string(sql)];
  }
  if (cached != nullptr && cached->handle != nullptr && !cached->lent) {
    cached->lent = true;
    return {*this, cached->handle};
  }
  sqlite3_stmt* handle = nullptr;
  const bool keep = cached != nullptr && cached->handle == nullptr;
  const int result = sqlite3_prepare_v3(state_->handle, sql.data(), static_cast<int>(sql.size()),
                                        keep ? SQLITE_PREPARE_PERSISTENT : 0, &handle, nullptr);
  if (result != SQLITE_OK) {
    if (keep) state_->statements.erase(std::string(sql));
    fail(result, "read");
  }
  if (keep) *cached = {handle, true};
  return {*this, handle};
}

void Database::give_back(sqlite3_stmt* handle) {
  sqlite3_reset(handle);
  sqlite3_clear_bindings(handle);
  const auto found = state_->statements.find(sqlite3_sql(handle));
  if (found != state_->statements.end() && found->second.handle == handle) {
    found->second.lent = false;
  } else {
    sqlite3_finalize(handle);
  }
}

void Database::execute(std::string_view sql) {
  const int result =
      sqlite3_exec(state_->handle, std::string(sql).c_str(), nullptr, nullptr, nullptr);
  if (result != SQLITE_OK) fail(result, "write to");
}

std::int64_t Database::last_row() const {
  return sqlite3_last_insert_rowid(state_->handle);
}

std::int64_t Database::scalar(std::string_view sql) {
  Statement query = prepare(sql);
  return query.step() ? query.integer(0) : 0;
}

bool Database::in_transaction() const {
  return state_->depth > 0;
}

std::int64_t Database::changes() const {
  return sqlite3_changes64(state_->handle);
}

void Database::checkpoint_if_due() {
  // Not TRUNCATE: under many writers the log would be laid out anew each time, and nobody could
  // finish. PASSIVE waits for nobody; the next writer begins the log again from its start when all
  // of it is in the file. After one that could not finish, the log has to grow by as much again.
  if (state_->log_pages < state_->checkpointed_pages) state_->checkpointed_pages = 0;
  if (state_->log_pages < state_->checkpointed_pages + k_pages_between) return;
  const std::optional<base::FileLock> owner =
      base::FileLock::try_lock(beside(file_, ".checkpoint"));
  if (!owner.has_value()) return;
  state_->checkpointed_pages = state_->log_pages;
  const int result = sqlite3_wal_checkpoint_v2(state_->handle, nullptr, SQLITE_CHECKPOINT_PASSIVE,
                                               nullptr, nullptr);
  if (result != SQLITE_OK && (result & 0xff) != SQLITE_BUSY) fail(result, "write to");
}

void Database::checkpoint() {
  const std::optional<base::FileLock> owner =
      base::FileLock::try_lock(beside(file_, ".checkpoint"));
  if (!owner.has_value()) return;
  // TRUNCATE, because the next process to open an idle database reads the whole log before it can
  // begin. Without a busy handler it does not wait for readers: then it does what can be done now.
  sqlite3_busy_handler(state_->handle, nullptr, nullptr);
  const int result = sqlite3_wal_checkpoint_v2(state_->handle, nullptr, SQLITE_CHECKPOINT_TRUNCATE,
                                               nullptr, nullptr);
  sqlite3_busy_handler(state_->handle, wait_while_busy, &state_->busy);
  state_->log_pages = 0;
  if (result != SQLITE_OK && (result & 0xff) != SQLITE_BUSY) fail(result, "write to");
  make_reserve();
}

bool Database::release_reserve() {
  const std::filesystem::path reserve = beside(file_, ".reserve");
  if (!base::file_info(reserve).has_value()) return false;
  base::remove_file(reserve);
  return true;
}

void Database::fail(int code, std::string_view attempted) const {
  throw_sqlite_error(state_->handle, code, attempted, file_.string());
}

Transaction::Transaction(Database& database)
    : database_(database), outermost_(database.state_->depth == 0) {
  if (outermost_) {
    database_.prepare("BEGIN IMMEDIATE").run();
    database_.state_->doomed = false;
  }
  ++database_.state_->depth;
}

Transaction::~Transaction() {
  if (!open_) return;
  --database_.state_->depth;
  if (!outermost_) {
    database_.state_->doomed = true;
    return;
  }
  // SQLite has rolled back by itself after some errors (a full disk); a second time is refused and
  // means nothing.
  if (sqlite3_get_autocommit(database_.state_->handle) == 0) {
    sqlite3_exec(database_.state_->handle, "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

void Transaction::commit() {
  WEIR_ASSERT(open_);
  if (outermost_) {
    WEIR_ASSERT(!database_.state_->doomed);
    database_.prepare("COMMIT").run();
  }
  open_ = false;
  --database_.state_->depth;
  if (outermost_) database_.checkpoint_if_due();
}

void in_transaction(Database& database, const std::function<void()>& work) {
  const auto once = [&] {
    Transaction transaction(database);
    work();
    transaction.commit();
  };
  if (database.in_transaction()) return once();
  try {
    once();
  } catch (const Error& error) {
    if (error.code() != "store_full" || !database.release_reserve()) throw;
    once();
  }
}

}  // namespace weir::db
