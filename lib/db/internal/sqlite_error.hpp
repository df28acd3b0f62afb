#pragma once

#include <string>
#include <string_view>

struct sqlite3;

namespace weir::db {

/// Throws the Error that an SQLite result code stands for; `handle` may be null. `file` is named in
/// the message.
[[noreturn]] void throw_sqlite_error(sqlite3* handle, int code, std::string_view attempted,
                                     const std::string& file);

/// SQLite takes a lock that the file system refuses (ENOLCK) for one that somebody else holds. Asks
/// by a lock of the folder of `file`: to close any descriptor of the file itself would end SQLite's
/// own locks.
[[nodiscard]] bool refuses_locks(const std::string& file);

}  // namespace weir::db
