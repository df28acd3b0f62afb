#include "repos/git.hpp"

#include "base/environment.hpp"
#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "base/fd.hpp"
#include "base/file.hpp"
#include "base/process.hpp"
#include "base/process_host.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace weir::repos {
namespace {

/// `git rev-parse --local-env-vars`, without the settings: what a hook's environment says of the
/// repository that it is called for.
constexpr std::array<std::string_view, 10> k_of_a_repository{
    "GIT_DIR",        "GIT_WORK_TREE",   "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",     "GIT_NAMESPACE",   "GIT_COMMON_DIR", "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_GRAFT_FILE", "GIT_SHALLOW_FILE"};

constexpr int k_lock_fd = 9;  // of git; free in every program

/// Answers git's question from the environment, where other users cannot read it.
constexpr const char* k_helper =
    "credential.helper=!f() { test \"$1\" = get || exit 0; "
    "printf 'username=%s\\npassword=%s\\n' \"$WEIR_GIT_USER\" \"$WEIR_GIT_PASSWORD\"; }; f";

std::vector<std::string> prepared(const std::vector<std::string>& environment) {
  std::vector<std::string> result;
  for (const std::string& entry : environment) {
    const std::string name = entry.substr(0, entry.find('='));
    if (std::find(k_of_a_repository.begin(), k_of_a_repository.end(), name) ==
        k_of_a_repository.end())
      result.push_back(entry);
  }
  for (const char* const entry : {"GIT_TERMINAL_PROMPT=0", "LC_ALL=C"}) {
    const std::string_view name =
        std::string_view(entry).substr(0, std::string_view(entry).find('='));
    std::erase_if(result, [&](const std::string& other) {
      return other.starts_with(name) && other.substr(name.size()).starts_with('=');
    });
    result.emplace_back(entry);
  }
  return result;
}

std::string content_of(int fd) {
  const std::string path = fmt::format("/proc/self/fd/{}", fd);
  std::string text = base::read_file(path);
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

bool is_unreachable(const std::string& errors) {
  constexpr std::array<std::string_view, 6> k_signs{"Could not resolve",    "Failed to connect",
                                                    "Connection timed out", "Connection refused",
                                                    "Operation timed out",  "unable to access"};
  const bool refused = base::contains(errors, "The requested URL returned error: 4");
  return !refused && std::any_of(k_signs.begin(), k_signs.end(), [&](std::string_view sign) {
    return errors.find(sign) != std::string::npos;
  });
}

/// What git says went wrong, without its remarks and its advice.
std::string cause_of(const Git::Answer& answer) {
  std::string cause;
  for (const std::string_view line : base::split(answer.errors, '\n')) {
    const bool is_cause = line.starts_with("fatal: ") || line.starts_with("error: ");
    if (!is_cause) continue;
    cause += (cause.empty() ? "" : "; ") + std::string(line.substr(7));
  }
  if (cause.empty()) cause = base::replace_all(answer.errors, "\n", "; ");
  return cause.empty() ? fmt::format("git ended with status {}", answer.status) : cause;
}

}  // namespace

Git::Git(const std::vector<std::string>& environment) : environment_(prepared(environment)) {}

Git::Answer Git::ask(std::vector<std::string> arguments, const GitCall& call) const {
  base::SpawnOptions options;
  options.argv = {
      "git", "-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c", "advice.detachedHead=false"};
  options.environment = environment_;
  if (call.lock_fd >= 0) options.extra_fds = {{call.lock_fd, k_lock_fd}};
  if (!call.credentials.password.empty()) {
    options.argv.insert(options.argv.end(), {"-c", "credential.helper=", "-c", k_helper});
    options.environment->push_back("WEIR_GIT_USER=" + call.credentials.user);
    options.environment->push_back("WEIR_GIT_PASSWORD=" + call.credentials.password);
  }
  std::move(arguments.begin(), arguments.end(), std::back_inserter(options.argv));
  const base::TempDir folder;
  const base::Fd output = base::open_scratch(folder.path());
  const base::Fd errors = base::open_scratch(folder.path());
  options.stdout_fd = output.get();
  options.stderr_fd = errors.get();

  base::EventLoop loop;
  base::ProcessHost host(loop, {});
  Answer answer;
  std::string refusal;
  host.start(options, {.started =
                           [&](pid_t leader, const std::string& error) {
                             if (leader > 0) return;
                             refusal = error;
                             loop.stop();
                           },
                       .exited = [&](const base::HostedExit& exit) { answer.status = exit.status; },
                       .emptied = [&] { loop.stop(); }});
  loop.run();
  if (!refusal.empty()) {
    throw Error(ErrorKind::cannot_begin, "cannot start 'git': " + refusal)
        .with_hint("pipelines are fetched by git: install it");
  }
  answer.output = content_of(output.get());
  answer.errors = content_of(errors.get());
  return answer;
}

std::string Git::run(const std::string& attempted, std::vector<std::string> arguments,
                     const GitCall& call) const {
  Answer answer = ask(std::move(arguments), call);
  if (answer.status == 0) return std::move(answer.output);
  ErrorKind kind = ErrorKind::not_found;
  std::string hint;
  if (is_unreachable(answer.errors)) {
    kind = ErrorKind::temporary;
  } else if (base::contains(answer.errors, "Authentication failed")) {
    kind = ErrorKind::not_permitted;
    hint = "the name or the password is wrong: weir-pull(1), SIGNING IN";
  } else if (base::contains(answer.errors, "could not read Username")) {
    hint = "there is no such repository, or it is not public: weir-pull(1), SIGNING IN";
  }
  throw Error(kind, fmt::format("cannot {}: {}", attempted, cause_of(answer))).with_hint(hint);
}

}  // namespace weir::repos
