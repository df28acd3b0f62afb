#include "engine/internal/service_channels.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

#include <netinet/in.h>
#include <regex.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace weir::engine::internal {
namespace {

/// A loopback port that is free now. The system hands out ports in turn, so it stays free long
/// enough to be bound.
int free_port() {
  const base::Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (!socket || ::bind(socket.get(), generic, size) != 0 ||
      ::getsockname(socket.get(), generic, &size) != 0)
    throw system_error("reserve", "a port", errno);
  return ntohs(address.sin_port);
}

/// Sockets need short paths: a temporary folder that is a long one is passed by.
base::fs::path short_parent() {
  constexpr std::size_t k_parent_bytes_max = 48;
  std::error_code error;
  const base::fs::path usual = base::fs::temp_directory_path(error);
  return !error && usual.native().size() <= k_parent_bytes_max ? base::fs::path()
                                                               : base::fs::path("/tmp");
}

std::string upper_case(std::string text) {
  for (char& letter : text) {
    if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
  }
  return text;
}

}  // namespace

LinePattern::LinePattern(const std::string& source)
    : compiled_(std::make_unique<regex_t>().release()) {
  const int result = ::regcomp(compiled_, source.c_str(), REG_EXTENDED | REG_NOSUB | REG_NEWLINE);
  if (result == 0) return;
  std::array<char, 128> reason{};
  ::regerror(result, compiled_, reason.data(), reason.size());
  std::unique_ptr<regex_t>(std::exchange(compiled_, nullptr)).reset();
  throw Error(ErrorKind::usage,
              "the pattern '" + base::printable(source) + "' is wrong: " + reason.data());
}

LinePattern::~LinePattern() {
  if (compiled_ == nullptr) return;
  ::regfree(compiled_);
  std::unique_ptr<regex_t>(std::exchange(compiled_, nullptr)).reset();
}

bool LinePattern::matches(std::string_view line) const {
  return ::regexec(compiled_, std::string(line).c_str(), 0, nullptr, 0) == 0;
}

ServiceChannels::ServiceChannels(base::EventLoop& loop, const ServiceSettings& settings,
                                 const std::string& folder_prefix)
    : loop_(loop), folder_(short_parent(), folder_prefix) {
  environment_.push_back("WEIR_SERVICE_DIR=" + folder_.path().string());
  for (const std::string& name : settings.ports)
    environment_.push_back(upper_case(name) + "_PORT=" + std::to_string(free_port()));
  for (const ProbeSpec& probe : settings.probes) {
    if (probe.kind == ProbeSpec::Kind::notify && !notify_) open_notify_socket();
  }
}

ServiceChannels::~ServiceChannels() {
  if (notify_watch_ != 0) loop_.cancel(notify_watch_);
  for (const Watched& watched : ready_fds_) {
    if (watched.watch != 0) loop_.cancel(watched.watch);
  }
}

void ServiceChannels::open_notify_socket() {
  notify_ = base::Fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const std::string path = (folder_.path() / "notify").string();
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  WEIR_ASSERT(path.size() < sizeof address.sun_path);
  std::memcpy(address.sun_path, path.c_str(), path.size());
  if (!notify_ ||
      ::bind(notify_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    throw system_error("open the notification socket", path, errno);
  environment_.push_back("NOTIFY_SOCKET=" + path);
  notify_watch_ = loop_.on_readable(notify_.get(), [this] { take_notification(); });
}

void ServiceChannels::take_notification() {
  std::array<char, 4096> buffer;
  ssize_t got = 0;
  while ((got = ::recv(notify_.get(), buffer.data(), buffer.size(), 0)) > 0) {
    const std::string_view message(buffer.data(), static_cast<std::size_t>(got));
    for (const std::string_view line : base::split(message, '\n')) {
      if (line != "READY=1") continue;
      for (ToldProbe* probe : notified_) probe->pass();
      return;
    }
  }
}

std::vector<std::pair<int, int>> ServiceChannels::descriptors() const {
  std::vector<std::pair<int, int>> list;
  for (const Watched& watched : ready_fds_)
    list.emplace_back(watched.pipe.write.get(), watched.number);
  return list;
}

void ServiceChannels::started() {
  for (Watched& watched : ready_fds_) watched.pipe.write.reset();
}

void ServiceChannels::attach(const ProbeSpec& spec, ToldProbe& probe) {
  if (spec.kind == ProbeSpec::Kind::notify) {
    notified_.push_back(&probe);
  } else if (spec.kind == ProbeSpec::Kind::log) {
    lines_.emplace_back(LinePattern(spec.target), &probe);
  } else {
    const std::size_t index = ready_fds_.size();
    ready_fds_.emplace_back();
    Watched& watched = ready_fds_.back();
    watched.probe = &probe;
    watched.number = static_cast<int>(base::parse_int64(spec.target).value_or(0));
    watched.pipe = base::make_pipe();
    base::set_nonblocking(watched.pipe.read.get(), true);
    watched.watch = loop_.on_readable(watched.pipe.read.get(), [this, index] { take_byte(index); });
  }
}

void ServiceChannels::take_byte(std::size_t index) {
  Watched& watched = ready_fds_[index];
  std::array<char, 512> buffer;
  const ssize_t got = ::read(watched.pipe.read.get(), buffer.data(), buffer.size());
  if (got < 0) return;
  if (got == 0) return loop_.cancel(std::exchange(watched.watch, 0));  // closed without the newline
  const std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
  if (bytes.find('\n') != std::string_view::npos) watched.probe->pass();
}

void ServiceChannels::take_line(std::string_view line) {
  for (const auto& [pattern, probe] : lines_) {
    if (pattern.matches(line)) probe->pass();
  }
}

}  // namespace weir::engine::internal
