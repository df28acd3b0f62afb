#pragma once

#include "engine/gate_keeper.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace weir::engine {

/// One rule of weir-gate/1 and what a gate program did about it.
struct ConformanceResult {
  enum class Verdict { pass, fail, note, skip };
  std::string rule;
  Verdict verdict = Verdict::pass;
  std::string text;  ///< what was seen; empty for a plain pass
};

struct ConformanceOptions {
  GateSpec gate;  ///< of kind external: the program, its mode and hints
  GateRequest request;
  GateKeeper::Options keeper;
  std::chrono::milliseconds limit{30000};  ///< of one answer
};

/// Drives a gate program through the rules of its protocol: description, answers, repeats, broken
/// and large requests, a closed input, cancellation, leftovers; in multiplex mode hello, many
/// requests at once, cancel, shutdown. Blocks; runs the program about a dozen times. Throws Error
/// when it cannot be started at all.
[[nodiscard]] std::vector<ConformanceResult> check_conformance(const ConformanceOptions& options);

}  // namespace weir::engine
