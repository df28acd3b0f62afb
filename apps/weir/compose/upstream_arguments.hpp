#pragma once

#include "base/error.hpp"
#include "compose/pipeline_run.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace weir::app {

/// Upstream's arguments: options with one dash (two-word values), parameters with two.
class ArgumentReader {
 public:
  explicit ArgumentReader(std::vector<std::string> arguments) : arguments_(std::move(arguments)) {}

  [[nodiscard]] bool ended() const { return at_ == arguments_.size(); }
  [[nodiscard]] const std::string& peek() const { return arguments_[at_]; }
  std::string take() { return arguments_[at_++]; }
  /// The value of `option`. Throws Error (usage) when there is none.
  std::string value_of(const std::string& option) {
    if (ended()) throw Error(ErrorKind::usage, "option '" + option + "' needs a value");
    return take();
  }
  /// The next word unless it is an option or the script.
  std::string optional_value(const std::function<bool(const std::string&)>& is_value) {
    return !ended() && is_value(peek()) ? take() : std::string();
  }

 private:
  std::vector<std::string> arguments_;
  std::size_t at_ = 0;
};

/// Takes an option about a pipeline in a repository; false: `word` is none.
bool read_source_option(SourceRequest& source, const std::string& word, ArgumentReader& reader);

/// The arguments of `nextflow run`. Throws Error (usage) for an unknown option and a missing
/// script.
void read_run_arguments(PipelineRequest& request, ArgumentReader& reader);

}  // namespace weir::app
