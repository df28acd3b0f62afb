#pragma once

#include "base/clock.hpp"
#include "base/fd.hpp"
#include "jobs/cursor.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::runs {

enum class Stream { out, err };

/// From an offset of each log on, bytes belong to `stream`, written at about that time: one line of
/// `order.log` ("O 4096 100 1700000000000").
struct OrderRecord {
  Stream stream = Stream::out;
  std::int64_t out = 0;
  std::int64_t err = 0;
  base::WallTime at{};
};

/// Writes what a run says into its folder: stdout.log and stderr.log as plain bytes, and order.log,
/// from which the two are put together again exactly as they were written.
///
/// One object serves one thread. Appends only; nothing is buffered, so a kill loses nothing.
class RunLog {
 public:
  /// Appends to what is there. Throws Error.
  explicit RunLog(const std::filesystem::path& folder);
  void write(Stream stream, std::string_view bytes);
  /// For logs that somebody else writes (the files are an engine's standard streams): notes which
  /// of them grew since the last call. True when one did.
  bool note_growth();

 private:
  void begin_record(Stream stream);

  std::filesystem::path folder_;
  base::Fd out_;
  base::Fd err_;
  base::Fd order_;
  std::int64_t out_bytes_ = 0;
  std::int64_t err_bytes_ = 0;
  std::optional<Stream> last_;
  base::WallTime last_at_{};
};

/// Reads both logs of a run in the order they were written, from a position on, again and again as
/// they grow. Copes with logs that were cut short or replaced: it begins anew and says so.
class RunLogReader {
 public:
  enum class Which { both, out, err };
  struct Piece {
    Stream stream = Stream::out;
    std::string_view bytes;  ///< valid during the call
    base::WallTime at{};     ///< about when it was written; the epoch when unknown
  };
  /// False: enough.
  using Handler = std::function<bool(const Piece&)>;

  RunLogReader(std::filesystem::path folder, Which which, const jobs::Cursor& from = {});
  /// Hands out what there is now. False when the handler said so.
  bool read(const Handler& handler);
  /// The offsets read up to; `seq` is not its business.
  [[nodiscard]] const jobs::Cursor& position() const { return position_; }
  /// How often a log had to be read from its beginning again.
  [[nodiscard]] int restarts() const { return restarts_; }

 private:
  struct Source {
    std::string name;
    base::Fd fd;
    std::uint64_t inode = 0;
  };
  std::int64_t size_of(Source& source, std::int64_t& position);
  void load_order();
  bool read_up_to(Stream stream, std::int64_t end, base::WallTime at, const Handler& handler);
  [[nodiscard]] std::int64_t& offset_of(Stream stream);

  std::filesystem::path folder_;
  Which which_;
  jobs::Cursor position_;
  Source out_{"stdout.log", {}, 0};
  Source err_{"stderr.log", {}, 0};
  std::vector<OrderRecord> order_;
  std::size_t segment_ = 0;
  std::int64_t order_read_ = 0;
  std::string order_rest_;
  std::string buffer_;
  int restarts_ = 0;
};

/// The offsets at which the last `lines` lines of a run's logs begin, counted over both.
[[nodiscard]] jobs::Cursor tail_position(const std::filesystem::path& folder,
                                         RunLogReader::Which which, std::int64_t lines);
/// The offsets from which on things were written at or after `since`.
[[nodiscard]] jobs::Cursor position_since(const std::filesystem::path& folder,
                                          base::WallTime since);
/// The last lines, made harmless, for a glance.
[[nodiscard]] std::vector<std::string> log_preview(const std::filesystem::path& folder,
                                                   std::size_t lines);

}  // namespace weir::runs
