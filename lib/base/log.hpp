#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace weir::base {

enum class LogLevel { trace, debug, info, warn, error, off };
enum class LogFormat { text, json };

struct LogOptions {
  LogLevel level = LogLevel::warn;
  LogFormat format = LogFormat::text;
  bool colour = false;  ///< text only
  int fd = 2;
};

/// Sets the process's one log. Called once by the app before any thread starts; before that nothing
/// is logged.
void configure_log(const LogOptions& options);
/// trace, debug, info, warn, error, off.
[[nodiscard]] std::span<const std::string_view> log_level_names();
/// False when `name` is none of them.
[[nodiscard]] bool parse_log_level(std::string_view name, LogLevel& level);
[[nodiscard]] bool log_enabled(LogLevel level);

/// One variable of a log line; values that may be secret must be masked by the caller.
struct LogField {
  std::string_view name;
  std::string value;
};

/// Writes one line: constant text, then fields. From any thread. Library code uses `debug` and
/// `trace` only.
void log(LogLevel level, std::string_view text, std::initializer_list<LogField> fields = {});

}  // namespace weir::base
