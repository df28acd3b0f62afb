#include "base/named_folder.hpp"

#include "base/file.hpp"

namespace weir::base {

void make_named_folders(const std::filesystem::path& path, ErrorKind misplaced) {
  try {
    make_folders(path);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::input) throw;
    throw Error(misplaced, error.message());
  }
}

}  // namespace weir::base
