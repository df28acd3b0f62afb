#pragma once

#include "base/event_loop.hpp"
#include "base/fd.hpp"
#include "base/file.hpp"
#include "engine/probe.hpp"
#include "engine/service_settings.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct re_pattern_buffer;

namespace weir::engine::internal {

/// A compiled POSIX extended regular expression, searched within lines (of a longer text, too: "^"
/// and "$" are the bounds of a line). Throws Error (usage) when
/// it is wrong.
class LinePattern {
 public:
  explicit LinePattern(const std::string& source);
  LinePattern(LinePattern&& other) noexcept : compiled_(std::exchange(other.compiled_, nullptr)) {}
  LinePattern& operator=(LinePattern&&) = delete;
  ~LinePattern();
  [[nodiscard]] bool matches(std::string_view line) const;

 private:
  re_pattern_buffer* compiled_ = nullptr;
};

/// The ways a service of one epoch talks to us besides its outputs: the short runtime folder, the
/// notification socket, the ready descriptor, watched log lines, and the ports it is given.
class ServiceChannels {
 public:
  /// `folder_prefix` begins the name of the runtime folder. Throws Error.
  ServiceChannels(base::EventLoop& loop, const ServiceSettings& settings,
                  const std::string& folder_prefix);
  ~ServiceChannels();
  ServiceChannels(const ServiceChannels&) = delete;
  ServiceChannels& operator=(const ServiceChannels&) = delete;

  /// NAME=value for the service: WEIR_SERVICE_DIR, NOTIFY_SOCKET, NAME_PORT.
  [[nodiscard]] std::vector<std::string> environment() const { return environment_; }
  /// {ours, its number} for the service.
  [[nodiscard]] std::vector<std::pair<int, int>> descriptors() const;
  /// The service has its descriptors.
  void started();

  /// `probe` (of kind log, notify or fd) passes by what arrives here. It outlives this object.
  void attach(const ProbeSpec& spec, ToldProbe& probe);
  [[nodiscard]] bool wants_lines() const { return !lines_.empty(); }
  void take_line(std::string_view line);

 private:
  struct Watched {
    ToldProbe* probe = nullptr;
    int number = 0;  // of the service
    base::Pipe pipe;
    base::EventLoop::Id watch = 0;
  };
  void open_notify_socket();
  void take_notification();
  void take_byte(std::size_t index);

  base::EventLoop& loop_;
  base::TempDir folder_;
  std::vector<std::string> environment_;
  base::Fd notify_;
  base::EventLoop::Id notify_watch_ = 0;
  std::vector<ToldProbe*> notified_;
  std::vector<Watched> ready_fds_;
  std::vector<std::pair<LinePattern, ToldProbe*>> lines_;
};

}  // namespace weir::engine::internal
