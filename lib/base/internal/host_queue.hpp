#pragma once

#include "base/internal/host_wire.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>

namespace weir::base::internal {

/// A start request that waits for its turn, with the descriptors that came with it.
struct WaitingStart {
  Request request;
  Received received;
};

/// The programs that the host starts by itself, in the order they came. The controller keeps them
/// few (about one for each running program), so they are simply searched.
class WaitingStarts {
 public:
  void add(WaitingStart start) { starts_.push_back(std::move(start)); }
  /// The oldest of a line.
  [[nodiscard]] std::optional<WaitingStart> take_first(std::uint64_t line) {
    return take_if([line](const Request& request) { return request.line == line; });
  }
  [[nodiscard]] std::optional<WaitingStart> take(std::uint64_t id) {
    return take_if([id](const Request& request) { return request.id == id; });
  }
  [[nodiscard]] std::size_t count(std::uint64_t line) const {
    return static_cast<std::size_t>(
        std::count_if(starts_.begin(), starts_.end(),
                      [line](const WaitingStart& start) { return start.request.line == line; }));
  }
  void clear() { starts_.clear(); }

 private:
  template <typename Matches>
  std::optional<WaitingStart> take_if(Matches matches) {
    for (auto start = starts_.begin(); start != starts_.end(); ++start) {
      if (!matches(start->request)) continue;
      std::optional<WaitingStart> found(std::move(*start));
      starts_.erase(start);
      return found;
    }
    return std::nullopt;
  }

  std::list<WaitingStart> starts_;
};

}  // namespace weir::base::internal
