#pragma once

#include "base/clock.hpp"
#include "engine/internal/service_channels.hpp"
#include "engine/probe.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::engine::internal {

/// An HTTP/1.1 answer as its bytes come, up to a limit.
///
/// The end of the body is found by `Content-Length` and by chunks (RFC 9112, 6.3) as well as by the
/// end of the connection: servers keep connections open that they were asked to close.
class HttpAnswer {
 public:
  static constexpr std::size_t k_bytes_max = std::size_t{64} << 10;

  void add(std::string_view bytes);
  /// No more will come.
  void close() { over_ = true; }
  [[nodiscard]] bool has_head() const { return head_end_ != std::string::npos; }
  /// The body is here to its end, or as much of it as is kept.
  [[nodiscard]] bool is_complete() const;

  /// 0: it is no HTTP answer.
  [[nodiscard]] int status() const;
  /// The first header of that name (small letters).
  [[nodiscard]] std::optional<std::string> header(std::string_view name) const;
  /// Without the marks of chunks.
  [[nodiscard]] std::string body() const;

 private:
  struct Chunks {
    std::string text;
    bool ended = false;
  };
  [[nodiscard]] Chunks chunks() const;
  [[nodiscard]] bool is_chunked() const;

  std::string bytes_;
  std::size_t head_end_ = std::string::npos;
  bool over_ = false;
};

/// Judges the answers of one server as a probe or gate looks at them: statuses, an expression for
/// the body, refusals in a row, and when the server asks to be asked again.
class HttpJudge {
 public:
  /// Throws Error (usage) for a wrong expression.
  explicit HttpJudge(const ProbeSpec& spec);
  [[nodiscard]] bool needs_body() const { return pattern_.has_value(); }
  /// `retry_after`: the header's text, when there was one.
  [[nodiscard]] ProbeAnswer judge(int status, const std::string& body,
                                  const std::optional<std::string>& retry_after);

 private:
  std::string target_;
  std::vector<std::pair<int, int>> statuses_;
  std::string expression_;
  std::optional<LinePattern> pattern_;
  int refusals_ = 0;
};

/// What `Retry-After` says, seconds or a date, as a pause from `now` on; at most a day.
[[nodiscard]] std::optional<std::chrono::milliseconds> retry_pause(const std::string& text,
                                                                   base::WallTime now);

}  // namespace weir::engine::internal
