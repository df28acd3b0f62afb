#include "base/internal/host_wire.hpp"

#include "base/error.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace weir::base::internal {
namespace {

void put_number(std::string& into, std::uint64_t value) {
  into.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void put_text(std::string& into, std::string_view text) {
  put_number(into, text.size());
  into.append(text);
}

void put_texts(std::string& into, const std::vector<std::string>& texts) {
  put_number(into, texts.size());
  for (const std::string& text : texts) put_text(into, text);
}

std::uint64_t take_number(std::string_view& from) {
  std::uint64_t value = 0;
  WEIR_ASSERT(from.size() >= sizeof value);
  std::memcpy(&value, from.data(), sizeof value);
  from.remove_prefix(sizeof value);
  return value;
}

std::string take_text(std::string_view& from) {
  const std::uint64_t size = take_number(from);
  WEIR_ASSERT(from.size() >= size);
  std::string text(from.substr(0, size));
  from.remove_prefix(size);
  return text;
}

std::vector<std::string> take_texts(std::string_view& from) {
  std::vector<std::string> texts(take_number(from));
  for (std::string& text : texts) text = take_text(from);
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
  std::string bytes;
  put_texts(bytes, plan.argv);
  put_number(bytes, plan.inherit_environment ? 1 : 0);
  put_texts(bytes, plan.environment);
  put_text(bytes, plan.directory);
  put_number(bytes, plan.targets.size());
  for (const int target : plan.targets) put_number(bytes, static_cast<std::uint64_t>(target));
  return bytes;
}

Plan decode_plan(std::string_view bytes) {
  Plan plan;
  plan.argv = take_texts(bytes);
  plan.inherit_environment = take_number(bytes) != 0;
  plan.environment = take_texts(bytes);
  plan.directory = take_text(bytes);
  plan.targets.resize(take_number(bytes));
  for (int& target : plan.targets) target = static_cast<int>(take_number(bytes));
  return plan;
}

Received receive(int socket) {
  // One buffer for the whole process: messages are handled one after the other.
  static thread_local std::array<char, k_inline_bytes_max + sizeof(Request)> buffer;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(k_descriptors_max * sizeof(int))> control{};
  iovec part{buffer.data(), buffer.size()};
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
  if (got > 0) received.bytes.assign(buffer.data(), static_cast<std::size_t>(got));
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); got > 0 && header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    std::vector<int> numbers((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    std::memcpy(numbers.data(), CMSG_DATA(header), numbers.size() * sizeof(int));
    for (const int number : numbers) received.descriptors.emplace_back(number);
  }
  return received;
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
