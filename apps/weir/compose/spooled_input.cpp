#include "compose/spooled_input.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/file.hpp"
#include "base/text.hpp"

#include <poll.h>
#include <unistd.h>

#include <fmt/format.h>

#include <cerrno>
#include <vector>

namespace weir::app {
namespace {

/// Whether there is something to read, or the end.
bool is_ready(std::chrono::milliseconds wait) {
  pollfd input{STDIN_FILENO, POLLIN, 0};
  return ::poll(&input, 1, static_cast<int>(wait.count())) > 0;
}

}  // namespace

SpooledInput::SpooledInput(const std::filesystem::path& cache_dir,
                           std::optional<std::chrono::milliseconds> limit,
                           const std::atomic<bool>& stop)
    : workspace_(cache_dir) {
  constexpr std::chrono::milliseconds k_look{50};
  const base::BootTime began = base::now_boot();
  const base::Fd out = base::open_write(path());
  std::vector<char> piece(std::size_t{1} << 20);
  for (;;) {
    if (stop) throw Error(ErrorKind::cancelled, "stopped while reading standard input");
    if (limit.has_value() && base::now_boot() - began > *limit) {
      throw Error(ErrorKind::timed_out, fmt::format("standard input did not end within {}",
                                                    base::format_duration(*limit)))
          .with_code("deadline");
    }
    if (!is_ready(k_look)) continue;
    const ssize_t got = ::read(STDIN_FILENO, piece.data(), piece.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got < 0) throw system_error("read", "standard input", errno);
    if (got == 0) return;
    base::write_all(out.get(), {piece.data(), static_cast<std::size_t>(got)}, "standard input");
  }
}

}  // namespace weir::app
