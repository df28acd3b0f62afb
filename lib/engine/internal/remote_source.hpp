#pragma once

#include "base/file.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace weir::engine {

/// What a remote file is now.
struct RemoteSeen {
  std::string tag;  ///< another text when its content changed, as far as its server tells
  std::optional<std::int64_t> size_bytes;
  std::int64_t modified_millis = 0;  ///< 0: not told
};

/// One file on somebody else's machine. Everything blocks and throws Error: `upstream_missing` when
/// there is no such file, `cancelled` when `stop` became true. For one thread at a time.
class RemoteSource {
 public:
  virtual ~RemoteSource() = default;
  [[nodiscard]] virtual RemoteSeen look() = 0;
  /// Writes `target`, which is junk after an error, and answers the tag of what was written. `seen`
  /// is what `look` answered.
  [[nodiscard]] virtual std::string fetch(const base::fs::path& target, const RemoteSeen& seen) = 0;
};

/// What sources share with those who use them.
struct RemoteSurroundings {
  const std::vector<std::string>& environment;
  const std::atomic<bool>& stop;
  std::function<void(std::chrono::milliseconds)> pause;  ///< ends early when `stop` becomes true
};

[[nodiscard]] std::unique_ptr<RemoteSource> make_s3_source(const std::string& uri,
                                                           RemoteSurroundings surroundings);
/// http and https, by the user's own word: private addresses and plain connections are not refused,
/// as those of `weir preprocess` are.
[[nodiscard]] std::unique_ptr<RemoteSource> make_http_source(const std::string& uri,
                                                             RemoteSurroundings surroundings);

}  // namespace weir::engine
