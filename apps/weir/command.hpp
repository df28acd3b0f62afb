#pragma once

#include "base/exit_status.hpp"
#include "options.hpp"
#include "output.hpp"

#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::app {

struct CommandRow;

/// What the program was given at its start, captured once by main; the library never reads argv or
/// the environment.
struct Context {
  Output& out;
  Output& err;
  std::vector<std::string> environment;  ///< NAME=value
  std::vector<std::string> arguments;    ///< as given, without the program's name
  std::span<char* const> words{};        ///< the same in place, where the process list reads them
  std::filesystem::path working_directory;
  std::optional<std::string> state_dir_option;        ///< --state-dir
  std::optional<std::string> cache_dir_option;        ///< --cache-dir
  bool quiet = false;                                 ///< -q, --quiet
  const std::vector<CommandRow>* commands = nullptr;  ///< main's table
  /// What a command is done with, but for memory: it is freed with the program.
  std::vector<std::shared_ptr<void>> kept{};

  /// Nothing when unset.
  [[nodiscard]] std::optional<std::string> variable(std::string_view name) const;
  /// --state-dir, WEIR_STATE_DIR, else XDG_STATE_HOME/weir, else ~/.local/state/weir. Not created.
  [[nodiscard]] std::filesystem::path state_dir() const;
  /// --cache-dir, WEIR_CACHE_DIR, else XDG_CACHE_HOME/weir, else ~/.cache/weir. Not created.
  [[nodiscard]] std::filesystem::path cache_dir() const;
  /// Where Nextflow keeps what is the user's: NXF_HOME, else ~/.nextflow; empty without a HOME.
  [[nodiscard]] std::filesystem::path nextflow_home() const;
};

/// One command of the suite. `declare` states its options, `run` calls the library and prints.
class Command {
 public:
  virtual ~Command() = default;
  virtual void declare(OptionTable& table) = 0;
  /// For commands with an argument grammar of their own: takes the arguments as they are. Nothing:
  /// they are parsed by the table that `declare` fills.
  [[nodiscard]] virtual std::optional<ExitStatus> run_unparsed(
      const std::vector<std::string>& arguments, Context& context) {
    static_cast<void>(arguments), static_cast<void>(context);
    return std::nullopt;
  }
  /// The status to exit with; errors are thrown and reported by main.
  virtual ExitStatus run(Context& context) = 0;
};

/// A row of main's table.
struct CommandRow {
  std::string_view group;  ///< "" for a command by itself
  std::string_view name;
  std::string_view summary;  ///< one line, lower case, no stop
  std::unique_ptr<Command> (*make)();
  bool hidden = false;
};

/// "jobs list": what the user types after `weir`.
[[nodiscard]] std::string full_name(const CommandRow& row);

/// The options that every command takes.
struct CommonOptions {
  std::string log_level = "warn";
  std::string log_format = "text";
  bool no_colour = false;
  bool quiet = false;
  std::optional<std::string> state_dir;
  std::optional<std::string> cache_dir;
};
void declare_common(OptionTable& table, CommonOptions& options);

/// Prints an error as every command does: "weir: message", then the hint on a line of its own.
void report(const std::exception& error, Output& err);

}  // namespace weir::app
