#pragma once

#include "command.hpp"
#include "jobs/job_store.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace weir::app {

/// The options that choose jobs, the same in every command that lists some.
class JobFilterOptions {
 public:
  explicit JobFilterOptions(std::int64_t limit) : limit_(limit) {}
  void declare(OptionTable& table);
  /// Throws Error (usage) naming the option and what it takes.
  [[nodiscard]] jobs::JobFilter read(const Context& context) const;

 private:
  std::vector<std::string> kinds_;
  std::vector<std::string> states_;
  std::string lane_;
  std::string engine_;
  bool here_ = false;
  std::optional<std::string> since_;
  std::string before_;
  std::int64_t limit_;
};

}  // namespace weir::app
