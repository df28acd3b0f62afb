#include "base/error.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "engine/internal/remote_source.hpp"
#include "net/curl_client.hpp"
#include "net/retry.hpp"
#include "net/s3.hpp"

#include <fmt/format.h>

#include <utility>

namespace weir::engine {
namespace {

using net::S3Answer;
using net::S3Name;

RemoteSeen seen_in(const S3Answer& answer) {
  RemoteSeen seen;
  const std::string size = answer.head.header("content-length").value_or("?");
  seen.tag = fmt::format("{} {} bytes", answer.head.header("etag").value_or(""), size);
  seen.size_bytes = base::parse_int64(size);
  if (const auto date = net::parse_http_date(answer.head.header("last-modified").value_or("")))
    seen.modified_millis = base::to_millis(*date);
  return seen;
}

bool may_pass(const S3Answer& answer) {
  return !answer.untrustworthy && (answer.status == 0 || answer.status == 429 ||
                                   (answer.status >= 500 && answer.status != 501));
}

[[noreturn]] void refuse(const S3Name& name, const S3Answer& answer) {
  const bool missing = answer.status == 404;
  Error error(ErrorKind::input, missing ? fmt::format("{} does not exist", name.text())
                                        : fmt::format("{}: {}", name.text(), answer.reason));
  if (missing) error.with_code("upstream_missing");
  if (answer.code == "InvalidObjectState") {
    error.with_hint("it is in archive storage; a gate of type 's3' has it restored first");
  } else if (answer.status == 403) {
    error.with_hint("not permitted, or it does not exist");
  }
  throw error;
}

/// An object: `AWS_…` of the environment say where its server is and who asks (net/s3.hpp).
class S3Source final : public RemoteSource {
 public:
  S3Source(const std::string& uri, RemoteSurroundings surroundings)
      : name_(net::parse_s3_name(uri)),
        surroundings_(std::move(surroundings)),
        client_(http_, net::s3_settings(surroundings_.environment)) {}

  RemoteSeen look() override {
    return seen_in(ask([&] { return client_.head(name_, surroundings_.stop); }));
  }

  std::string fetch(const base::fs::path& target, const RemoteSeen&) override {
    const S3Answer answer = ask([&] {
      const base::Fd file = base::open_write(target);  // each try from the beginning
      return client_.get(
          name_,
          [&](std::string_view bytes) { base::write_all(file.get(), bytes, target.native()); },
          surroundings_.stop);
    });
    return seen_in(answer).tag;
  }

 private:
  /// `question` again and again while what it meets may pass.
  S3Answer ask(const std::function<S3Answer()>& question) {
    const net::RetryPolicy policy;
    for (int failures = 1;; ++failures) {
      S3Answer answer = question();
      if (surroundings_.stop)
        throw Error(ErrorKind::cancelled, "fetching " + name_.text() + " was stopped");
      if (answer.status == 200) return answer;
      if (!may_pass(answer) || failures >= policy.tries_max) refuse(name_, answer);
      const auto asked_for = net::parse_retry_after(answer.head.header("retry-after").value_or(""));
      surroundings_.pause(net::pause_after(policy, failures, asked_for, base::random_u64()));
    }
  }

  S3Name name_;
  RemoteSurroundings surroundings_;
  net::CurlClient http_;
  net::S3Client client_;
};

}  // namespace

std::unique_ptr<RemoteSource> make_s3_source(const std::string& uri,
                                             RemoteSurroundings surroundings) {
  return std::make_unique<S3Source>(uri, std::move(surroundings));
}

}  // namespace weir::engine
