#include "db/internal/sqlite_error.hpp"

#include "base/error.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>
#include <cstring>

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
