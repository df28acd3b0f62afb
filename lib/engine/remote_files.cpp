#include "engine/remote_files.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/hash.hpp"
#include "base/lock.hpp"
#include "base/random.hpp"
#include "net/curl_client.hpp"
#include "net/retry.hpp"
#include "net/s3.hpp"

#include <fmt/format.h>

#include <functional>

namespace weir::engine {
namespace {

using net::S3Answer;
using net::S3Name;

constexpr std::size_t k_tag_bytes_max = 4096;

/// What an object is now; another text when its content changed.
std::string tag_of(const S3Answer& seen) {
  return fmt::format("{} {} bytes", seen.head.header("etag").value_or(""),
                     seen.head.header("content-length").value_or("?"));
}

bool may_pass(const S3Answer& answer) {
  return !answer.untrustworthy && (answer.status == 0 || answer.status == 429 ||
                                   (answer.status >= 500 && answer.status != 501));
}

[[noreturn]] void refuse(const S3Name& name, const S3Answer& answer) {
  const bool missing = answer.status == 404;
  Error error(ErrorKind::input, missing ? fmt::format("{} does not exist", name.text())
                                        : fmt::format("{}: {}", name.text(), answer.reason));
  if (answer.code == "InvalidObjectState") {
    error.with_hint("it is in archive storage; a gate of type 's3' has it restored first");
  } else if (answer.status == 403) {
    error.with_hint("not permitted, or it does not exist");
  }
  throw error;
}

}  // namespace

std::optional<std::string> copy_path(const std::string& work_dir, std::string_view scheme,
                                     const std::string& uri) {
  if (scheme != "s3") return std::nullopt;
  const std::string hash = base::fast_hash(uri).hex().insert(2, "/");
  return work_dir + "/fetched/" + hash + "/" + uri.substr(uri.rfind('/') + 1);
}

void RemoteFiles::pause(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  stopped_.wait_for(lock, time, [this] { return stop_.load(); });
}

void RemoteFiles::stop() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  stopped_.notify_all();
}

namespace {

/// `ask` again and again while what it meets may pass.
class Patience {
 public:
  using Pause = std::function<void(std::chrono::milliseconds)>;
  Patience(const S3Name& name, const std::atomic<bool>& stop, Pause pause)
      : name_(name), stop_(stop), pause_(std::move(pause)) {}

  S3Answer ask(const std::function<S3Answer()>& question) {
    const net::RetryPolicy policy;
    for (int failures = 1;; ++failures) {
      S3Answer answer = question();
      if (stop_) throw Error(ErrorKind::cancelled, "fetching " + name_.text() + " was stopped");
      if (answer.status == 200) return answer;
      if (!may_pass(answer) || failures >= policy.tries_max) refuse(name_, answer);
      const auto asked_for = net::parse_retry_after(answer.head.header("retry-after").value_or(""));
      pause_(net::pause_after(policy, failures, asked_for, base::random_u64()));
    }
  }

 private:
  const S3Name& name_;
  const std::atomic<bool>& stop_;
  Pause pause_;
};

}  // namespace

std::string RemoteFiles::fingerprint(const std::string& uri) {
  const S3Name name = net::parse_s3_name(uri);
  net::CurlClient http;
  net::S3Client client(http, net::s3_settings(environment_));
  Patience patience(name, stop_, [this](auto time) { pause(time); });
  return uri + " " + tag_of(patience.ask([&] { return client.head(name, stop_); }));
}

void RemoteFiles::fetch(const std::vector<RemoteInput>& inputs) {
  for (const RemoteInput& input : inputs) fetch_one(input);
}

base::FileLock RemoteFiles::wait_for_turn(const std::filesystem::path& path) {
  constexpr std::chrono::milliseconds k_pause{100};
  while (!stop_) {
    if (auto lock = base::FileLock::try_lock(path)) return std::move(*lock);
    pause(k_pause);
  }
  throw Error(ErrorKind::cancelled, "waiting for " + path.string() + " was stopped");
}

void RemoteFiles::fetch_one(const RemoteInput& input) {
  const S3Name name = net::parse_s3_name(input.uri);
  const base::fs::path copy(input.copy);
  const base::fs::path tag_file = copy.parent_path() / ".tag";
  base::make_folders(copy.parent_path());
  // One fetches, the others wait: those of other runs, too.
  const base::FileLock lock = wait_for_turn(copy.parent_path() / ".lock");
  net::CurlClient http;
  net::S3Client client(http, net::s3_settings(environment_));
  Patience patience(name, stop_, [this](auto time) { pause(time); });
  const std::string tag = tag_of(patience.ask([&] { return client.head(name, stop_); }));
  const bool is_here =
      base::file_info(copy) && base::try_read_file(tag_file, k_tag_bytes_max) == tag;
  if (is_here) return;
  std::optional<base::AtomicFile> file;
  const S3Answer answer = patience.ask([&] {
    file.emplace(copy);  // each try from the beginning
    return client.get(
        name, [&](std::string_view bytes) { file->write(bytes); }, stop_);
  });
  base::remove_file(tag_file);  // never that of another content
  file->commit(base::Durable::no);
  base::write_file(tag_file, tag_of(answer));
}

}  // namespace weir::engine
