#pragma once

#include "net/http.hpp"

#include <memory>

namespace weir::net {

/// HTTP by libcurl, as plain transport: it neither follows, decodes, looks up nor remembers
/// anything. The library is opened at the first object, so other commands do not pay for it.
class CurlClient final : public HttpClient {
 public:
  /// Throws Error (cannot_begin) when libcurl is not installed.
  CurlClient();
  ~CurlClient() override;
  CurlClient(const CurlClient&) = delete;
  CurlClient& operator=(const CurlClient&) = delete;

  [[nodiscard]] HttpResult send(const HttpRequest& request, HttpSink& sink,
                                const std::atomic<bool>& stop) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::net
