#include "engine/probe.hpp"

#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "base/fd.hpp"
#include "base/text.hpp"
#include "base/thread_pool.hpp"
#include "engine/internal/http_answer.hpp"

#include <netdb.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <utility>

namespace weir::engine {
namespace {

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

struct HostPort {
  std::string host;
  std::string port;
};

/// "host:port", "[v6]:port". Throws Error (usage).
HostPort split_host_port(const std::string& text, const std::string& default_port) {
  const std::size_t bracket = text.rfind(']');
  const std::size_t colon = text.rfind(':');
  const bool has_port =
      colon != std::string::npos && (bracket == std::string::npos || colon > bracket);
  HostPort parts{has_port ? text.substr(0, colon) : text,
                 has_port ? text.substr(colon + 1) : default_port};
  if (parts.host.starts_with("[") && parts.host.ends_with("]"))
    parts.host = parts.host.substr(1, parts.host.size() - 2);
  if (parts.host.empty() || !is_port(parts.port))
    throw Error(ErrorKind::usage, "'" + base::printable(text) + "' is not HOST:PORT");
  return parts;
}

/// Empty when the name is not known (`flags` with AI_NUMERICHOST: when it is no address).
std::vector<Address> resolve(const HostPort& where, int flags) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags;
  addrinfo* list = nullptr;
  if (::getaddrinfo(where.host.c_str(), where.port.c_str(), &hints, &list) != 0) return {};
  std::vector<Address> found;
  for (const addrinfo* row = list; row != nullptr; row = row->ai_next) {
    Address address;
    std::memcpy(&address.storage, row->ai_addr, row->ai_addrlen);
    address.size = row->ai_addrlen;
    found.push_back(address);
  }
  ::freeaddrinfo(list);
  return found;
}

/// Connects to the first address that takes the connection; for http then asks and reads the
/// status.
class SocketProbe final : public Probe {
 public:
  SocketProbe(const ProbeSpec& spec, const ProbeContext& context)
      : spec_(spec), loop_(context.loop), pool_(context.pool) {
    if (spec.kind == ProbeSpec::Kind::unix) {
      add_unix_address(std::filesystem::path(context.directory) / spec.target);
      return;
    }
    std::string authority = spec.target;
    if (spec.kind == ProbeSpec::Kind::http) {
      const std::size_t begin = std::strlen("http://");
      const std::size_t slash = std::min(spec.target.find('/', begin), spec.target.size());
      authority = spec.target.substr(begin, slash - begin);
      const std::string path = slash < spec.target.size() ? spec.target.substr(slash) : "/";
      request_ = "GET " + path + " HTTP/1.1\r\nHost: " + authority +
                 "\r\nUser-Agent: weir\r\nAccept: */*\r\nConnection: close\r\n\r\n";
    }
    if (spec.kind == ProbeSpec::Kind::http) judge_.emplace(spec);
    where_ = split_host_port(authority, spec.kind == ProbeSpec::Kind::http ? "80" : "");
    addresses_ = resolve(where_, AI_NUMERICHOST);
    // Both families: a server may listen on one of them only.
    if (addresses_.empty() && where_.host == "localhost") {
      addresses_ = resolve({"127.0.0.1", where_.port}, AI_NUMERICHOST);
      for (const Address& address : resolve({"::1", where_.port}, AI_NUMERICHOST))
        addresses_.push_back(address);
    }
  }
  ~SocketProbe() override { cancel(); }

  void look(Done done) override {
    done_ = std::move(done);
    timer_ = loop_.after(spec_.timeout, [this] {
      finish(ProbeAnswer::Kind::not_yet,
             "no answer within " + base::format_duration(spec_.timeout));
    });
    next_address_ = 0;
    if (!addresses_.empty()) return connect_next();
    if (pool_ == nullptr)
      return finish(ProbeAnswer::Kind::failed,
                    "the name '" + where_.host + "' cannot be resolved here");
    // Names may take seconds: not in the loop. The answer finds this look by its number, or finds
    // nobody.
    const auto self = std::make_shared<SocketProbe*>(this);
    resolving_ = self;
    pool_->submit([where = where_, self, &loop = loop_] {
      std::vector<Address> found = resolve(where, 0);
      loop.post([self, found = std::move(found)] {
        if (*self != nullptr) (*self)->resolved(found);
      });
    });
  }

  void cancel() override {
    if (resolving_) *std::exchange(resolving_, nullptr) = nullptr;
    close();
    if (timer_ != 0) loop_.cancel(std::exchange(timer_, 0));
    done_ = nullptr;
  }

 private:
  void add_unix_address(const std::filesystem::path& path) {
    Address address;
    auto* unix_address = reinterpret_cast<sockaddr_un*>(&address.storage);
    if (path.native().size() >= sizeof unix_address->sun_path) {
      throw Error(ErrorKind::usage,
                  "the socket path '" + path.string() + "' is longer than the system's " +
                      std::to_string(sizeof unix_address->sun_path - 1) + " bytes")
          .with_hint("put the socket below $WEIR_SERVICE_DIR and link to it");
    }
    unix_address->sun_family = AF_UNIX;
    std::memcpy(unix_address->sun_path, path.c_str(), path.native().size());
    address.size = sizeof *unix_address;
    addresses_.push_back(address);
  }

  void resolved(const std::vector<Address>& found) {
    resolving_ = nullptr;
    if (found.empty())
      return finish(ProbeAnswer::Kind::not_yet, "the name '" + where_.host + "' does not resolve");
    addresses_ = found;
    connect_next();
  }

  void connect_next() {
    close();
    if (next_address_ == addresses_.size())
      return finish(ProbeAnswer::Kind::not_yet, last_failure_);
    const Address& address = addresses_[next_address_++];
    socket_ = base::Fd(
        ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket_) return finish(ProbeAnswer::Kind::not_yet, std::strerror(errno));
    const int result =
        ::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address.storage), address.size);
    if (result == 0) return connected(0);
    if (errno != EINPROGRESS) return connected(errno);
    watch_ = loop_.on_writable(socket_.get(), [this] {
      int error = 0;
      socklen_t size = sizeof error;
      ::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
      connected(error);
    });
  }

  void connected(int error) {
    if (watch_ != 0) loop_.cancel(std::exchange(watch_, 0));
    if (error != 0) {
      last_failure_ = spec_.target + ": " + std::strerror(error);
      return connect_next();
    }
    if (spec_.kind != ProbeSpec::Kind::http) return finish(ProbeAnswer::Kind::passed, {});
    // A request is smaller than any socket buffer: it is taken whole or the connection is broken.
    const ssize_t sent = ::send(socket_.get(), request_.data(), request_.size(), MSG_NOSIGNAL);
    if (sent != static_cast<ssize_t>(request_.size()))
      return finish(ProbeAnswer::Kind::not_yet, spec_.target + ": the connection broke");
    answer_ = internal::HttpAnswer();
    watch_ = loop_.on_readable(socket_.get(), [this] { take_answer(); });
  }

  void take_answer() {
    std::array<char, 4096> buffer;
    const ssize_t got = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got > 0) answer_.add({buffer.data(), static_cast<std::size_t>(got)});
    if (got <= 0) answer_.close();
    if (answer_.is_complete() || (answer_.has_head() && !judge_->needs_body())) judge();
  }

  void judge() {
    ProbeAnswer seen =
        judge_->judge(answer_.status(), answer_.body(), answer_.header("retry-after"));
    const Done done = std::exchange(done_, nullptr);
    cancel();
    if (done) done(seen);
  }

  void close() {
    if (watch_ != 0) loop_.cancel(std::exchange(watch_, 0));
    socket_.reset();
  }

  void finish(ProbeAnswer::Kind kind, std::string why) {
    const Done done = std::exchange(done_, nullptr);
    cancel();
    if (done) done({kind, std::move(why)});
  }

  ProbeSpec spec_;
  base::EventLoop& loop_;
  base::ThreadPool* pool_;
  HostPort where_;
  std::string request_;
  std::vector<Address> addresses_;
  std::size_t next_address_ = 0;
  std::shared_ptr<SocketProbe*> resolving_;
  base::Fd socket_;
  base::EventLoop::Id watch_ = 0;
  base::EventLoop::Id timer_ = 0;
  internal::HttpAnswer answer_;
  std::string last_failure_;
  std::optional<internal::HttpJudge> judge_;
  Done done_;
};

}  // namespace

std::unique_ptr<Probe> make_socket_probe(const ProbeSpec& spec, const ProbeContext& context) {
  if (spec.kind == ProbeSpec::Kind::http) {
    if (spec.target.starts_with("https://")) return make_https_probe(spec, context);
    if (!spec.target.starts_with("http://"))
      throw Error(ErrorKind::usage,
                  "'" + base::printable(spec.target) + "' is not http://… or https://…");
  }
  return std::make_unique<SocketProbe>(spec, context);
}

}  // namespace weir::engine
