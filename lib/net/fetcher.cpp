#include "net/fetcher.hpp"

#include "base/error.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "net/internal/conversation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <thread>
#include <utility>

namespace weir::net {
namespace {

using std::chrono::milliseconds;

constexpr int k_redirects_max = 5;
constexpr std::size_t k_text_bytes_max = std::size_t{4} << 20;

bool is_redirect(int status) {
  constexpr std::array k_redirects{301, 302, 303, 307, 308};
  return std::find(k_redirects.begin(), k_redirects.end(), status) != k_redirects.end();
}

/// Looks at the beginning of an answer before the real sink gets it.
class RedirectFilter final : public HttpSink {
 public:
  explicit RedirectFilter(HttpSink& sink) : sink_(sink) {}
  bool begin(const HttpHead& head) override {
    status = head.status;
    location = head.header("location");
    if (is_redirect(status)) return false;
    return sink_.begin(head);
  }
  bool take(std::string_view bytes) override { return sink_.take(bytes); }

  int status = 0;
  std::optional<std::string> location;

 private:
  HttpSink& sink_;
};

class TextSink final : public HttpSink {
 public:
  bool begin(const HttpHead& head) override {
    status = head.status;
    retry_after = parse_retry_after(head.header("retry-after").value_or(""));
    text.clear();
    return true;
  }
  bool take(std::string_view bytes) override {
    text += bytes;
    return text.size() <= k_text_bytes_max;
  }

  int status = 0;
  std::optional<milliseconds> retry_after;
  std::string text;
};

/// Wants no body.
class HeadSink final : public HttpSink {
 public:
  bool begin(const HttpHead& answer) override {
    head = answer;
    return false;
  }
  bool take(std::string_view) override { return false; }
  HttpHead head;
};

Url follow(const Url& from, const RedirectFilter& answer) {
  if (!answer.location.has_value()) {
    throw Error(ErrorKind::input, fmt::format("'{}' redirects to nowhere", from.shown()))
        .with_code("bad_redirect");
  }
  try {
    return resolve_reference(from, *answer.location);
  } catch (Error& error) {
    throw Error(ErrorKind::input,
                fmt::format("'{}' redirects wrongly: {}", from.shown(), error.message()))
        .with_code("bad_redirect");
  }
}

bool wait_really(milliseconds pause, const std::atomic<bool>& stop) {
  constexpr milliseconds k_step{50};
  while (pause > milliseconds(0) && !stop) {
    const milliseconds step = std::min(pause, k_step);
    std::this_thread::sleep_for(step);
    pause -= step;
  }
  return !stop;
}

template <typename Value>
std::optional<Value> first_known(const std::optional<Value>& a, const std::optional<Value>& b) {
  return a.has_value() ? a : b;
}

Error unavailable(const Url& url, const std::string& reason) {
  return Error(ErrorKind::temporary, fmt::format("'{}' does not answer: {}", url.shown(), reason))
      .with_code("upstream_unavailable")
      .with_hint("try again later");
}

/// What the caller claims counts before what a catalogue says.
Claims united(const Claims& own, const Claims& catalogue) {
  return {first_known(own.md5, catalogue.md5), first_known(own.sha256, catalogue.sha256),
          first_known(own.size_bytes, catalogue.size_bytes), own.md5_may_differ};
}

/// The claim that does not hold, as an error; nothing when all do.
std::optional<Error> broken_claim(const Claims& claims, const Fetched& fetched, const Url& url) {
  const auto mismatch = [&](const char* name, const char* code, const std::string& claimed,
                            const std::string& found) {
    return Error(ErrorKind::input, fmt::format("the {} of '{}' is {}, not {} as claimed", name,
                                               url.shown(), found, claimed))
        .with_code(code)
        .with_hint("fetched twice: the source or the claim is wrong");
  };
  if (claims.md5.has_value() && *claims.md5 != fetched.md5)
    return mismatch("MD5 sum", "md5_mismatch", *claims.md5, fetched.md5);
  if (claims.sha256.has_value() && *claims.sha256 != fetched.sha256)
    return mismatch("SHA-256 sum", "sha256_mismatch", *claims.sha256, fetched.sha256);
  return std::nullopt;
}

}  // namespace

void Conversation::check_stop() const {
  if (stop_) throw Error(ErrorKind::cancelled, "stopped while fetching");
}

void Conversation::pause(int failures, std::optional<milliseconds> asked_for) {
  const milliseconds length = pause_after(options_.retry, failures, asked_for, base::random_u64());
  const bool go_on = options_.pause ? options_.pause(length) : wait_really(length, stop_);
  if (!go_on) throw Error(ErrorKind::cancelled, "stopped while fetching");
}

HttpResult Conversation::get(Url& url, const Headers& own, const Headers& secret,
                             Redirects redirects, HttpSink& sink) {
  const std::string origin = url.origin();
  for (int hop = 0; hop <= k_redirects_max; ++hop) {
    check_stop();
    const bool may_be_proxied = options_.rules.anywhere && options_.proxy_of;
    const std::string proxy = may_be_proxied ? options_.proxy_of(url) : "";
    HttpRequest request{.url = url,
                        .headers = own,
                        .addresses = admit(options_.rules, url, proxy),
                        .proxy = proxy,
                        .ca_file = options_.ca_file,
                        .connect_limit = options_.connect_limit,
                        .idle_limit = options_.idle_limit};
    // A body in another encoding could not be resumed, and its digest is not the file's.
    request.headers.emplace_back("Accept-Encoding", "identity");
    if (url.origin() == origin)
      request.headers.insert(request.headers.end(), secret.begin(), secret.end());
    RedirectFilter filter(sink);
    ++requests_;
    HttpResult result = client_.send(request, filter, stop_);
    if (result.end == HttpEnd::stopped) check_stop();
    if (result.end == HttpEnd::untrustworthy) {
      throw Error(
          ErrorKind::not_permitted,
          fmt::format("the certificate of '{}' cannot be trusted: {}", url.host, result.reason))
          .with_code("bad_certificate")
          .with_hint("SSL_CERT_FILE names the certificates to trust");
    }
    if (!is_redirect(filter.status)) return result;
    if (redirects == Redirects::refuse) {
      throw Error(ErrorKind::input,
                  fmt::format("'{}' redirects, which a catalogue must not", url.shown()))
          .with_code("bad_redirect");
    }
    url = follow(url, filter);
  }
  throw Error(ErrorKind::input,
              fmt::format("more than {} redirects lead away from the source", k_redirects_max))
      .with_code("bad_redirect");
}

std::string Conversation::get_text(const Url& url) {
  constexpr int k_answers_max = 120;  // of 202, each with its own pause
  int failures = 0;
  std::string reason;
  for (int answer = 0; answer < k_answers_max && failures < options_.retry.tries_max; ++answer) {
    TextSink sink;
    Url at = url;
    const HttpResult result =
        get(at, {{"Accept", "application/json"}}, {}, Redirects::refuse, sink);
    if (result.end == HttpEnd::complete && sink.status == 202) {
      pause(1, sink.retry_after);
      continue;
    }
    if (result.end == HttpEnd::declined)
      throw Error(ErrorKind::input, fmt::format("the answer of '{}' is too long", url.shown()))
          .with_code("drs_unusable");
    const Verdict verdict = result.end == HttpEnd::complete ? judge(sink.status) : Verdict::again;
    if (verdict == Verdict::good) return sink.text;
    if (verdict == Verdict::refused) throw refusal(sink.status, url);
    reason =
        result.end == HttpEnd::complete ? fmt::format("status {}", sink.status) : result.reason;
    if (++failures < options_.retry.tries_max) pause(failures, sink.retry_after);
  }
  throw unavailable(url, reason.empty() ? "it is never ready" : reason);
}

Verdict judge(int status) {
  constexpr std::array k_again{408, 425, 429};
  if (status >= 200 && status < 300) return Verdict::good;
  const bool passing =
      status >= 500 || std::find(k_again.begin(), k_again.end(), status) != k_again.end();
  return passing ? Verdict::again : Verdict::refused;
}

Error refusal(int status, const Url& url) {
  if (status == 401 || status == 403 || status == 407) {
    return Error(ErrorKind::not_permitted,
                 fmt::format("'{}' is not for us (status {})", url.shown(), status))
        .with_code("upstream_denied")
        .with_hint("has a signed address run out?");
  }
  const bool missing = status == 404 || status == 410;
  return Error(ErrorKind::input,
               fmt::format("'{}' {} (status {})", url.shown(),
                           missing ? "does not exist" : "refuses the request", status))
      .with_code(missing ? "upstream_missing" : "upstream_refused");
}

Fetcher::Fetcher(const FetchOptions& options, HttpClient& client)
    : options_(options), client_(client) {}

Fetched Fetcher::fetch(const FetchRequest& request, FetchObserver* observer,
                       const std::atomic<bool>& stop) {
  constexpr int k_refetches_max = 1;
  Conversation conversation(options_, client_, stop);
  for (int refetched = 0;; ++refetched) {
    Location location{request.source, {}, {}};
    if (request.source.scheme == "drs") location = locate_drs(conversation, request.source);
    location.claims = united(request.claims, location.claims);
    Fetched fetched = transfer(conversation, request, location, observer);
    fetched.refetched = refetched;
    if (fetched.not_modified) return fetched;
    std::optional<Error> broken = broken_claim(location.claims, fetched, request.source);
    if (!broken.has_value()) return fetched;
    if (refetched < k_refetches_max) continue;
    Claims binding = location.claims;
    if (binding.md5_may_differ) binding.md5.reset();
    broken = broken_claim(binding, fetched, request.source);
    if (broken.has_value()) throw std::move(*broken);
    fetched.md5_claimed = location.claims.md5.value_or("");
    return fetched;
  }
}

bool Fetcher::is_unchanged(const Url& source, const std::string& etag,
                           const std::atomic<bool>& stop) {
  constexpr int k_not_modified = 304;
  Conversation conversation(options_, client_, stop);
  HeadSink sink;
  Url at = source;
  static_cast<void>(
      conversation.get(at, {{"If-None-Match", etag}}, {}, Conversation::Redirects::follow, sink));
  return sink.head.status == k_not_modified;
}

// By a GET whose body is declined: many servers, and signed addresses, know no HEAD.
Described Fetcher::describe(const Url& source, const std::atomic<bool>& stop) {
  Conversation conversation(options_, client_, stop);
  for (int failures = 1;; ++failures) {
    HeadSink sink;
    Url at = source;
    const HttpResult result = conversation.get(at, {}, {}, Conversation::Redirects::follow, sink);
    const HttpHead& head = sink.head;
    const Verdict verdict = head.status == 0 ? Verdict::again : judge(head.status);
    if (verdict == Verdict::good) {
      return {head.header("etag").value_or(""), head.header("last-modified").value_or(""),
              head.content_length()};
    }
    if (verdict == Verdict::refused) throw refusal(head.status, source);
    if (failures >= options_.retry.tries_max) {
      throw unavailable(source,
                        head.status == 0 ? result.reason : fmt::format("status {}", head.status));
    }
    conversation.pause(failures, parse_retry_after(head.header("retry-after").value_or("")));
  }
}

bool is_upstream_code(std::string_view code) {
  constexpr std::array<std::string_view, 10> k_codes{
      "md5_mismatch",     "sha256_mismatch",     "size_mismatch",    "source_too_large",
      "content_encoding", "upstream_error_page", "upstream_missing", "upstream_refused",
      "bad_redirect",     "drs_unusable"};
  return std::find(k_codes.begin(), k_codes.end(), code) != k_codes.end();
}

}  // namespace weir::net
