#include "base/log.hpp"

#include "base/text.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <memory>

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

namespace weir::base {
namespace {

constexpr std::array<std::string_view, 6> k_level_names{"trace", "debug", "info",
                                                        "warn",  "error", "off"};

/// Writes each line with one write(2), so that lines of several processes do not mix.
class FdSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit FdSink(int fd) : fd_(fd) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    // A log that cannot be written must not end the program.
    [[maybe_unused]] const ssize_t written = ::write(fd_, line.data(), line.size());
  }
  void flush_() override {}

 private:
  int fd_;
};

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::trace: return spdlog::level::trace;
    case LogLevel::debug: return spdlog::level::debug;
    case LogLevel::info: return spdlog::level::info;
    case LogLevel::warn: return spdlog::level::warn;
    case LogLevel::error: return spdlog::level::err;
    case LogLevel::off: return spdlog::level::off;
  }
  return spdlog::level::off;
}

struct Log {
  std::unique_ptr<spdlog::logger> logger;
  LogFormat format = LogFormat::text;
  LogLevel level = LogLevel::off;
};

Log& the_log() {
  static Log instance;
  return instance;
}

void append_json_string(std::string& line, std::string_view text) {
  line += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      line += '\\';
      line += c;
    } else if (byte < 0x20) {
      line += fmt::format("\\u{:04x}", byte);
    } else {
      line += c;
    }
  }
  line += '"';
}

std::string text_line(std::string_view text, std::initializer_list<LogField> fields) {
  std::string line(text);
  for (const LogField& field : fields) {
    line.append(" ").append(field.name).append("=").append(printable(field.value));
  }
  return line;
}

std::string json_tail(std::string_view text, std::initializer_list<LogField> fields) {
  std::string line = "\"message\":";
  append_json_string(line, text);
  for (const LogField& field : fields) {
    line += ',';
    append_json_string(line, field.name);
    line += ':';
    append_json_string(line, printable(field.value, 4096));
  }
  return line;
}

}  // namespace

void configure_log(const LogOptions& options) {
  Log& log = the_log();
  log.level = options.level;
  if (options.level == LogLevel::off) return;
  log.format = options.format;
  auto sink = std::make_shared<FdSink>(options.fd);
  log.logger = std::make_unique<spdlog::logger>("weir", std::move(sink));
  log.logger->set_level(to_spdlog(options.level));
  const char* pattern = options.colour ? "\033[2m%H:%M:%S.%e\033[0m %l %v" : "%H:%M:%S.%e %l %v";
  if (options.format == LogFormat::json) {
    log.logger->set_formatter(std::make_unique<spdlog::pattern_formatter>(
        R"({"timestamp":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})",
        spdlog::pattern_time_type::utc));
  } else {
    log.logger->set_pattern(pattern);
  }
}

std::span<const std::string_view> log_level_names() {
  return k_level_names;
}

bool parse_log_level(std::string_view name, LogLevel& level) {
  for (std::size_t i = 0; i < k_level_names.size(); ++i) {
    if (k_level_names[i] == name) {
      level = static_cast<LogLevel>(i);
      return true;
    }
  }
  return false;
}

bool log_enabled(LogLevel level) {
  const Log& log = the_log();
  return log.logger != nullptr && level >= log.level;
}

void log(LogLevel level, std::string_view text, std::initializer_list<LogField> fields) {
  if (!log_enabled(level)) return;
  const Log& log = the_log();
  const std::string line =
      log.format == LogFormat::json ? json_tail(text, fields) : text_line(text, fields);
  log.logger->log(to_spdlog(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace weir::base
