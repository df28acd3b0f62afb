#include "base/environment.hpp"
#include "base/error.hpp"
#include "engine/internal/remote_source.hpp"
#include "net/curl_client.hpp"
#include "net/fetcher.hpp"
#include "net/proxy.hpp"

#include <fmt/format.h>

#include <utility>

namespace weir::engine {
namespace {

class HttpSource final : public RemoteSource {
 public:
  HttpSource(const std::string& uri, RemoteSurroundings surroundings)
      : url_(net::parse_url(uri)), surroundings_(std::move(surroundings)) {
    options_.rules.anywhere = true;
    options_.documents = true;
    options_.ca_file = base::variable_in(surroundings_.environment, "SSL_CERT_FILE").value_or("");
    options_.proxy_of = [this](const net::Url& url) {
      return net::proxy_for(surroundings_.environment, url);
    };
    options_.pause = [this](std::chrono::milliseconds time) {
      surroundings_.pause(time);
      return !surroundings_.stop.load();
    };
  }

  RemoteSeen look() override {
    net::Fetcher fetcher(options_, http_);
    const net::Described now = fetcher.describe(url_, surroundings_.stop);
    RemoteSeen seen;
    seen.size_bytes = now.size_bytes;
    seen.tag = fmt::format("{} {} {} bytes", now.etag, now.modified,
                           now.size_bytes ? std::to_string(*now.size_bytes) : "?");
    if (const auto date = net::parse_http_date(now.modified))
      seen.modified_millis = base::to_millis(*date);
    return seen;
  }

  std::string fetch(const base::fs::path& target, const RemoteSeen& seen) override {
    net::Fetcher fetcher(options_, http_);
    net::FetchRequest request;
    request.source = url_;
    request.target = target;
    static_cast<void>(fetcher.fetch(request, nullptr, surroundings_.stop));
    // The answer to one request is one content; only here can it be another than the one looked at.
    const RemoteSeen after = look();
    if (after.tag == seen.tag) return seen.tag;
    throw Error(ErrorKind::temporary, fmt::format("'{}' changes while it is fetched", url_.shown()))
        .with_code("upstream_unavailable")
        .with_hint("try again later");
  }

 private:
  net::Url url_;
  RemoteSurroundings surroundings_;
  net::CurlClient http_;
  net::FetchOptions options_;
};

}  // namespace

std::unique_ptr<RemoteSource> make_http_source(const std::string& uri,
                                               RemoteSurroundings surroundings) {
  return std::make_unique<HttpSource>(uri, std::move(surroundings));
}

}  // namespace weir::engine
