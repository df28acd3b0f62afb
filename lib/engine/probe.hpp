#pragma once

#include "engine/service_settings.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace weir::base {
class EventLoop;
class ProcessHost;
class ThreadPool;
}  // namespace weir::base

namespace weir::engine {

/// One answer of a condition that was looked at.
struct ProbeAnswer {
  enum class Kind {
    passed,
    not_yet,  ///< look again later
    failed,   ///< looking again cannot help
  };
  Kind kind = Kind::not_yet;
  std::string why;  ///< one line; empty when passed
  int status = -1;  ///< of an HTTP answer or a command; -1: there was none
  std::optional<std::chrono::milliseconds> retry_after = {};  ///< an HTTP server asked for it
};

/// What probes need from their surroundings. All outlive the probes.
struct ProbeContext {
  base::EventLoop& loop;
  base::ThreadPool* pool =
      nullptr;  ///< resolves names; without one only addresses and localhost are taken
  base::ProcessHost* host = nullptr;     ///< runs commands
  std::vector<std::string> environment;  ///< of commands; SSL_CERT_FILE for https
  std::string directory;  ///< of commands; relative paths of files and sockets start here
};

/// Looks at one condition without blocking: used by services (readiness) and gates.
class Probe {
 public:
  using Done = std::function<void(const ProbeAnswer&)>;

  Probe() = default;
  virtual ~Probe() = default;
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;

  /// Looks once and calls `done`, now or later, within the spec's timeout. At most one look at a
  /// time.
  virtual void look(Done done) = 0;
  /// Forgets a look in progress; its `done` is not called.
  virtual void cancel() = 0;
  /// `hint` runs when another look may pass by now: a help between polls, never relied on. Empty:
  /// no more.
  virtual void on_hint(const std::function<void()>& /*hint*/) {}
};

/// A probe that is told, not asked: log, notify, fd. Its look ends when `pass` is called.
class ToldProbe final : public Probe {
 public:
  explicit ToldProbe(std::string waiting_for) : waiting_for_(std::move(waiting_for)) {}
  void look(Done done) override;
  void cancel() override { done_ = nullptr; }
  void pass();
  [[nodiscard]] const std::string& waiting_for() const { return waiting_for_; }

 private:
  std::string waiting_for_;
  bool passed_ = false;
  Done done_;
};

/// Names in `folder` that match a glob, any kind of file, hidden ones left out; sorted by bytes.
[[nodiscard]] std::vector<std::string> matching_names(const std::filesystem::path& folder,
                                                      const std::string& pattern);

/// For the kinds file, tcp, unix, http and command. A file passes when two looks found it
/// unchanged.
[[nodiscard]] std::unique_ptr<Probe> make_probe(const ProbeSpec& spec, const ProbeContext& context);

[[nodiscard]] std::unique_ptr<Probe> make_file_probe(const ProbeSpec& spec,
                                                     const ProbeContext& context);
[[nodiscard]] std::unique_ptr<Probe> make_command_probe(const ProbeSpec& spec,
                                                        const ProbeContext& context);
/// tcp, unix and http.
[[nodiscard]] std::unique_ptr<Probe> make_socket_probe(const ProbeSpec& spec,
                                                       const ProbeContext& context);
/// By libcurl on a thread of its own. Certificates are checked against the system's, or against
/// those of SSL_CERT_FILE in the context's environment; one that does not hold is a hard failure.
[[nodiscard]] std::unique_ptr<Probe> make_https_probe(const ProbeSpec& spec,
                                                      const ProbeContext& context);

}  // namespace weir::engine
