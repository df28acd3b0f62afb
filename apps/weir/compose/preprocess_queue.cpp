#include "compose/preprocess_queue.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/lock.hpp"
#include "base/process.hpp"
#include "base/thread_pool.hpp"
#include "compose/preprocess_sources.hpp"
#include "compose/progress_board.hpp"
#include "jobs/job_store.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <exception>
#include <iterator>
#include <memory>
#include <mutex>
#include <utility>

namespace weir::app {
namespace {

constexpr int k_queue_schema = 1;

std::string_view word_of(preprocess::Submitted::How how) {
  switch (how) {
    case preprocess::Submitted::How::queued: return "queued";
    case preprocess::Submitted::How::attached: return "attached";
    case preprocess::Submitted::How::cached: return "cached";
  }
  return "queued";
}

/// Whether a job waits that could begin now.
bool has_waiting(const std::filesystem::path& state_dir) {
  jobs::JobStore store(state_dir);
  jobs::JobFilter filter;
  filter.kinds = {jobs::JobKind::preprocess};
  filter.states = {jobs::JobState::queued};
  const base::WallTime now = base::now_wall();
  const std::vector<jobs::Job> waiting = store.list(filter);
  return std::any_of(waiting.begin(), waiting.end(),
                     [&](const jobs::Job& job) { return job.not_before <= now; });
}

FileResult result_of(preprocess::Worked worked, std::chrono::milliseconds duration) {
  FileResult file;
  file.name = std::move(worked.name);
  file.result = std::move(worked.result);
  file.error = std::move(worked.error);
  file.duration = duration;
  return file;
}

/// What the threads of one pool share.
struct Pool {
  const FilesOptions& options;
  const std::atomic<bool>& stop;
  ProgressBoard& board;
  const std::function<void(const FileResult&)>& done;
  std::mutex mutex;
  std::vector<FileResult> files;  ///< guarded by mutex

  void work(std::size_t item) {
    preprocess::Preprocessor preprocessor(options.settings);
    while (!stop) {
      std::unique_ptr<Watcher> watcher;
      const base::BootTime began = base::now_boot();
      std::optional<preprocess::Worked> worked = preprocessor.work_next(
          [&](const preprocess::Worked& begun) -> preprocess::Observer* {
            watcher = std::make_unique<Watcher>(board, item, begun.name);
            return watcher.get();
          },
          stop);
      watcher.reset();
      if (!worked.has_value()) return;
      FileResult file = result_of(
          std::move(*worked),
          std::chrono::duration_cast<std::chrono::milliseconds>(base::now_boot() - began));
      const std::lock_guard guard(mutex);
      done(file);
      files.push_back(std::move(file));
    }
  }
};

}  // namespace

std::vector<QueuedFile> submit_files(const std::vector<std::string>& names,
                                     const FilesOptions& options) {
  preprocess::Preprocessor preprocessor(options.settings);
  std::vector<QueuedFile> files;
  for (const std::string& name : names) {
    QueuedFile file{name, {}, {}};
    try {
      if (name == "-") {
        throw Error(ErrorKind::usage, "standard input cannot be put into the queue")
            .with_hint("write it to a file first, or leave --detach out");
      }
      preprocess::Request request = request_for(name, options.request);
      if (options.output_dir.has_value()) {
        request.delivery = preprocess::Delivery{
            std::filesystem::absolute(*options.output_dir).lexically_normal(), options.mode};
      }
      file.submitted = preprocessor.submit(request);
    } catch (const Error& error) {
      file.error = error;
    }
    files.push_back(std::move(file));
  }
  return files;
}

nlohmann::ordered_json json_of(const std::vector<QueuedFile>& files) {
  nlohmann::ordered_json document{{"schema", k_queue_schema},
                                  {"files", nlohmann::ordered_json::array()}};
  for (const QueuedFile& file : files) {
    nlohmann::ordered_json entry{{"source", file.name}};
    if (file.submitted.has_value()) {
      entry["status"] = word_of(file.submitted->how);
      entry["job_id"] = file.submitted->job_id;
    } else {
      entry["status"] = "failed";
      entry["error"] = json_of(*file.error);
    }
    document["files"].push_back(std::move(entry));
  }
  return document;
}

void start_drainer(const std::vector<std::string>& arguments) {
  const base::Fd nowhere = base::open_append("/dev/null");
  base::SpawnOptions spawn;
  spawn.argv = {base::own_executable(), "preprocess", "--drain-queue", "--on-duty", "--quiet"};
  spawn.argv.insert(spawn.argv.end(), arguments.begin(), arguments.end());
  spawn.stdout_fd = nowhere.get();
  spawn.stderr_fd = nowhere.get();
  // It must not keep the caller's folder from being unmounted, nor die with its terminal.
  spawn.directory = "/";
  spawn.group = base::SpawnOptions::Group::own_session;
  static_cast<void>(base::spawn(spawn));
}

std::vector<FileResult> drain_queue(const FilesOptions& options, const std::atomic<bool>& stop,
                                    ProgressBoard& board,
                                    const std::function<void(const FileResult&)>& done) {
  Pool pool{
      .options = options, .stop = stop, .board = board, .done = done, .mutex = {}, .files = {}};
  std::exception_ptr failure;
  const auto work = [&](std::size_t item) {
    try {
      pool.work(item);
    } catch (...) {
      const std::lock_guard guard(pool.mutex);
      failure = std::current_exception();
    }
  };
  if (options.jobs <= 1) {
    work(0);
  } else {
    base::ThreadPool threads(options.jobs);
    for (std::size_t item = 0; item < options.jobs; ++item)
      threads.submit([&work, item] { work(item); });
  }
  if (failure) std::rethrow_exception(failure);
  return std::move(pool.files);
}

std::vector<FileResult> drain_queue_on_duty(const FilesOptions& options,
                                            const std::atomic<bool>& stop, ProgressBoard& board,
                                            const std::function<void(const FileResult&)>& done) {
  const std::filesystem::path lock_file = options.settings.state_dir / "preprocess-duty.lock";
  std::vector<FileResult> all;
  // Whoever puts a job into the queue after our last look starts a process that finds the lock
  // taken and goes; so after letting go of the lock we look once more.
  while (!stop) {
    {
      const std::optional<base::FileLock> duty = base::FileLock::try_lock(lock_file);
      if (!duty.has_value()) return all;
      std::vector<FileResult> files = drain_queue(options, stop, board, done);
      all.insert(all.end(), std::make_move_iterator(files.begin()),
                 std::make_move_iterator(files.end()));
    }
    if (!has_waiting(options.settings.state_dir)) return all;
  }
  return all;
}

}  // namespace weir::app
