#include "db/internal/sqlite_error.hpp"

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/lock.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <fcntl.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace weir::db {
namespace {

bool is_no_space(int primary, int system_errno) {
  return primary == SQLITE_FULL ||
         (primary == SQLITE_IOERR && (system_errno == ENOSPC || system_errno == EDQUOT));
}

bool is_no_access(int primary, int system_errno) {
  if (primary == SQLITE_READONLY || primary == SQLITE_PERM || primary == SQLITE_AUTH) return true;
  return primary == SQLITE_CANTOPEN &&
         (system_errno == EACCES || system_errno == EPERM || system_errno == EROFS);
}

}  // namespace

bool refuses_locks(const std::string& file) {
  const std::filesystem::path folder = std::filesystem::path(file).parent_path();
  const base::Fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return false;
  try {
    static_cast<void>(base::try_lock_fd(fd.get(), base::LockMode::shared, folder.native()));
    return false;
  } catch (const Error&) {
    return true;
  }
}

void throw_sqlite_error(sqlite3* handle, int code, std::string_view attempted,
                        const std::string& file) {
  const int primary = code & 0xff;
  const int system_errno = handle != nullptr ? sqlite3_system_errno(handle) : 0;
  const std::string reason = handle != nullptr && sqlite3_errcode(handle) == primary
                                 ? sqlite3_errmsg(handle)
                                 : sqlite3_errstr(code);
  if (is_no_space(primary, system_errno)) {
    throw Error(ErrorKind::store, fmt::format("cannot {} '{}': the disk is full", attempted, file))
        .with_code("store_full")
        .with_hint("free some space there, or name another folder with --state-dir");
  }
  if (is_no_access(primary, system_errno)) {
    throw Error(ErrorKind::not_permitted,
                fmt::format("cannot {} '{}': {}", attempted, file,
                            system_errno != 0 ? std::strerror(system_errno) : reason))
        .with_code("store_access")
        .with_hint("name a writable folder with --state-dir");
  }
  switch (primary) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      if (refuses_locks(file)) {
        throw Error(ErrorKind::store,
                    fmt::format("cannot {} '{}': its file system takes no locks, without which "
                                "databases lose data",
                                attempted, file))
            .with_code("store_network")
            .with_hint("name a folder on a local disk with --state-dir or WEIR_STATE_DIR");
      }
      throw Error(ErrorKind::temporary,
                  fmt::format("cannot {} '{}': it stayed locked", attempted, file))
          .with_code("store_locked")
          .with_hint("another process may be stopped in the middle of a write; try again");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      throw Error(ErrorKind::store, fmt::format("cannot {} '{}': {}", attempted, file, reason))
          .with_code("store_corrupt")
          .with_hint(
              "`weir jobs recover --rebuild` moves it aside and makes a new one from the run "
              "folders");
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
      throw Error(ErrorKind::store,
                  fmt::format("cannot {} '{}': {}{}{}", attempted, file, reason,
                              system_errno != 0 ? ": " : "",
                              system_errno != 0 ? std::strerror(system_errno) : ""))
          .with_code("store_io");
    default:
      throw Error(ErrorKind::bug, fmt::format("cannot {} '{}': {}", attempted, file, reason));
  }
}

}  // namespace weir::db
