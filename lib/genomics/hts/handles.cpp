#include "genomics/hts/handles.hpp"

#include "base/error.hpp"
#include "base/fd.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <htslib/hts_log.h>
#include <unistd.h>
#include <cerrno>

namespace weir::genomics {

std::string path_of(int fd) {
  return fmt::format("/proc/self/fd/{}", fd);
}

HtsFile open_for_reading(int fd, const std::string& name) {
  quiet_htslib();
  const int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) throw system_error("open again", name, errno);
  base::Fd guard(copy);
  if (lseek(copy, 0, SEEK_SET) != 0) throw system_error("rewind", name, errno);
  hFILE* const stream = hdopen(copy, "r");
  if (stream == nullptr) return nullptr;
  static_cast<void>(guard.release());
  htsFile* const file = hts_hopen(stream, "artifact", "r");
  if (file == nullptr) hclose_abruptly(stream);
  return HtsFile(file);
}

void quiet_htslib() {
  hts_set_log_level(HTS_LOG_OFF);  // everything it would say comes back as a status
}

}  // namespace weir::genomics
