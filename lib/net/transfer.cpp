// One file over one or several requests. What is on disk and in the digests always belongs
// together: both go on, or both start again.
#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/file.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "net/internal/conversation.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>

namespace weir::net {
namespace {

constexpr int k_range_not_satisfiable = 416;
constexpr int k_requests_max = 100;  // however much each of them gains
constexpr std::size_t k_sniffed_bytes = 512;

bool is_strong(const std::string& etag) {
  return etag.size() >= 2 && etag.front() == '"' && etag.back() == '"';
}

/// Web servers answer missing files, log-in pages and failures with status 200 all too often.
bool is_error_page(std::string_view beginning) {
  const std::string text = base::to_lower_ascii(base::trim(beginning));
  return text.starts_with("<!doctype html") || text.starts_with("<html") || text.starts_with("{");
}

/// The file so far.
class Received {
 public:
  explicit Received(const std::filesystem::path& target)
      : target_(target), file_(base::open_write(target)) {
    restart();
  }

  void restart() {
    if (::ftruncate(file_.get(), 0) != 0 || ::lseek(file_.get(), 0, SEEK_SET) != 0)
      throw system_error("write to", target_.native(), errno);
    sha256_ = base::Digest(base::DigestKind::sha256);
    md5_ = base::Digest(base::DigestKind::md5);
    size_bytes = 0;
    beginning.clear();
    etag.clear();
  }

  void append(std::string_view bytes) {
    if (beginning.size() < k_sniffed_bytes)
      beginning.append(bytes.substr(0, k_sniffed_bytes - beginning.size()));
    base::write_all(file_.get(), bytes, target_.native());
    sha256_.update(bytes);
    md5_.update(bytes);
    size_bytes += static_cast<std::int64_t>(bytes.size());
  }

  void finish(Fetched& fetched) {
    fetched.sha256 = sha256_.finish();
    fetched.md5 = md5_.finish();
    fetched.size_bytes = size_bytes;
    fetched.etag = etag;
  }

  std::int64_t size_bytes = 0;
  std::string beginning;
  std::string etag;  ///< strong, or empty: then nothing can be resumed

 private:
  std::filesystem::path target_;
  base::Fd file_;
  base::Digest sha256_{base::DigestKind::sha256};
  base::Digest md5_{base::DigestKind::md5};
};

class FileSink final : public HttpSink {
 public:
  FileSink(Received& received, const FetchRequest& request, const Claims& claims,
           const FetchOptions& options, FetchObserver* observer)
      : received_(received),
        request_(request),
        claims_(claims),
        options_(options),
        observer_(observer) {}

  bool begin(const HttpHead& head) override {
    status = head.status;
    retry_after = parse_retry_after(head.header("retry-after").value_or(""));
    if (status != 200 && status != 206) return false;
    refuse_encoding(head);
    if (status == 206 && !continues(head)) {
      must_restart = true;
      return false;
    }
    if (status == 200) {
      received_.restart();
      const std::string etag = head.header("etag").value_or("");
      received_.etag = is_strong(etag) ? etag : "";
    }
    resumed = status == 206;
    const std::optional<std::int64_t> rest = head.content_length();
    total = rest.has_value() ? received_.size_bytes + *rest : 0;
    if (total > 0) check_size(total);
    check_room(rest.value_or(0));
    return true;
  }

  bool take(std::string_view bytes) override {
    check_size(received_.size_bytes + static_cast<std::int64_t>(bytes.size()));
    received_.append(bytes);
    if (observer_ != nullptr) observer_->fetching(received_.size_bytes, total);
    return true;
  }

  int status = 0;
  std::optional<std::chrono::milliseconds> retry_after;
  std::int64_t total = 0;
  bool resumed = false;
  bool must_restart = false;

 private:
  void refuse_encoding(const HttpHead& head) const {
    const std::string encoding =
        base::to_lower_ascii(head.header("content-encoding").value_or("identity"));
    if (encoding == "identity" || encoding.empty()) return;
    throw Error(
        ErrorKind::input,
        fmt::format("'{}' is sent in the encoding '{}', though its own bytes were asked for",
                    request_.source.shown(), base::printable(encoding, 40)))
        .with_code("content_encoding")
        .with_hint("the server must send the file as it is");
  }

  /// Whether a partial answer begins where we stand, in the same content.
  [[nodiscard]] bool continues(const HttpHead& head) const {
    const std::optional<ContentRange> range =
        parse_content_range(head.header("content-range").value_or(""));
    return range.has_value() && range->first == received_.size_bytes &&
           head.header("etag").value_or(received_.etag) == received_.etag;
  }

  void check_size(std::int64_t size) const {
    if (options_.bytes_max > 0 && size > options_.bytes_max) {
      throw Error(ErrorKind::input,
                  fmt::format("'{}' is larger than the {} allowed", request_.source.shown(),
                              base::format_bytes(options_.bytes_max)))
          .with_code("source_too_large")
          .with_hint("--max-source-size raises the limit");
    }
    if (!claims_.size_bytes.has_value() || size <= *claims_.size_bytes) return;
    throw Error(ErrorKind::input, fmt::format("'{}' has more than the {} bytes claimed",
                                              request_.source.shown(), *claims_.size_bytes))
        .with_code("size_mismatch");
  }

  void check_room(std::int64_t bytes) const {
    const std::int64_t free = base::free_bytes(request_.target.parent_path());
    if (bytes <= free) return;
    throw Error(ErrorKind::temporary,
                fmt::format("'{}' needs {}, and {} are free", request_.source.shown(),
                            base::format_bytes(bytes), base::format_bytes(free)))
        .with_code("scratch_full");
  }

  Received& received_;
  const FetchRequest& request_;
  const Claims& claims_;
  const FetchOptions& options_;
  FetchObserver* observer_;
};

Headers headers_for(const Received& received, const FetchRequest& request) {
  if (received.size_bytes > 0 && !received.etag.empty()) {
    return {{"Range", fmt::format("bytes={}-", received.size_bytes)}, {"If-Range", received.etag}};
  }
  if (!request.known_etag.empty()) return {{"If-None-Match", request.known_etag}};
  return {};
}

/// What went wrong with one request, when another may do better; nothing when the file is there.
std::optional<std::string> trouble(const HttpResult& result, const FileSink& sink,
                                   const Received& received, const Claims& claims, const Url& url) {
  if (result.end == HttpEnd::broken) return result.reason;
  if (sink.must_restart || sink.status == k_range_not_satisfiable)
    return "the server answered with another part than the one asked for";
  const Verdict verdict = judge(sink.status);
  if (verdict == Verdict::refused) throw refusal(sink.status, url);
  if (verdict == Verdict::again || (sink.status != 200 && sink.status != 206))
    return fmt::format("status {}", sink.status);
  if (claims.size_bytes.has_value() && received.size_bytes < *claims.size_bytes) {
    return fmt::format("{} bytes came, {} were claimed", received.size_bytes, *claims.size_bytes);
  }
  return std::nullopt;
}

}  // namespace

Fetched transfer(Conversation& conversation, const FetchRequest& request, const Location& location,
                 FetchObserver* observer) {
  constexpr int k_not_modified = 304;
  const FetchOptions& options = conversation.options();
  Received received(request.target);
  Fetched fetched;
  int failures = 0;
  std::int64_t most_bytes = 0;
  std::string last;
  for (int n = 0; n < k_requests_max && failures < options.retry.tries_max; ++n) {
    if (received.etag.empty() && received.size_bytes > 0) received.restart();
    FileSink sink(received, request, location.claims, options, observer);
    fetched.from = location.url;
    const HttpResult result =
        conversation.get(fetched.from, headers_for(received, request), location.headers,
                         Conversation::Redirects::follow, sink);
    fetched.requests = conversation.requests();
    fetched.resumed += sink.resumed ? 1 : 0;
    if (sink.status == k_not_modified && !request.known_etag.empty()) {
      fetched.not_modified = true;
      return fetched;
    }
    const std::optional<std::string> wrong =
        trouble(result, sink, received, location.claims, fetched.from);
    if (!wrong.has_value()) {
      if (!conversation.options().documents && is_error_page(received.beginning)) {
        throw Error(ErrorKind::input, fmt::format("'{}' answers with a page or a message, not with "
                                                  "the file",
                                                  request.source.shown()))
            .with_code("upstream_error_page")
            .with_hint("open the address in a browser to see what it says");
      }
      received.finish(fetched);
      return fetched;
    }
    last = *wrong;
    failures = received.size_bytes > most_bytes ? 1 : failures + 1;
    most_bytes = std::max(most_bytes, received.size_bytes);
    if (sink.must_restart || sink.status == k_range_not_satisfiable) received.restart();
    if (failures < options.retry.tries_max) conversation.pause(failures, sink.retry_after);
  }
  const bool too_short = location.claims.size_bytes.has_value() && received.size_bytes > 0 &&
                         received.size_bytes < *location.claims.size_bytes;
  throw Error(ErrorKind::temporary,
              fmt::format("'{}' could not be fetched: {}", request.source.shown(), last))
      .with_code(too_short ? "size_mismatch" : "upstream_unavailable")
      .with_hint("try again later");
}

}  // namespace weir::net
