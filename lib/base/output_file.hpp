#pragma once

#include "base/file.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string_view>

namespace weir::base {

/// A file that a user named for output: complete or not there, as `AtomicFile`, but what is no
/// plain file (/dev/null, /dev/stdout, a FIFO) is written to and stays what it is. Of a link the
/// end is replaced, not the link itself. Of this process's descriptors, those are taken that its
/// caller opened, and no others.
class OutputFile {
 public:
  /// Throws Error: `usage` when there can be no such file.
  explicit OutputFile(const std::filesystem::path& path);

  [[nodiscard]] int fd() const;
  void write(std::string_view bytes);
  /// Gives a plain file its name; with `Durable::yes` it is on the disk then. Throws Error.
  void commit(Durable durable);

 private:
  std::filesystem::path path_;
  std::optional<AtomicFile> plain_;
  Fd special_;
};

inline constexpr std::chrono::seconds k_reader_wait{10};

/// Opens a FIFO or a device for writing. It waits for the reader of a FIFO, but not for ever, since
/// a run can do nothing else meanwhile, not even end. Throws Error: `usage` when none comes.
[[nodiscard]] Fd open_special(const std::filesystem::path& path,
                              std::chrono::milliseconds reader_wait = k_reader_wait);

void write_output(const std::filesystem::path& path, std::string_view content);

}  // namespace weir::base
