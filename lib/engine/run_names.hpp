#pragma once

#include <string>
#include <string_view>

namespace weir::engine {

/// Two words that people can remember, such as "calm_river"; random.
[[nodiscard]] std::string make_run_name();
/// Refuses what cannot be told from a command's other words or breaks a line. Throws Error (usage).
void check_run_name(const std::string& name);
/// A random identifier in the form of a UUID (version 4).
[[nodiscard]] std::string make_uuid();
/// Of the form that `make_uuid` gives.
[[nodiscard]] bool is_uuid(std::string_view text);

}  // namespace weir::engine
