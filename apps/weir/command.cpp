#include "command.hpp"

#include "base/environment.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace weir::app {

std::optional<std::string> Context::variable(std::string_view name) const {
  return base::variable_in(environment, name);
}

namespace {

/// The XDG base directory rules: a relative value of the variable is ignored.
std::filesystem::path xdg_folder(const Context& context, std::string_view variable,
                                 std::string_view below_home) {
  if (const auto folder = context.variable(variable); folder && folder->starts_with('/')) {
    return std::filesystem::path(*folder) / "weir";
  }
  const auto home = context.variable("HOME");
  if (!home || home->empty()) {
    throw Error(ErrorKind::usage, "HOME is not set, so there is no place for weir's state")
        .with_hint(
            "set HOME, WEIR_STATE_DIR and WEIR_CACHE_DIR, or give --state-dir and --cache-dir");
  }
  return std::filesystem::path(*home) / below_home / "weir";
}

}  // namespace

std::filesystem::path Context::state_dir() const {
  if (state_dir_option) return working_directory / *state_dir_option;
  if (const auto folder = variable("WEIR_STATE_DIR"); folder && !folder->empty())
    return working_directory / *folder;
  return xdg_folder(*this, "XDG_STATE_HOME", ".local/state");
}

std::filesystem::path Context::cache_dir() const {
  if (cache_dir_option) return working_directory / *cache_dir_option;
  if (const auto folder = variable("WEIR_CACHE_DIR"); folder && !folder->empty())
    return working_directory / *folder;
  return xdg_folder(*this, "XDG_CACHE_HOME", ".cache");
}

std::filesystem::path Context::nextflow_home() const {
  const std::string named = variable("NXF_HOME").value_or("");
  if (!named.empty()) return named;
  const std::string home = variable("HOME").value_or("");
  return home.empty() ? std::filesystem::path() : std::filesystem::path(home) / ".nextflow";
}

std::string full_name(const CommandRow& row) {
  return row.group.empty() ? std::string(row.name)
                           : std::string(row.group) + " " + std::string(row.name);
}

void declare_common(OptionTable& table, CommonOptions& options) {
  table.group("Common options");
  table.flag("-q,--quiet", options.quiet, "print nothing but results and errors");
  table.option("--log-level", options.log_level, "LEVEL", "{}");
  table.words(base::log_level_names());
  table.option("--log-format", options.log_format, "FORMAT", "text, or json for one object a line");
  table.words({"text", "json"});
  table.flag("--no-color", options.no_colour, "no colours, whatever the terminal says");
  table.option("--state-dir", options.state_dir, "DIR",
               "where jobs are recorded [WEIR_STATE_DIR or XDG state]");
  table.option("--cache-dir", options.cache_dir, "DIR",
               "where artifacts are kept [WEIR_CACHE_DIR or XDG cache]");
}

void report(const std::exception& error, Output& err) {
  const std::string_view bold = err.colour() ? "\033[1;31m" : "";
  const std::string_view plain = err.colour() ? "\033[0m" : "";
  err.line(std::string(bold) + "weir: " + std::string(plain) + error.what());
  const auto* ours = dynamic_cast<const Error*>(&error);
  if (ours != nullptr && !ours->hint().empty()) err.line("  hint: " + ours->hint());
}

}  // namespace weir::app
