#pragma once

#include "command.hpp"

#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace weir::app {

/// A command as its user sees it: what completions and man pages are made from.
class DescribedCommand {
 public:
  explicit DescribedCommand(const CommandRow& row);
  DescribedCommand(const DescribedCommand&) = delete;
  DescribedCommand& operator=(const DescribedCommand&) = delete;

  [[nodiscard]] const CommandRow& row() const { return row_; }
  [[nodiscard]] std::string name() const { return full_name(row_); }
  [[nodiscard]] std::string usage() const { return table_.usage(); }
  /// The shown options, `--help` and the common ones last.
  [[nodiscard]] std::vector<OptionTable::Row> options() const;
  [[nodiscard]] std::vector<OptionTable::Row> positionals() const;

 private:
  const CommandRow& row_;
  std::unique_ptr<Command> command_;
  CommonOptions common_;
  OptionTable table_;
};

/// The title that `declare_common` gives to the options of every command.
inline constexpr std::string_view k_common_options = "Common options";

/// Every command that help shows, in the order of the help.
[[nodiscard]] std::deque<DescribedCommand> describe_suite(const Context& context);

}  // namespace weir::app
