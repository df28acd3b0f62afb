#include "base/event_loop.hpp"

#include "base/error.hpp"
#include "base/fd.hpp"

#include <fcntl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <unordered_map>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

namespace weir::base {

namespace asio = boost::asio;

namespace {

/// One watched thing; shared with the handlers in flight so that `cancel` inside a handler is safe.
struct Watch {
  explicit Watch(asio::io_context& context) : descriptor(context), timer(context) {}
  asio::posix::stream_descriptor descriptor;
  asio::steady_timer timer;
  EventLoop::Handler handler;
  asio::posix::stream_descriptor::wait_type direction = asio::posix::stream_descriptor::wait_read;
  Fd owned;  // the signalfd of on_signal, the duplicate of on_writable
  bool cancelled = false;
};

}  // namespace

struct EventLoop::State {
  asio::io_context context{1};
  std::unordered_map<Id, std::shared_ptr<Watch>> watches;
  Id next_id = 1;
  std::size_t held = 0;

  void arm(const std::shared_ptr<Watch>& watch) {
    watch->descriptor.async_wait(watch->direction,
                                 [this, watch](const boost::system::error_code& error) {
                                   if (error || watch->cancelled) return;
                                   watch->handler();
                                   if (!watch->cancelled) arm(watch);
                                 });
  }

  Id add(std::shared_ptr<Watch> watch) {
    const Id id = next_id++;
    watches.emplace(id, std::move(watch));
    return id;
  }
};

EventLoop::EventLoop() : state_(std::make_unique<State>()) {}

EventLoop::~EventLoop() {
  // The descriptors belong to callers: take them back from Asio before it closes them.
  for (auto& entry : state_->watches) {
    if (entry.second->descriptor.is_open()) entry.second->descriptor.release();
  }
}

void EventLoop::run() {
  // Not a work guard: `run` ends by itself once nothing is watched, posted or held.
  if (state_->context.stopped()) state_->context.restart();
  state_->context.run();
}

std::size_t EventLoop::poll() {
  if (state_->context.stopped()) state_->context.restart();
  return state_->context.poll();
}

void EventLoop::stop() {
  state_->context.stop();
}

void EventLoop::post(Handler handler) {
  asio::post(state_->context, std::move(handler));
}

EventLoop::Id EventLoop::after(std::chrono::nanoseconds delay, Handler handler) {
  auto watch = std::make_shared<Watch>(state_->context);
  watch->handler = std::move(handler);
  const Id id = state_->add(watch);
  watch->timer.expires_after(delay);
  watch->timer.async_wait(
      [state = state_.get(), watch, id](const boost::system::error_code& error) {
        if (error || watch->cancelled) return;
        state->watches.erase(id);
        watch->handler();
      });
  return id;
}

EventLoop::Id EventLoop::on_readable(int fd, Handler handler) {
  auto watch = std::make_shared<Watch>(state_->context);
  watch->handler = std::move(handler);
  boost::system::error_code error;
  watch->descriptor.assign(fd, error);
  if (error) throw system_error("watch", "descriptor " + std::to_string(fd), error.value());
  state_->arm(watch);
  return state_->add(std::move(watch));
}

EventLoop::Id EventLoop::on_writable(int fd, Handler handler) {
  Fd copy(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
  if (!copy) throw system_error("watch", "descriptor " + std::to_string(fd), errno);
  auto watch = std::make_shared<Watch>(state_->context);
  watch->handler = std::move(handler);
  watch->direction = asio::posix::stream_descriptor::wait_write;
  watch->descriptor.assign(copy.get());
  watch->owned = std::move(copy);
  state_->arm(watch);
  return state_->add(std::move(watch));
}

EventLoop::Id EventLoop::on_signal(int signal, std::function<void(int)> handler) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  if (::pthread_sigmask(SIG_BLOCK, &set, nullptr) != 0)
    throw system_error("block", "a signal", errno);
  Fd fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd) throw system_error("watch", "signal " + std::to_string(signal), errno);
  const int number = fd.get();
  const Id id = on_readable(number, [number, signal, handler = std::move(handler)] {
    signalfd_siginfo info{};
    while (::read(number, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) handler(signal);
  });
  state_->watches.at(id)->owned = std::move(fd);
  return id;
}

void EventLoop::cancel(Id id) {
  const auto found = state_->watches.find(id);
  if (found == state_->watches.end()) return;
  const std::shared_ptr<Watch> watch = std::move(found->second);
  state_->watches.erase(found);
  watch->cancelled = true;
  watch->timer.cancel();
  if (watch->descriptor.is_open()) {
    boost::system::error_code ignored;
    watch->descriptor.cancel(ignored);
    watch->descriptor.release();
  }
}

void EventLoop::hold() {
  if (state_->held++ == 0) state_->context.get_executor().on_work_started();
}

void EventLoop::release() {
  WEIR_ASSERT(state_->held > 0);
  if (--state_->held == 0) state_->context.get_executor().on_work_finished();
}

}  // namespace weir::base
