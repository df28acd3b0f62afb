#include "compose/run_detach.hpp"

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/file.hpp"
#include "compose/job_view.hpp"
#include "compose/secret_params.hpp"
#include "engine/params.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace weir::app {
namespace {

constexpr const char* k_handshake_option = "--handshake-fd";
constexpr const char* k_secrets_option = "--secrets-fd";
constexpr int k_handshake_fd = 3;
constexpr int k_secrets_fd = 4;

std::vector<std::string> child_arguments(const Context& context, const SecretParams& secret) {
  std::vector<std::string> arguments = secret.masked(context.arguments);
  // After the command's name: what follows `--` belongs to an engine.
  arguments.insert(arguments.begin() + 1, {k_handshake_option, std::to_string(k_handshake_fd)});
  if (!secret.empty())
    arguments.insert(arguments.begin() + 1, {k_secrets_option, std::to_string(k_secrets_fd)});
  return arguments;
}

bool is_given_secret(const engine::RunSettings& settings, const engine::ParamOverride& param) {
  return param.text.has_value() && engine::is_secret_param(settings, param.name);
}

/// The values of secret parameters in the order of the command line, in memory alone.
base::Fd secret_file(const engine::RunSettings& settings) {
  nlohmann::json values = nlohmann::json::array();
  for (const engine::ParamOverride& param : settings.params) {
    // As bytes: a value need not be UTF-8, and JSON is.
    if (is_given_secret(settings, param))
      values.push_back(std::vector<std::uint8_t>(param.text->begin(), param.text->end()));
  }
  base::Fd file(::memfd_create("weir", MFD_CLOEXEC));
  if (!file) throw system_error("create", "a file in memory", errno);
  base::write_all(file.get(), values.dump(), "a file in memory");
  return file;
}

/// Reads both pipes until the handshake is closed (said, or the child has ended).
std::string read_word(int handshake, int errors, std::string& said) {
  std::string word;
  std::array<pollfd, 2> watched{{{handshake, POLLIN, 0}, {errors, POLLIN, 0}}};
  std::array<char, 4096> block{};
  while (watched[0].fd >= 0) {
    if (::poll(watched.data(), watched.size(), -1) < 0) continue;
    for (std::size_t i = 0; i < watched.size(); ++i) {
      if (watched.at(i).fd < 0 || watched.at(i).revents == 0) continue;
      const ssize_t got = ::read(watched.at(i).fd, block.data(), block.size());
      if (got > 0) {
        (i == 0 ? word : said).append(block.data(), static_cast<std::size_t>(got));
      } else if (got == 0) {
        watched.at(i).fd = -1;
      }
    }
    if (word.ends_with('\n')) break;
  }
  return word;
}

}  // namespace

std::vector<std::string> given_arguments(std::vector<std::string> arguments) {
  while (arguments.size() > 2 &&
         (arguments[1] == k_handshake_option || arguments[1] == k_secrets_option))
    arguments.erase(arguments.begin() + 1, arguments.begin() + 3);
  return arguments;
}

base::SpawnOptions own_session(const Context& context, std::vector<std::string> arguments) {
  base::SpawnOptions options;
  options.argv = std::move(arguments);
  options.argv.insert(options.argv.begin(), base::own_executable());
  options.environment = context.environment;
  options.directory = context.working_directory.string();
  options.group = base::SpawnOptions::Group::own_session;
  return options;
}

ExitStatus start_detached(Context& context, const RunControl& control,
                          const engine::RunSettings& settings) {
  const SecretParams secret(settings);
  const base::Fd secrets = secret.empty() ? base::Fd() : secret_file(settings);
  base::Pipe handshake = base::make_pipe();
  base::Pipe errors = base::make_pipe();
  base::SpawnOptions options = own_session(context, child_arguments(context, secret));
  options.stdout_fd = errors.write.get();
  options.stderr_fd = errors.write.get();
  options.extra_fds = {{handshake.write.get(), k_handshake_fd}};
  if (secrets) options.extra_fds.emplace_back(secrets.get(), k_secrets_fd);
  base::Child child = base::spawn(options);
  handshake.write.reset();
  errors.write.reset();
  std::string said;
  const std::string word = read_word(handshake.read.get(), errors.read.get(), said);
  if (word.empty()) {
    std::array<char, 4096> block{};
    for (ssize_t got = 0; (got = ::read(errors.read.get(), block.data(), block.size())) > 0;)
      said.append(block.data(), static_cast<std::size_t>(got));
    const base::ProcessExit end = child.wait();
    context.err.write(said);
    return static_cast<ExitStatus>(end.status);
  }
  context.err.write(said);
  const std::string id = word.substr(0, word.find_first_of(" \n"));
  if (control.json) {
    print_json({{"schema", k_jobs_schema}, {"id", id}, {"pid", child.pid()}}, context.out);
  } else {
    context.out.line(id);
  }
  return ExitStatus::ok;
}

void take_secret_params(const RunControl& control, engine::RunSettings& settings) {
  if (control.secrets_fd < 0) return;
  const base::Fd file(control.secrets_fd);
  const off_t size = ::lseek(file.get(), 0, SEEK_END);
  std::string text(static_cast<std::size_t>(std::max<off_t>(size, 0)), '\0');
  const ssize_t got = ::pread(file.get(), text.data(), text.size(), 0);
  const auto values = nlohmann::json::parse(got < 0 ? "" : text, nullptr, false);
  std::size_t taken = 0;
  for (engine::ParamOverride& param : settings.params) {
    if (!is_given_secret(settings, param)) continue;
    if (!values.is_array() || taken == values.size())
      throw Error(ErrorKind::bug, "the secret parameters did not arrive");
    const auto bytes = values[taken++].get<std::vector<std::uint8_t>>();
    param.text = std::string(bytes.begin(), bytes.end());
  }
}

void shake_hands(const RunControl& control, const std::string& id, Output& err) {
  if (!control.is_detached_child()) return;
  err.flush();
  err.abandon();
  const base::Fd nowhere(::open("/dev/null", O_RDWR | O_CLOEXEC));
  ::dup2(nowhere.get(), STDOUT_FILENO);
  ::dup2(nowhere.get(), STDERR_FILENO);
  base::Fd handshake(control.handshake_fd);
  try {
    base::write_all(handshake.get(), id + "\n", "the handshake");
  } catch (const Error&) {
    // The parent has gone meanwhile; the run was asked for all the same.
  }
}

}  // namespace weir::app
