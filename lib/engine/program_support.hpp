#pragma once

#include "lang/features.hpp"

namespace weir::engine {

/// What dataflow and engine implement of the language; the rest is refused before anything runs.
class ProgramSupport final : public lang::Support {
 public:
  [[nodiscard]] bool supports(const lang::Feature& feature) const override;
};

}  // namespace weir::engine
