#include "suite.hpp"

namespace weir::app {

DescribedCommand::DescribedCommand(const CommandRow& row)
    : row_(row), command_(row.make()), table_("weir " + full_name(row), std::string(row.summary)) {
  command_->declare(table_);
  declare_common(table_, common_);
}

std::vector<OptionTable::Row> DescribedCommand::options() const {
  std::vector<OptionTable::Row> shown;
  for (const OptionTable::Row& row : table_.rows()) {
    if (!row.positional && !row.hidden) shown.push_back(row);
  }
  shown.push_back({.names = {"-h", "--help"},
                   .value = "",
                   .help = "print what the command does and its options",
                   .group = std::string(k_common_options)});
  return shown;
}

std::vector<OptionTable::Row> DescribedCommand::positionals() const {
  std::vector<OptionTable::Row> shown;
  for (const OptionTable::Row& row : table_.rows()) {
    if (row.positional && !row.hidden) shown.push_back(row);
  }
  return shown;
}

std::deque<DescribedCommand> describe_suite(const Context& context) {
  std::deque<DescribedCommand> commands;
  for (const CommandRow& row : *context.commands) {
    if (!row.hidden) commands.emplace_back(row);
  }
  return commands;
}

}  // namespace weir::app
