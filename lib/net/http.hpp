#pragma once

#include "base/clock.hpp"
#include "net/address.hpp"
#include "net/url.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::net {

/// What to ask for. Redirects are not followed, contents not decoded, and no address but those
/// named is connected to.
struct HttpRequest {
  std::string method = "GET";  ///< a HEAD has no body to wait for
  std::string body = {};       ///< sent by any method, when not empty
  Url url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<Address> addresses;  ///< of the host, as looked up and checked by the caller
  /// Asked in place of the host, which it looks up itself: `addresses` are not used. Empty: none.
  std::string proxy{};
  std::string ca_file;  ///< PEM; empty: the system's
  std::chrono::milliseconds connect_limit{30'000};
  std::chrono::milliseconds idle_limit{60'000};  ///< without a byte
  std::chrono::milliseconds whole_limit{0};      ///< from begin to end; 0: none
};

/// The beginning of an answer.
struct HttpHead {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in small letters
  /// The first of that name (small letters).
  [[nodiscard]] std::optional<std::string> header(std::string_view name) const;
  /// Of the part of the body that follows, when told.
  [[nodiscard]] std::optional<std::int64_t> content_length() const;
};

/// Takes an answer as it comes. May throw: the transfer ends, and `send` rethrows.
class HttpSink {
 public:
  virtual ~HttpSink() = default;
  /// False: the body is not wanted.
  virtual bool begin(const HttpHead& head) = 0;
  /// False: no more is wanted.
  virtual bool take(std::string_view bytes) = 0;
};

enum class HttpEnd {
  complete,
  declined,       ///< by the sink
  stopped,        ///< `stop` became true
  broken,         ///< no connection, or it was lost before the end: worth another try
  untrustworthy,  ///< the certificate is not that host's
};

struct HttpResult {
  HttpEnd end = HttpEnd::complete;
  std::string reason;  ///< for people, when not complete
};

/// Speaks HTTP. One object serves one thread.
class HttpClient {
 public:
  virtual ~HttpClient() = default;
  /// Blocks until the answer has ended or somebody stops it.
  [[nodiscard]] virtual HttpResult send(const HttpRequest& request, HttpSink& sink,
                                        const std::atomic<bool>& stop) = 0;
};

/// `Content-Range: bytes 5-9/10`.
struct ContentRange {
  std::int64_t first = 0;
  std::int64_t last = 0;
  std::optional<std::int64_t> total;
};
[[nodiscard]] std::optional<ContentRange> parse_content_range(std::string_view text);

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7); its obsolete forms are not taken.
[[nodiscard]] std::optional<base::WallTime> parse_http_date(std::string_view text);

}  // namespace weir::net
