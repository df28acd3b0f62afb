#include "base/fd.hpp"

#include "base/error.hpp"
#include "base/fault_point.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace weir::base {

void Fd::reset() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

Pipe make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw system_error("open", "a pipe", errno);
  return {Fd(ends[0]), Fd(ends[1])};
}

void write_all(int fd, std::string_view bytes, std::string_view what) {
  fault_point("write");
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      throw system_error("write to", what, errno);
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::size_t read_some(int fd, char* buffer, std::size_t size, std::string_view what) {
  std::size_t filled = 0;
  while (filled < size) {
    const ssize_t got = ::read(fd, buffer + filled, size - filled);
    if (got < 0) {
      if (errno == EINTR) continue;
      throw system_error("read", what, errno);
    }
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  return filled;
}

void set_nonblocking(int fd, bool nonblocking) {
  const int flags = ::fcntl(fd, F_GETFL);
  const int wanted = nonblocking ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
  if (flags < 0 || ::fcntl(fd, F_SETFL, wanted) != 0)
    throw system_error("set the mode of", "a descriptor", errno);
}

}  // namespace weir::base
