#pragma once

#include "cache/remote_memory.hpp"
#include "cache/source_memory.hpp"
#include "cache/store.hpp"
#include "jobs/job_store.hpp"
#include "preprocess/internal/heart.hpp"
#include "preprocess/internal/plan.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace weir::net {
class HttpClient;
}

namespace weir::preprocess {

/// What one object works with: the job table, the cache, and the steps of a request, which are in
/// preprocessor.cpp (who does it), work.cpp (doing it), remote.cpp (fetching) and queue.cpp
/// (later).
struct Preprocessor::State {
  explicit State(Settings given);
  ~State();
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  Settings settings;
  jobs::JobStore jobs;
  cache::Store cache;
  cache::SourceMemory memory;
  cache::RemoteMemory remote_memory;
  std::unique_ptr<net::HttpClient> client;  ///< opened when first needed

  // Who does it.
  Plan plan_of(const Request& request);
  std::optional<Result> known(const Plan& plan, const Request& request,
                              const std::atomic<bool>& stop);
  std::optional<std::string> known_digest(const Plan& plan);
  std::optional<Result> cached(const Plan& plan, const std::string& source_sha256, How how);
  jobs::Submission submission(const Plan& plan, const Request& request) const;
  std::optional<Result> wait_for(const Plan& plan, const Request& request, jobs::Job job,
                                 Observer* observer, const std::atomic<bool>& stop);
  std::optional<Result> result_of(const Plan& plan, const jobs::Job& job);

  // Doing it.
  Result work(const Plan& plan, const Request& request, const jobs::Attempt& attempt,
              Observer* observer, const std::atomic<bool>& stop);
  /// As `make`; when the disk of the cache is full, once more after making room in the cache.
  Result make_with_room(const Plan& plan, const Request& request, const jobs::Attempt& attempt,
                        Heart& heart, Observer* observer, const std::atomic<bool>& stop);
  /// Removes the least recently used until the work may fit. False: there was nothing to remove.
  bool make_room(std::int64_t needed_bytes);
  Result make(Plan& plan, const Request& request, const jobs::Attempt& attempt, Heart& heart,
              Observer* observer, const std::atomic<bool>& stop);
  genomics::ProcessReport process(const Plan& plan, const std::filesystem::path& folder,
                                  Heart& heart, Observer* observer, const std::atomic<bool>& stop);
  Result commit(const Plan& plan, const Request& request, const genomics::ProcessReport& report,
                const std::filesystem::path& folder, const jobs::Attempt& attempt);
  Result adopt(Result result, const Request& request, const jobs::Attempt& attempt);
  void deliver(const Request& request, const Result& result) const;
  void finish_stages(const jobs::Attempt& attempt, const Result& result);

  // Fetching.
  std::optional<Result> known_remote(const Plan& plan, const Request& request,
                                     const std::atomic<bool>& stop);
  /// Into `folder`; `plan` becomes that of the file fetched. Its SHA-256.
  std::string fetch(Plan& plan, const Request& request, const std::filesystem::path& folder,
                    Heart& heart, Observer* observer, const std::atomic<bool>& stop);
  net::HttpClient& http();
};

/// What the job's record keeps of an error, and back.
[[nodiscard]] jobs::Outcome outcome_of(const Error& error);
[[nodiscard]] Error error_of(const jobs::Job& job);
[[nodiscard]] Error remembered_error(const jobs::Job& job);
[[nodiscard]] Error too_many_jobs(std::int64_t active_max);

}  // namespace weir::preprocess
