// The part of a request that concerns a source on another machine.
#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/fault_point.hpp"
#include "base/hash.hpp"
#include "genomics/format.hpp"
#include "genomics/processor.hpp"
#include "net/curl_client.hpp"
#include "net/fetcher.hpp"
#include "preprocess/internal/state.hpp"

#include <fmt/format.h>

#include <utility>

namespace weir::preprocess {
namespace {

/// Shows the fetch to whoever looks, and keeps its beginning and its end together.
class FetchRelay final : public net::FetchObserver {
 public:
  FetchRelay(Observer* observer, Heart& heart, const std::atomic<bool>& stop)
      : observer_(observer), heart_(heart), stop_(stop) {}

  void fetching(std::int64_t done_bytes, std::int64_t total_bytes) override {
    if (stop_) heart_.request_stop();
    heart_.note_progress("fetch", done_bytes, total_bytes);
    if (observer_ != nullptr) observer_->fetching(done_bytes, total_bytes);
  }

 private:
  Observer* observer_;
  Heart& heart_;
  const std::atomic<bool>& stop_;
};

/// What came and is not what was claimed: for somebody to look at.
void keep_rejected(cache::Store& store, const std::filesystem::path& file, Error& error) {
  if (error.code() != "md5_mismatch" && error.code() != "sha256_mismatch") return;
  std::string outcome;
  try {
    outcome =
        "what came is kept: " + store.backend().put_aside(file, base::sha256_file(file)).native();
  } catch (const Error& other) {  // what is wrong with the source must be heard all the same
    outcome = std::string("what came could not be kept: ") + other.what();
  }
  error.with_hint(fmt::format("{}; {}", error.hint(), outcome));
}

bool claims_hold(const net::Claims& claims, const cache::RemoteSource& known) {
  const auto holds = [](const auto& claim, const auto& value) {
    return !claim.has_value() || *claim == value;
  };
  return holds(claims.sha256, known.sha256) && holds(claims.md5, known.md5) &&
         holds(claims.size_bytes, known.size_bytes);
}

}  // namespace

net::HttpClient& Preprocessor::State::http() {
  if (client == nullptr) client = std::make_unique<net::CurlClient>();
  return *client;
}

std::optional<Result> Preprocessor::State::known_remote(const Plan& plan, const Request& request,
                                                        const std::atomic<bool>& stop) {
  const std::optional<cache::RemoteSource> known = remote_memory.find(request.remote->text());
  if (!known.has_value() || !claims_hold(request.claims, *known)) return std::nullopt;
  Plan fetched = plan;
  const std::optional<genomics::Format> format = genomics::parse_format(known->format);
  if (!format.has_value() || !complete_plan(fetched, *format)) return std::nullopt;
  std::optional<Result> result = cached(fetched, known->sha256, How::cached);
  if (!result.has_value()) return std::nullopt;
  // A digest that was claimed and is here needs nobody to be asked.
  if (request.claims.sha256.has_value()) return result;
  if (known->etag.empty() || request.remote->scheme == "drs") return std::nullopt;
  net::Fetcher fetcher(settings.fetch, http());
  if (!fetcher.is_unchanged(*request.remote, known->etag, stop)) return std::nullopt;
  return result;
}

std::string Preprocessor::State::fetch(Plan& plan, const Request& request,
                                       const std::filesystem::path& folder, Heart& heart,
                                       Observer* observer, const std::atomic<bool>& stop) {
  FetchRelay relay(observer, heart, stop);
  net::Fetcher fetcher(settings.fetch, http());
  const std::filesystem::path target = folder / "source";
  net::Fetched fetched;
  try {
    fetched = fetcher.fetch(
        {.source = *request.remote, .target = target, .claims = request.claims, .known_etag = {}},
        &relay, heart.stop());
  } catch (Error& error) {
    if (request.keep_rejected) keep_rejected(cache, target, error);
    throw;
  }
  base::fault_point("source fetched");
  Request local = request;
  local.remote.reset();
  local.claims = {};  // they were held against what came
  local.source = target;
  local.name = plan.work.name;
  std::string key = std::move(plan.workflow_key);
  std::string name = std::move(plan.source_name);
  plan = make_plan(local, settings);
  plan.workflow_key = std::move(key);
  plan.source_name = std::move(name);
  if (!fetched.md5_claimed.empty()) plan.md5_found = fetched.md5;
  plan.md5_claimed = fetched.md5_claimed;
  remote_memory.remember({.url = request.remote->text(),
                          .etag = fetched.etag,
                          .sha256 = fetched.sha256,
                          .md5 = fetched.md5,
                          .size_bytes = fetched.size_bytes,
                          .format = std::string(genomics::name_of(plan.inspection.format))},
                         base::to_millis(base::now_wall()));
  return fetched.sha256;
}

}  // namespace weir::preprocess
