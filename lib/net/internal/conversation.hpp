#pragma once

#include "net/fetcher.hpp"

#include <string>
#include <utility>
#include <vector>

namespace weir::net {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// Where a file's bytes are to be had, and what its catalogue says of them.
struct Location {
  Url url;
  Headers headers;  ///< secrets: never sent to another origin
  Claims claims;
};

/// Requests under the rules: every address is admitted first, redirects are followed by hand.
class Conversation {
 public:
  Conversation(const FetchOptions& options, HttpClient& client, const std::atomic<bool>& stop)
      : options_(options), client_(client), stop_(stop) {}

  enum class Redirects { refuse, follow };
  /// Sends `own` headers everywhere and `secret` ones to the first origin alone; `url` becomes
  /// where the answer came from. A redirect's body is dropped.
  [[nodiscard]] HttpResult get(Url& url, const Headers& own, const Headers& secret,
                               Redirects redirects, HttpSink& sink);
  /// A short text; tries again as the policy says, and as long as the server answers 202. Throws
  /// Error.
  [[nodiscard]] std::string get_text(const Url& url);

  /// Waits after `failures` tries in a row. Throws Error (cancelled).
  void pause(int failures, std::optional<std::chrono::milliseconds> asked_for);
  void check_stop() const;
  [[nodiscard]] int requests() const { return requests_; }
  [[nodiscard]] const FetchOptions& options() const { return options_; }

 private:
  const FetchOptions& options_;
  HttpClient& client_;
  const std::atomic<bool>& stop_;
  int requests_ = 0;
};

/// What an answer's status means for the one who asked.
enum class Verdict { good, again, refused };
[[nodiscard]] Verdict judge(int status);
/// The error of a status that is `refused`.
[[nodiscard]] Error refusal(int status, const Url& url);

/// Asks a GA4GH Data Repository Service where the object of a drs:// address is.
[[nodiscard]] Location locate_drs(Conversation& conversation, const Url& source);

/// Fetches the bytes at `location` into `request.target`.
[[nodiscard]] Fetched transfer(Conversation& conversation, const FetchRequest& request,
                               const Location& location, FetchObserver* observer);

}  // namespace weir::net
