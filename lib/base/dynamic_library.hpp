#pragma once

#include <string>

namespace weir::base {

/// A shared library opened when first needed and kept to the end of the process.
///
/// For large libraries that few commands use (ICU, libarchive, ISA-L, libcurl): linked in the usual
/// way, each would cost every command one to three milliseconds at start.
class DynamicLibrary {
 public:
  /// `soname` such as "libarchive.so.13"; `package` is the Debian package that has it.
  /// Throws Error (cannot_begin) naming the package when it cannot be opened.
  DynamicLibrary(std::string soname, const std::string& package);
  /// Address of a symbol. Throws Error (cannot_begin) when missing.
  [[nodiscard]] void* symbol(const char* name) const;
  /// `library.function<decltype(archive_read_new)>("archive_read_new")`.
  template <typename Function>
  [[nodiscard]] Function* function(const char* name) const {
    return reinterpret_cast<Function*>(symbol(name));
  }

 private:
  std::string soname_;
  void* handle_ = nullptr;
};

}  // namespace weir::base
