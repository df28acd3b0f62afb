#pragma once

namespace weir::db::internal {

/// Registers, once in the process, SQLite's own way to files with one change: a page of the
/// write-ahead log and the 24 bytes that precede it go in one call to the kernel in place of two.
/// A claim writes a dozen pages, and such calls are half of what it costs. Bytes, their order and
/// errors are the same: the head of a frame waits for its page, which SQLite writes next, and goes
/// by itself before anything else that is asked of the log.
///
/// The name to open databases with; nullptr when the way to files is not as expected, then SQLite's
/// own serves. (File formats: https://www.sqlite.org/fileformat2.html 4.1; shims:
/// https://www.sqlite.org/vfs.html 2.3.)
[[nodiscard]] const char* log_vfs();

}  // namespace weir::db::internal
