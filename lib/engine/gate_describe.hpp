#pragma once

#include "engine/gate_protocol.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace weir::engine {

/// Runs a gate program with `--describe` and reads what it says about itself. Blocks up to `limit`.
/// Throws Error: cannot_begin when it cannot be run or does not answer in time, usage for an answer
/// that is none.
[[nodiscard]] GateDescription describe_gate(const std::vector<std::string>& command,
                                            const std::vector<std::string>& environment,
                                            std::chrono::milliseconds limit);
/// The same as the text that it printed.
[[nodiscard]] std::string gate_description_text(const std::vector<std::string>& command,
                                                const std::vector<std::string>& environment,
                                                std::chrono::milliseconds limit);

inline constexpr std::chrono::milliseconds k_describe_max{5000};

}  // namespace weir::engine
