#pragma once

#include "genomics/loader.hpp"

#include <algorithm>
#include <cstring>

namespace weir::genomics {

/// A loader whose bytes come in pieces of its own size: it makes a piece, and `load` hands it out.
/// `Bytes` is std::string or std::vector<std::uint8_t>.
template <typename Bytes>
class PieceLoader : public Loader {
 public:
  std::size_t load(std::uint8_t* to, std::size_t room) final {
    while (ready_at_ == ready_.size() && !finished_) {
      ready_.clear();
      ready_at_ = 0;
      make_piece();
    }
    const std::size_t count = std::min(room, ready_.size() - ready_at_);
    if (count > 0) std::memcpy(to, ready_.data() + ready_at_, count);
    ready_at_ += count;
    return count;
  }

 protected:
  /// Appends what comes next to `ready_`, perhaps nothing; sets `finished_` when nothing follows.
  virtual void make_piece() = 0;

  Bytes ready_;
  bool finished_ = false;

 private:
  std::size_t ready_at_ = 0;
};

}  // namespace weir::genomics
