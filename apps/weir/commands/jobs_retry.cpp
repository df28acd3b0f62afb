#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/file.hpp"
#include "base/process.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "compose/job_view.hpp"
#include "compose/run_detach.hpp"
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
        "Exit status: of the new run; 2 the run succeeded; 4 the job is still active; 7 no such "
        "job.\n");
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
      if (!base::file_info(directory)) {
        throw Error(ErrorKind::not_found, "run " + job.id + " was started in '" +
                                              base::printable(directory) +
                                              "', which is not there any more");
      }
      arguments = command_of(given_arguments(std::move(arguments)));
      if (arguments.front() == "nextflow") {
        resume_upstream(arguments, request.value("session_id", ""));
      } else {
        resume(arguments, request.value("session_id", ""), job.engine);
      }
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
    if (job.state == jobs::JobState::succeeded) {
      throw Error(ErrorKind::usage, "run " + job.id + " succeeded: there is nothing to retry")
          .with_hint("to run it once more, give its command again");
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

  /// The words without those that were of the one run: its key, and that it went on alone.
  static std::vector<std::string> command_of(const std::vector<std::string>& words) {
    constexpr std::string_view k_key = "--idempotency-key";
    std::vector<std::string> kept;
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (words[i] == "--") {  // the rest is somebody else's
        kept.insert(kept.end(), words.begin() + static_cast<std::ptrdiff_t>(i), words.end());
        break;
      }
      if (words[i] == k_key)
        ++i;
      else if (words[i] != "--detach" && !words[i].starts_with(std::string(k_key) + "="))
        kept.push_back(words[i]);
    }
    return kept;
  }

  static bool is_resume(const std::string& word) {
    return word == "-resume" || word == "--resume" || word.starts_with("--resume=") ||
           word.starts_with("-resume=");
  }

  void resume(std::vector<std::string>& arguments, const std::string& session,
              const std::string& engine) const {
    const bool resumes = std::any_of(arguments.begin(), arguments.end(), is_resume);
    std::vector<std::string> added;
    if (!anew_ && !resumes && !session.empty() && engine != "exec")
      added.push_back("--resume=" + session);
    if (detach_) added.emplace_back("--detach");
    arguments.insert(arguments.begin() + 1, added.begin(), added.end());
  }

  /// Of `weir nextflow … run …`, whose options have one dash.
  void resume_upstream(std::vector<std::string>& arguments, const std::string& session) const {
    if (detach_) {
      throw Error(ErrorKind::usage, "a run of `weir nextflow` cannot be retried with --detach")
          .with_hint("retry it without, or start it with `weir run`");
    }
    const bool resumes = std::any_of(arguments.begin(), arguments.end(), is_resume);
    const auto run = std::find(arguments.begin(), arguments.end(), "run");
    if (anew_ || resumes || session.empty() || run == arguments.end()) return;
    arguments.insert(run + 1, {"-resume", session});
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
