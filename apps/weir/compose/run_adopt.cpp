#include "compose/run_adopt.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/lock.hpp"
#include "base/log.hpp"
#include "base/process.hpp"
#include "jobs/run_folder.hpp"

#include <fcntl.h>

namespace weir::app {
namespace {

bool is_orphan(const jobs::Job& job, const jobs::JobStore& store) {
  if (!jobs::is_owned(job.state) || (job.engine != "nextflow" && job.engine != "exec"))
    return false;
  if (!jobs::RunFolder::is_held(store.state_dir(), job.id)) return false;
  const auto lock = jobs::RunFolder::path_of(store.state_dir(), job.id) / "supervisor.lock";
  return base::file_info(lock).has_value() &&
         base::FileLock::try_lock(lock, base::LockMode::shared).has_value();
}

}  // namespace

void adopt_orphans(const Context& context, jobs::JobStore& store) {
  for (const jobs::Job& job : store.active()) {
    if (!is_orphan(job, store)) continue;
    base::SpawnOptions options;
    options.argv = {base::own_executable(),      "jobs", "supervise", job.id, "--state-dir",
                    context.state_dir().string()};
    options.environment = context.environment;
    options.directory = "/";
    options.group = base::SpawnOptions::Group::own_session;
    const base::Fd nowhere(::open("/dev/null", O_RDWR | O_CLOEXEC));
    options.stdout_fd = options.stderr_fd = nowhere.get();
    try {
      static_cast<void>(base::spawn(options));
    } catch (const Error& error) {  // the next command tries again
      base::log(base::LogLevel::warn, "no supervisor could be started",
                {{"run", job.id}, {"error", error.what()}});
    }
  }
}

}  // namespace weir::app
