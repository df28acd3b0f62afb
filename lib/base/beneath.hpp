#pragma once

#include "base/fd.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace weir::base {

/// Opens `relative` for reading below `root` without following any link and without leaving `root`,
/// whatever is planted there. Nothing when it does not exist. Throws Error (code `path_unsafe` for
/// a link or a way out).
[[nodiscard]] std::optional<Fd> open_beneath(const std::filesystem::path& root,
                                             const std::filesystem::path& relative);

// Changes of names inside an open folder, so that a link planted in the way to it does no harm.
// `what` names the folder in errors. All throw Error.

/// False when the folder is there already.
bool make_folder_at(int folder, const std::string& name, std::string_view what);
/// Moves the file `from` to a name that is free. False when the name is taken.
[[nodiscard]] bool try_move_into(const std::filesystem::path& from, int folder,
                                 const std::string& name, std::string_view what);
/// Moves between open folders; a file of that name is replaced.
void move_between(int from_folder, const std::string& from, int to_folder, const std::string& to,
                  std::string_view what);
/// No error when it is not there.
void remove_at(int folder, const std::string& name, std::string_view what);

}  // namespace weir::base
