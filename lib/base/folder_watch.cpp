#include "base/folder_watch.hpp"

#include <pthread.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <utility>

namespace weir::base {
namespace {

constexpr std::size_t k_closer_stack_bytes = 64 << 10;
constexpr std::uint32_t k_mask = IN_CREATE | IN_ATTRIB | IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_TO |
                                 IN_MOVED_FROM | IN_DELETE | IN_ONLYDIR;

FolderWatch::Change change_of(std::uint32_t mask) {
  if ((mask & (IN_CLOSE_WRITE | IN_MOVED_TO)) != 0) return FolderWatch::Change::completed;
  if ((mask & IN_MODIFY) != 0) return FolderWatch::Change::modified;
  if ((mask & (IN_MOVED_FROM | IN_DELETE)) != 0) return FolderWatch::Change::gone;
  return FolderWatch::Change::appeared;
}

/// Closes on a thread of its own: the kernel answers only when no processor looks at the watches
/// any more (13 ms measured), and whoever was told of a file would start that much later.
void close_aside(Fd inotify) {
  pthread_attr_t attributes{};
  if (::pthread_attr_init(&attributes) != 0) return;
  ::pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  ::pthread_attr_setstacksize(&attributes, k_closer_stack_bytes);
  const int descriptor = inotify.get();
  pthread_t thread{};
  const int error = ::pthread_create(
      &thread, &attributes,
      [](void* number) -> void* {
        ::close(static_cast<int>(reinterpret_cast<std::intptr_t>(number)));
        return nullptr;
      },
      reinterpret_cast<void*>(static_cast<std::intptr_t>(descriptor)));
  ::pthread_attr_destroy(&attributes);
  if (error == 0) static_cast<void>(inotify.release());  // else it is closed here
}

}  // namespace

std::unique_ptr<FolderWatch> FolderWatch::try_watch(EventLoop& loop,
                                                    const std::filesystem::path& folder,
                                                    Handler handler) {
  Fd inotify(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!inotify || ::inotify_add_watch(inotify.get(), folder.c_str(), k_mask) < 0) return nullptr;
  return std::unique_ptr<FolderWatch>(
      new FolderWatch(loop, std::move(inotify), std::move(handler)));
}

FolderWatch::FolderWatch(EventLoop& loop, Fd inotify, Handler handler)
    : loop_(loop), inotify_(std::move(inotify)), handler_(std::move(handler)) {
  watch_ = loop_.on_readable(inotify_.get(), [this] { take_events(); });
}

FolderWatch::~FolderWatch() {
  *alive_ = false;
  loop_.cancel(watch_);
  close_aside(std::move(inotify_));
}

void FolderWatch::take_events() {
  alignas(inotify_event) std::array<char, 16384> buffer;
  const ssize_t got = ::read(inotify_.get(), buffer.data(), buffer.size());
  const auto alive = alive_;
  for (ssize_t at = 0; at < got && *alive;) {
    inotify_event event{};
    std::memcpy(&event, buffer.data() + at, sizeof event);
    const char* const name = buffer.data() + at + sizeof event;
    at += static_cast<ssize_t>(sizeof event + event.len);
    if (event.len == 0) continue;
    const Handler handler = handler_;  // it may destroy this object
    handler(std::string_view(name), change_of(event.mask));
  }
}

}  // namespace weir::base
