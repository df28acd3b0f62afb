#pragma once

#include "net/host_rules.hpp"
#include "net/http.hpp"
#include "net/retry.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace weir::net {

struct FetchOptions {
  HostRules rules;
  RetryPolicy retry;
  std::string ca_file;         ///< PEM; empty: the system's
  std::int64_t bytes_max = 0;  ///< refuse a larger source; 0: no limit
  /// Web pages and JSON documents are files as good as others, not a server's excuses.
  bool documents = false;
  /// The proxy for a source; empty: there is none for any. Only with `rules.anywhere`, since what a
  /// proxy connects to is not looked at.
  std::function<std::string(const Url& url)> proxy_of{};
  std::chrono::milliseconds connect_limit{30'000};
  std::chrono::milliseconds idle_limit{60'000};
  /// Waits, or answers false when it was told to stop; empty: really waits. Tests put their own.
  std::function<bool(std::chrono::milliseconds)> pause;
};

/// What somebody says a source is; compared with what comes.
struct Claims {
  std::optional<std::string> md5;     ///< 32 small hexadecimal digits
  std::optional<std::string> sha256;  ///< 64
  std::optional<std::int64_t> size_bytes;
  /// A wrong MD5 sum is told of, not refused, after one more fetch: catalogues err, too.
  bool md5_may_differ = false;
};

struct FetchRequest {
  Url source;  ///< https or drs
  std::filesystem::path
      target;  ///< written from its beginning; what is there after an error is junk
  Claims claims;
  /// Of an earlier fetch: when the source still has it, nothing is sent. Empty: none.
  std::string known_etag;
};

struct Fetched {
  bool not_modified = false;  ///< the source still has `known_etag`; nothing else is filled
  Url from;                   ///< after redirects
  std::string sha256;
  std::string md5;
  std::string md5_claimed;  ///< only when it is another and may be
  std::string etag;         ///< only a strong one
  std::int64_t size_bytes = 0;
  int requests = 0;   ///< for the file's bytes, redirects included
  int resumed = 0;    ///< of those, how many went on where one before had broken off
  int refetched = 0;  ///< whole fetches more than one, because a digest was wrong
};

/// What a server says of a source without sending it.
struct Described {
  std::string etag;      ///< strong or weak; empty: none
  std::string modified;  ///< as the header has it; empty: not told
  std::optional<std::int64_t> size_bytes;
};

class FetchObserver {
 public:
  virtual ~FetchObserver() = default;
  /// `total_bytes` 0: unknown.
  virtual void fetching(std::int64_t done_bytes, std::int64_t total_bytes) = 0;
};

/// Brings a source onto this machine and holds it against what was claimed of it.
///
/// Both digests are computed as the bytes come. A connection that breaks is taken up again where it
/// broke when the server names the content by a strong entity tag, else from the beginning. A wrong
/// digest is fetched once more before it is believed. One object serves one thread.
class Fetcher {
 public:
  /// Keeps references to both.
  Fetcher(const FetchOptions& options, HttpClient& client);

  /// Blocks. Throws Error. `not_permitted`: as `admit`, upstream_denied. `input`, that is for good:
  /// md5_mismatch, sha256_mismatch, size_mismatch (longer than claimed), source_too_large,
  /// content_encoding, upstream_error_page, upstream_missing, upstream_refused, bad_redirect,
  /// drs_unusable. `temporary`: upstream_unavailable, size_mismatch (shorter), scratch_full.
  /// `cancelled` when `stop` became true.
  [[nodiscard]] Fetched fetch(const FetchRequest& request, FetchObserver* observer,
                              const std::atomic<bool>& stop);

  /// What an https (or http) source is now; the body is not waited for. Blocks, and throws Error as
  /// `fetch` does.
  [[nodiscard]] Described describe(const Url& source, const std::atomic<bool>& stop);

  /// Whether the source still has that entity tag; false also when that cannot be told now. No
  /// bytes of it are sent. Throws Error only for what is not permitted.
  [[nodiscard]] bool is_unchanged(const Url& source, const std::string& etag,
                                  const std::atomic<bool>& stop);

 private:
  const FetchOptions& options_;
  HttpClient& client_;
};

/// Error codes of a source's side: worth another look after an hour, unlike wrong content.
[[nodiscard]] bool is_upstream_code(std::string_view code);

}  // namespace weir::net
