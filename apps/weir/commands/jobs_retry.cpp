#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/process.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "compose/job_view.hpp"
#include "compose/secret_params.hpp"

#include <unistd.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace weir::app {
namespace {

class JobsRetry final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("JOB", id_, Required::yes,
                     "an id or its unique beginning, @last or @lane:NAME");
    table.flag("--detach", detach_, "print the new run's id and go on in the background");
    table.flag("--anew", anew_, "do not resume: run its tasks again too");
    table.epilogue(
        "Gives the command of a run that failed, was cancelled or lost again, in its launch "
        "directory, resuming what it had\nfinished. Other jobs are started again by asking for "
        "them again.\n\n"
        "Exit status: of the new run; 4 the job is still active; 7 no such job.\n");
  }

  ExitStatus run(Context& context) override {
    std::vector<std::string> arguments;
    std::string directory;
    {
      const std::unique_ptr<jobs::JobStore> store = open_jobs(context);
      const jobs::Job job = store->resolve_run(id_);
      refuse_unless_retriable(job);
      const nlohmann::ordered_json request = parse_or_null(job.request_json);
      arguments = request.value("arguments", std::vector<std::string>());
      directory = request.value("launch_dir", "");
      if (arguments.empty() || directory.empty()) {
        throw Error(ErrorKind::usage, "job " + job.id + " does not say how it was started")
            .with_hint("give its command again");
      }
      refuse_secrets(job, request);
      resume(arguments, request.value("session_id", ""), job.engine);
    }
    base::SpawnOptions options;
    options.argv = {base::own_executable()};
    options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
    options.environment = context.environment;
    options.directory = directory;
    options.stdin_fd = STDIN_FILENO;
    // In our group: what the terminal sends to this command reaches the run as well.
    options.group = base::SpawnOptions::Group::inherit;
    base::Child child = base::spawn(options);
    return static_cast<ExitStatus>(child.wait().status);
  }

 private:
  static void refuse_unless_retriable(const jobs::Job& job) {
    if (job.kind != jobs::JobKind::run) {
      throw Error(ErrorKind::usage, "job " + job.id + " is no run")
          .with_hint("ask for it again as it was asked for: " + base::printable(job.name));
    }
    if (!jobs::is_terminal(job.state)) {
      throw Error(ErrorKind::busy, "run " + job.id + " is still active")
          .with_hint("`weir jobs attach " + job.id + "` follows it");
    }
  }

  /// What must not be written down is not there to be given again.
  static void refuse_secrets(const jobs::Job& job, const nlohmann::ordered_json& request) {
    const auto words = request.value("arguments", std::vector<std::string>());
    const bool masked = std::any_of(words.begin(), words.end(), [](const std::string& word) {
      return word == k_masked || word.ends_with("=" + std::string(k_masked));
    });
    const auto names = request.value("secret_params", std::vector<std::string>());
    if (!masked || names.empty()) return;
    throw Error(ErrorKind::usage, "run " + job.id + " was given secret parameters (" +
                                      base::printable(base::join(names, ", ")) +
                                      "), whose values are not kept")
        .with_hint("give its command again, with --resume=" +
                   base::printable(request.value("session_id", "")));
  }

  void resume(std::vector<std::string>& arguments, const std::string& session,
              const std::string& engine) const {
    const auto is_resume = [](const std::string& word) {
      return word == "-resume" || word == "--resume" || word.starts_with("--resume=") ||
             word.starts_with("-resume=");
    };
    const auto is_detach = [](const std::string& word) { return word == "--detach"; };
    arguments.erase(std::remove_if(arguments.begin(), arguments.end(), is_detach), arguments.end());
    const bool resumes = std::any_of(arguments.begin(), arguments.end(), is_resume);
    std::vector<std::string> added;
    if (!anew_ && !resumes && !session.empty() && engine != "exec")
      added.push_back("--resume=" + session);
    if (detach_) added.emplace_back("--detach");
    arguments.insert(arguments.begin() + 1, added.begin(), added.end());
  }

  std::string id_;
  bool detach_ = false;
  bool anew_ = false;
};

}  // namespace

std::unique_ptr<Command> make_jobs_retry() {
  return std::make_unique<JobsRetry>();
}

}  // namespace weir::app
