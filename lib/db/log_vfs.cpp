#include "db/internal/log_vfs.hpp"

#include <sqlite3.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <new>

namespace weir::db::internal {
namespace {

constexpr const char* k_name = "weir";
constexpr int k_head_bytes = 24;    // of a frame
constexpr int k_page_bytes = 4096;  // larger pages go by themselves; ours have 1024

/// The log as SQLite sees it; the real file stands behind this one in the same memory.
struct LogFile : sqlite3_file {
  bool waiting = false;     ///< the head of a frame, in front of `frame`
  sqlite3_int64 place = 0;  ///< where it belongs
  std::array<char, k_head_bytes + k_page_bytes> frame;

  sqlite3_file* real() {
    return reinterpret_cast<sqlite3_file*>(reinterpret_cast<std::byte*>(this) + sizeof(LogFile));
  }
  int write(const void* bytes, int count, sqlite3_int64 at) {
    return real()->pMethods->xWrite(real(), bytes, count, at);
  }
  /// Writes a head that waits, where no page came behind it.
  int flush() {
    if (!waiting) return SQLITE_OK;
    waiting = false;
    return write(frame.data(), k_head_bytes, place);
  }
};
static_assert(alignof(LogFile) == alignof(sqlite3_int64), "as SQLite aligns the memory of files");

LogFile& log_of(sqlite3_file* file) {
  return *static_cast<LogFile*>(file);
}

/// Anything but a write.
template <typename Method, typename... Arguments>
int pass_on(sqlite3_file* file, Method method, Arguments... arguments) {
  LogFile& log = log_of(file);
  const int flushed = log.flush();
  return flushed == SQLITE_OK ? (log.real()->pMethods->*method)(log.real(), arguments...) : flushed;
}

int close_log(sqlite3_file* file) {
  LogFile& log = log_of(file);
  const int flushed = log.flush();
  const int closed = log.real()->pMethods->xClose(log.real());
  return flushed == SQLITE_OK ? closed : flushed;
}

int write_log(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 at) {
  LogFile& log = log_of(file);
  const auto size = static_cast<std::size_t>(count);
  if (log.waiting && at == log.place + k_head_bytes && size <= log.frame.size() - k_head_bytes) {
    log.waiting = false;
    std::memcpy(log.frame.data() + k_head_bytes, bytes, size);
    return log.write(log.frame.data(), k_head_bytes + count, log.place);
  }
  if (const int flushed = log.flush(); flushed != SQLITE_OK) return flushed;
  if (count != k_head_bytes) return log.write(bytes, count, at);
  std::memcpy(log.frame.data(), bytes, size);
  log.place = at;
  log.waiting = true;
  return SQLITE_OK;
}

// The first version of the methods: what later ones add is memory shared through the database's own
// file, which a log has not.
constexpr sqlite3_io_methods k_log_methods{
    .iVersion = 1,
    .xClose = close_log,
    .xRead =
        [](sqlite3_file* file, void* to, int count, sqlite3_int64 at) {
          return pass_on(file, &sqlite3_io_methods::xRead, to, count, at);
        },
    .xWrite = write_log,
    .xTruncate =
        [](sqlite3_file* file, sqlite3_int64 size) {
          return pass_on(file, &sqlite3_io_methods::xTruncate, size);
        },
    .xSync = [](sqlite3_file* file,
                int flags) { return pass_on(file, &sqlite3_io_methods::xSync, flags); },
    .xFileSize =
        [](sqlite3_file* file, sqlite3_int64* size) {
          return pass_on(file, &sqlite3_io_methods::xFileSize, size);
        },
    .xLock = [](sqlite3_file* file,
                int level) { return pass_on(file, &sqlite3_io_methods::xLock, level); },
    .xUnlock = [](sqlite3_file* file,
                  int level) { return pass_on(file, &sqlite3_io_methods::xUnlock, level); },
    .xCheckReservedLock =
        [](sqlite3_file* file, int* result) {
          return pass_on(file, &sqlite3_io_methods::xCheckReservedLock, result);
        },
    .xFileControl =
        [](sqlite3_file* file, int operation, void* argument) {
          return pass_on(file, &sqlite3_io_methods::xFileControl, operation, argument);
        },
    .xSectorSize =
        [](sqlite3_file* file) {
          LogFile& log = log_of(file);
          return log.real()->pMethods->xSectorSize(log.real());
        },
    .xDeviceCharacteristics =
        [](sqlite3_file* file) {
          LogFile& log = log_of(file);
          return log.real()->pMethods->xDeviceCharacteristics(log.real());
        },
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr};

sqlite3_vfs* real_vfs = nullptr;

int open_file(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* flags_out) {
  if ((flags & SQLITE_OPEN_WAL) == 0)
    return real_vfs->xOpen(real_vfs, path, file, flags, flags_out);
  LogFile& log = *new (file) LogFile;
  log.pMethods = nullptr;  // nothing to close yet
  const int opened = real_vfs->xOpen(real_vfs, path, log.real(), flags, flags_out);
  if (log.real()->pMethods != nullptr) log.pMethods = &k_log_methods;
  return opened;
}

/// SQLite's own with another `xOpen`: its other functions do not look at which one they are called
/// of.
sqlite3_vfs make_vfs() {
  sqlite3_vfs vfs = *real_vfs;
  vfs.pNext = nullptr;
  vfs.zName = k_name;
  vfs.szOsFile += static_cast<int>(sizeof(LogFile));
  vfs.xOpen = open_file;
  return vfs;
}

}  // namespace

const char* log_vfs() {
  static const bool registered = [] {
    real_vfs = sqlite3_vfs_find(nullptr);
    if (real_vfs == nullptr) return false;
    static sqlite3_vfs vfs = make_vfs();
    return sqlite3_vfs_register(&vfs, 0) == SQLITE_OK;
  }();
  return registered ? k_name : nullptr;
}

}  // namespace weir::db::internal
