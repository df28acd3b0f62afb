#pragma once

#include <cstddef>
#include <string_view>
#include <utility>

namespace weir::base {

/// Owns one file descriptor; closes it. Move-only; empty (-1) when default-made or moved from.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) {
      reset();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  ~Fd() { reset(); }

  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] explicit operator bool() const { return fd_ >= 0; }
  /// Gives up ownership.
  [[nodiscard]] int release() { return std::exchange(fd_, -1); }
  /// Closes now; errors of close are ignored (use `sync` first where they matter).
  void reset();

 private:
  int fd_ = -1;
};

/// A pipe, both ends close-on-exec. Throws Error.
struct Pipe {
  Fd read;
  Fd write;
};
[[nodiscard]] Pipe make_pipe();

/// Writes all bytes, going on after short writes and interruptions. Throws Error; `what` names the
/// target.
void write_all(int fd, std::string_view bytes, std::string_view what);

/// Reads up to `size` bytes, fewer only at end of file; interruptions are retried. Throws Error.
[[nodiscard]] std::size_t read_some(int fd, char* buffer, std::size_t size, std::string_view what);

/// Sets or clears O_NONBLOCK. Throws Error.
void set_nonblocking(int fd, bool nonblocking);

}  // namespace weir::base
