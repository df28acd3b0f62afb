#include "base/internal/host_wire.hpp"

#include "base/error.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

namespace weir::base::internal {
namespace {

/// What stands before the texts of a plan.
struct PlanHead {
  std::uint32_t arguments = 0;
  std::uint32_t entries = 0;  // of the environment
  std::uint32_t targets = 0;
  std::uint32_t inherit_environment = 0;
};

void put_text(std::string& into, const char* text) {
  into.append(text, std::strlen(text) + 1);
}

const char* take_text(std::string_view& from) {
  const std::size_t size = from.find('\0');
  WEIR_ASSERT(size != std::string_view::npos);
  const char* const text = from.data();
  from.remove_prefix(size + 1);
  return text;
}

std::vector<const char*> take_texts(std::string_view& from, std::size_t count) {
  std::vector<const char*> texts;
  texts.reserve(count);
  while (texts.size() < count) texts.push_back(take_text(from));
  return texts;
}

enum class Sent { yes, later, gone };

Sent try_send(int socket, std::string_view bytes, const std::vector<int>& descriptors) {
  WEIR_ASSERT(descriptors.size() <= k_descriptors_max);
  iovec part{const_cast<char*>(bytes.data()), bytes.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(k_descriptors_max * sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (!descriptors.empty()) {
    const std::size_t size = descriptors.size() * sizeof(int);
    message.msg_control = control.data();
    message.msg_controllen = CMSG_SPACE(size);
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(size);
    std::memcpy(CMSG_DATA(header), descriptors.data(), size);
  }
  while (::sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
    if (errno == EINTR) continue;
    if (errno == EAGAIN) return Sent::later;
    if (errno == EPIPE || errno == ECONNRESET) return Sent::gone;
    throw system_error("send to", "the process host", errno);
  }
  return Sent::yes;
}

}  // namespace

std::string encode(const Plan& plan) {
  const PlanHead head{static_cast<std::uint32_t>(plan.argv.size()),
                      static_cast<std::uint32_t>(plan.environment.size()),
                      static_cast<std::uint32_t>(plan.targets.size()),
                      plan.inherit_environment ? 1U : 0U};
  std::string bytes = bytes_of(head);
  bytes.append(reinterpret_cast<const char*>(plan.targets.data()),
               plan.targets.size() * sizeof(int));
  for (const char* argument : plan.argv) put_text(bytes, argument);
  for (const char* entry : plan.environment) put_text(bytes, entry);
  put_text(bytes, plan.directory);
  return bytes;
}

Plan decode_plan(std::string_view bytes) {
  PlanHead head;
  WEIR_ASSERT(bytes.size() >= sizeof head);
  bytes.copy(reinterpret_cast<char*>(&head), sizeof head);
  bytes.remove_prefix(sizeof head);
  Plan plan;
  plan.inherit_environment = head.inherit_environment != 0;
  const std::size_t size = head.targets * sizeof(int);
  WEIR_ASSERT(bytes.size() >= size);
  plan.targets.resize(head.targets);
  if (size > 0) std::memcpy(plan.targets.data(), bytes.data(), size);
  bytes.remove_prefix(size);
  plan.argv = take_texts(bytes, head.arguments);
  plan.environment = take_texts(bytes, head.entries);
  plan.directory = take_text(bytes);
  return plan;
}

Received receive(int socket) {
  // One buffer for the whole thread: messages are handled one after the other. On the heap, since
  // every thread that starts would have to clear a static one.
  constexpr std::size_t k_buffer_bytes = k_inline_bytes_max + sizeof(Request);
  static thread_local const std::unique_ptr<char[]> buffer(new char[k_buffer_bytes]);
  alignas(cmsghdr) std::array<char, CMSG_SPACE(k_descriptors_max * sizeof(int))> control{};
  iovec part{buffer.get(), k_buffer_bytes};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  Received received;
  ssize_t got = 0;
  while ((got = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT)) < 0) {
    if (errno == EINTR) continue;
    if (errno == EAGAIN) return received;
    if (errno == ECONNRESET) break;
    throw system_error("receive from", "the process host", errno);
  }
  received.kind = got > 0 ? Received::Kind::message : Received::Kind::closed;
  if (got > 0) received.bytes.assign(buffer.get(), static_cast<std::size_t>(got));
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); got > 0 && header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    std::vector<int> numbers((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    std::memcpy(numbers.data(), CMSG_DATA(header), numbers.size() * sizeof(int));
    for (const int number : numbers) received.descriptors.emplace_back(number);
  }
  return received;
}

bool send_if_room(int socket, std::string_view bytes, const std::vector<int>& descriptors) {
  return try_send(socket, bytes, descriptors) == Sent::yes;
}

bool Outbox::send(std::string bytes, const std::vector<int>& descriptors) {
  if (queue_.empty()) {
    const Sent sent = try_send(socket_, bytes, descriptors);
    if (sent != Sent::later) return sent == Sent::yes;
  }
  Waiting waiting{std::move(bytes), {}};
  for (const int descriptor : descriptors) {
    waiting.descriptors.emplace_back(::fcntl(descriptor, F_DUPFD_CLOEXEC, 0));
    if (!waiting.descriptors.back()) throw system_error("duplicate", "a descriptor", errno);
  }
  queue_.push_back(std::move(waiting));
  return true;
}

bool Outbox::flush() {
  while (!queue_.empty()) {
    const Waiting& next = queue_.front();
    std::vector<int> numbers;
    for (const Fd& descriptor : next.descriptors) numbers.push_back(descriptor.get());
    const Sent sent = try_send(socket_, next.bytes, numbers);
    if (sent == Sent::gone) return false;
    if (sent == Sent::later) return true;
    queue_.pop_front();
  }
  return true;
}

}  // namespace weir::base::internal
