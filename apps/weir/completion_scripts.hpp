#pragma once

#include "suite.hpp"

#include <deque>
#include <string>

/// Completion scripts made from the suite's option tables. Each completes commands, groups' verbs,
/// options and the options' values (files, folders, or one of a few words).
namespace weir::app {

[[nodiscard]] std::string bash_completions(const std::deque<DescribedCommand>& suite);
[[nodiscard]] std::string zsh_completions(const std::deque<DescribedCommand>& suite);
[[nodiscard]] std::string fish_completions(const std::deque<DescribedCommand>& suite);

}  // namespace weir::app
