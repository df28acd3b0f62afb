#include "engine/probe.hpp"

#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "base/file.hpp"
#include "base/folder_watch.hpp"
#include "base/glob.hpp"
#include "base/process_host.hpp"
#include "base/text.hpp"

#include <optional>
#include <set>
#include <utility>

namespace weir::engine {

std::vector<std::string> matching_names(const std::filesystem::path& folder,
                                        const std::string& pattern) {
  const base::Glob glob(pattern);
  std::vector<std::string> names = base::list_folder(folder);
  std::erase_if(
      names, [&](const std::string& name) { return name.starts_with(".") || !glob.matches(name); });
  return names;
}

namespace {

/// `lstat` only: what a handle leads to is never opened (a FIFO would block).
///
/// Half-written files are kept away by two looks that found the same, a pause apart; one look is
/// enough for what has no content (sockets, FIFOs), and for a file that was seen being closed by
/// its writer or moved in.
class FileProbe final : public Probe {
 public:
  FileProbe(const ProbeSpec& spec, const ProbeContext& context)
      : spec_(spec), loop_(context.loop), folder_(context.directory) {}

  void look(Done done) override {
    std::vector<base::FileInfo> found;
    std::string missing;
    bool settled = true;
    for (const std::string& name : names()) {
      const auto info = base::file_info(folder_ / name, base::FollowLinks::no);
      const bool empty =
          info && info->type == base::FileInfo::Type::regular && info->size_bytes == 0;
      if (!info) {
        missing = "'" + name + "' does not exist";
      } else if (empty && !spec_.allow_empty) {
        missing = "'" + name + "' is empty";
      } else if (info->type == base::FileInfo::Type::symlink && !base::file_info(folder_ / name)) {
        missing = "'" + name + "' leads nowhere yet";
      } else {
        found.push_back(*info);
        settled = settled && is_settled(name, *info);
      }
    }
    const auto count = static_cast<std::int64_t>(found.size());
    if (missing.empty() &&
        (count < spec_.count_min || (spec_.count_max >= 0 && count > spec_.count_max)))
      missing = std::to_string(count) + " files match '" + spec_.target + "'";
    if (missing.empty() && spec_.endpoint && settled) {
      if (const std::string wrong = wrong_endpoint(); !wrong.empty())
        return done({ProbeAnswer::Kind::failed, wrong, -1});
    }
    const auto before = std::exchange(seen_, found);
    if (missing.empty() && !settled && before != found)
      missing = "'" + spec_.target + "' is changing";
    done({missing.empty() ? ProbeAnswer::Kind::passed : ProbeAnswer::Kind::not_yet, missing, -1});
  }
  void cancel() override {}

  void on_hint(const std::function<void()>& hint) override {
    hint_ = hint;
    watch_.reset();
    if (!hint_ || spec_.target.find('/') != std::string::npos) return;
    watch_ = base::FolderWatch::try_watch(
        loop_, folder_, [this](std::string_view name, base::FolderWatch::Change change) {
          using Change = base::FolderWatch::Change;
          if (change == Change::completed) closed_.emplace(name);
          if (change == Change::modified || change == Change::gone)
            closed_.erase(std::string(name));
          if (!names_it(name) || change == Change::modified) return;
          const auto hinted = hint_;  // it may take the watch away
          if (hinted) hinted();
        });
  }

 private:
  [[nodiscard]] bool names_it(std::string_view name) const {
    return spec_.glob ? base::Glob(spec_.target).matches(std::string(name)) : name == spec_.target;
  }

  /// What is wrong with an endpoint file; empty: nothing.
  [[nodiscard]] std::string wrong_endpoint() const {
    constexpr std::size_t k_bytes_max = 4096;
    const base::fs::path path = folder_ / spec_.target;
    const auto info = base::file_info(path);
    if (!info || info->type != base::FileInfo::Type::regular) return {};
    if (info->size_bytes > static_cast<std::int64_t>(k_bytes_max))
      return "'" + spec_.target + "' is no endpoint file: it is larger than 4 KiB";
    const std::string text = base::read_file(path, k_bytes_max);
    for (const std::string_view line : base::split(base::trim(text), '\n')) {
      const std::string_view endpoint = base::trim(line);
      const std::size_t scheme = endpoint.find("://");
      std::string_view place =
          scheme == std::string_view::npos ? endpoint : endpoint.substr(scheme + 3);
      place = place.substr(0, place.find('/'));
      const std::size_t colon = place.rfind(':');
      const bool has_port = colon != std::string_view::npos && is_port(place.substr(colon + 1));
      if (colon == 0 || !has_port || !base::is_utf8(endpoint))
        return "'" + spec_.target + "' is no endpoint file: '" + base::printable(endpoint, 80) +
               "' is not HOST:PORT or SCHEME://HOST:PORT";
    }
    return {};
  }

  [[nodiscard]] bool is_settled(const std::string& name, const base::FileInfo& info) const {
    using Type = base::FileInfo::Type;
    if (info.type == Type::socket || info.type == Type::fifo) return true;
    return info.type == Type::regular && closed_.count(name) != 0;
  }

  [[nodiscard]] std::vector<std::string> names() const {
    if (!spec_.glob) return {spec_.target};
    return matching_names(folder_, spec_.target);
  }

  ProbeSpec spec_;
  base::EventLoop& loop_;
  base::fs::path folder_;
  std::vector<base::FileInfo> seen_;
  std::set<std::string> closed_;  ///< seen complete since they were last written to
  std::function<void()> hint_;
  std::unique_ptr<base::FolderWatch> watch_;
};

/// A shell command in a tree of its own, killed at its timeout. Never overlaps with itself: a look
/// ends when the tree of the one before is empty.
class CommandProbe final : public Probe {
 public:
  CommandProbe(const ProbeSpec& spec, const ProbeContext& context)
      : spec_(spec), context_(context) {
    WEIR_ASSERT(context.host != nullptr);
  }
  ~CommandProbe() override { cancel(); }

  void look(Done done) override {
    base::SpawnOptions options;
    options.argv = {"/bin/sh", "-c", spec_.target};
    options.environment = context_.environment;
    options.directory = context_.directory;
    const base::Fd null = base::open_append("/dev/null");
    options.stdout_fd = null.get();
    options.stderr_fd = null.get();
    run_ = std::make_shared<Run>();
    run_->done = std::move(done);
    const std::shared_ptr<Run> run = run_;
    run->id =
        context_.host->start(options, {[this, run](pid_t, const std::string& error) {
                                         if (!error.empty())
                                           finish(*run, {ProbeAnswer::Kind::failed, error, -1});
                                       },
                                       [run](const base::ProcessExit& exit) { run->exit = exit; },
                                       [this, run] { finish(*run, answer_of(*run)); }});
    run->timer = context_.loop.after(spec_.timeout, [this, run] {
      run->late = true;
      context_.host->stop_tree(run->id, SIGKILL, {});
    });
  }

  void cancel() override {
    if (!run_) return;
    context_.loop.cancel(run_->timer);
    if (run_->done) context_.host->stop_tree(run_->id, SIGKILL, {});
    run_->done = nullptr;
    run_.reset();
  }

 private:
  /// Shared with the host's handlers, which may come after this object has gone.
  struct Run {
    Done done;
    base::ProcessHost::Id id = 0;
    base::EventLoop::Id timer = 0;
    base::ProcessExit exit;
    bool late = false;
  };

  [[nodiscard]] ProbeAnswer answer_of(const Run& run) const {
    if (run.late)
      return {ProbeAnswer::Kind::not_yet,
              "the command took longer than " + base::format_duration(spec_.timeout), -1};
    if (run.exit.status == 0) return {ProbeAnswer::Kind::passed, {}, 0};
    const bool unusable = run.exit.status == 126 || run.exit.status == 127;
    return {unusable ? ProbeAnswer::Kind::failed : ProbeAnswer::Kind::not_yet,
            "command '" + base::printable(spec_.target) + "' ended with status " +
                std::to_string(run.exit.status),
            run.exit.status};
  }

  /// `this` is used only while the run has a `done`: `cancel` and the destructor take it away.
  void finish(Run& run, const ProbeAnswer& answer) {
    if (!run.done) return;
    context_.loop.cancel(run.timer);
    const Done done = std::exchange(run.done, nullptr);
    run_.reset();
    done(answer);
  }

  ProbeSpec spec_;
  ProbeContext context_;
  std::shared_ptr<Run> run_;
};

}  // namespace

void ToldProbe::look(Done done) {
  if (passed_) return done({ProbeAnswer::Kind::passed, {}, -1});
  done_ = std::move(done);
}

void ToldProbe::pass() {
  passed_ = true;
  if (const Done done = std::exchange(done_, nullptr)) done({ProbeAnswer::Kind::passed, {}, -1});
}

std::unique_ptr<Probe> make_file_probe(const ProbeSpec& spec, const ProbeContext& context) {
  return std::make_unique<FileProbe>(spec, context);
}

std::unique_ptr<Probe> make_command_probe(const ProbeSpec& spec, const ProbeContext& context) {
  return std::make_unique<CommandProbe>(spec, context);
}

std::unique_ptr<Probe> make_probe(const ProbeSpec& spec, const ProbeContext& context) {
  switch (spec.kind) {
    case ProbeSpec::Kind::file: return make_file_probe(spec, context);
    case ProbeSpec::Kind::command: return make_command_probe(spec, context);
    case ProbeSpec::Kind::tcp:
    case ProbeSpec::Kind::unix:
    case ProbeSpec::Kind::http: return make_socket_probe(spec, context);
    case ProbeSpec::Kind::log:
    case ProbeSpec::Kind::notify:
    case ProbeSpec::Kind::fd: return std::make_unique<ToldProbe>(probe_text(spec));
  }
  return nullptr;
}

}  // namespace weir::engine
