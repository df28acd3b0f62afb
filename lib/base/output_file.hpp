#pragma once

#include "base/file.hpp"

#include <filesystem>
#include <optional>
#include <string_view>

namespace weir::base {

/// A file that a user named for output: complete or not there, as `AtomicFile`, but what is no
/// plain file (/dev/null, /dev/stdout, a FIFO) is written to and stays what it is. Of a link the
/// end is replaced, not the link itself.
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

void write_output(const std::filesystem::path& path, std::string_view content);

}  // namespace weir::base
