#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "base/file.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "base/thread_pool.hpp"
#include "engine/gate.hpp"

#include <algorithm>
#include <utility>

namespace weir::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr milliseconds k_look_again_max{1000};
constexpr milliseconds k_look_again_min{5};
/// Entries of a tree that are looked at; a larger one is refused rather than watched by halves.
constexpr std::int64_t k_tree_entries_max = 2'000'000;

/// What is compared between two looks: names, kinds, sizes, times and inodes of everything below
/// the paths.
struct Look {
  std::string missing;  ///< the first path that is not there
  std::string failure;
  base::Hash128 signature;
  std::int64_t newest_mtime_ns = 0;
};

class Scan {
 public:
  Look run(const std::vector<std::string>& paths) {
    for (const std::string& path : paths) {
      if (!add(path, base::FollowLinks::yes)) {
        look_.missing = path;
        return look_;
      }
    }
    look_.signature = hasher_.finish();
    return look_;
  }

 private:
  /// False when `path` is not there. Below a folder links are not followed: they may lead in a
  /// circle.
  bool add(const base::fs::path& path, base::FollowLinks follow) {
    const auto info = base::file_info(path, follow);
    if (!info) return false;
    if (++entries_ > k_tree_entries_max)
      throw Error(ErrorKind::usage, "'" + path.string() + "': the tree is too large to watch")
          .with_hint("wait for a marker file instead");
    hasher_.update(path.native());
    hasher_.update_u64(static_cast<std::uint64_t>(info->type));
    hasher_.update_u64(info->inode);
    const bool folder = info->type == base::FileInfo::Type::directory;
    if (!folder) hasher_.update_u64(static_cast<std::uint64_t>(info->size_bytes));
    hasher_.update_u64(static_cast<std::uint64_t>(info->mtime_ns));
    look_.newest_mtime_ns = std::max(look_.newest_mtime_ns, info->mtime_ns);
    if (!folder) return true;
    for (const std::string& name : base::list_folder(path)) add(path / name, base::FollowLinks::no);
    return true;
  }

  base::FastHasher hasher_;
  Look look_;
  std::int64_t entries_ = 0;
};

Look look_at(const std::vector<std::string>& paths) {
  try {
    return Scan().run(paths);
  } catch (const Error& error) {  // a step on the pool: handed over as a value
    Look look;
    look.failure = error.what();
    return look;
  }
}

/// Ready when nothing was seen to change for `quiet`. It goes by what it observes, not by times
/// that files carry: clocks of other machines may be wrong.
class StableGate final : public Gate {
 public:
  StableGate(GateSpecPtr spec, std::vector<std::string> paths, const GateContext& context)
      : spec_(std::move(spec)),
        paths_(std::move(paths)),
        loop_(context.loop),
        pool_(context.pool),
        once_(context.ask_once) {}
  ~StableGate() override { cancel(); }

  void ask(Done done) override {
    question_ = std::make_shared<Question>(Question{this, std::move(done)});
    pool_.submit([question = question_, paths = paths_, &loop = loop_] {
      Look look = look_at(paths);
      loop.post([question, look = std::move(look)] {
        if (question->gate != nullptr) question->gate->take(look);
      });
    });
  }

  void cancel() override {
    if (question_) std::exchange(question_, nullptr)->gate = nullptr;
  }

 private:
  struct Question {
    StableGate* gate;
    Done done;
  };

  void take(const Look& look) {
    const Done done = std::move(std::exchange(question_, nullptr)->done);
    done(once_ ? judge_by_age(look) : judge(look));
  }

  GateAnswer judge(const Look& look) {
    if (!look.failure.empty())
      return {GateAnswer::Kind::permanent, "gate-failed", look.failure, std::nullopt};
    if (!look.missing.empty()) {
      since_.reset();
      return {GateAnswer::Kind::not_ready, "", "'" + look.missing + "' does not exist",
              std::nullopt};
    }
    const nanoseconds now = base::now_boot();
    if (!since_ || !(look.signature == signature_)) {
      since_ = now;
      signature_ = look.signature;
    }
    const nanoseconds left = spec_->quiet - (now - *since_);
    if (left.count() <= 0) return {GateAnswer::Kind::ready, "", "", std::nullopt};
    const milliseconds again = std::clamp(std::chrono::ceil<milliseconds>(left), k_look_again_min,
                                          spec_->poll.value_or(k_look_again_max));
    return {GateAnswer::Kind::not_ready, "",
            "not unchanged for " + base::format_duration(spec_->quiet) + " yet", again};
  }

  [[nodiscard]] GateAnswer judge_by_age(const Look& look) const {
    if (!look.failure.empty())
      return {GateAnswer::Kind::permanent, "gate-failed", look.failure, std::nullopt};
    if (!look.missing.empty())
      return {GateAnswer::Kind::not_ready, "", "'" + look.missing + "' does not exist",
              std::nullopt};
    const auto now_ns = base::to_millis(base::now_wall()) * 1'000'000;
    const nanoseconds age(now_ns - look.newest_mtime_ns);
    if (age >= spec_->quiet) return {GateAnswer::Kind::ready, "", "", std::nullopt};
    return {GateAnswer::Kind::not_ready, "",
            "changed less than " + base::format_duration(spec_->quiet) + " ago", std::nullopt};
  }

  GateSpecPtr spec_;
  std::vector<std::string> paths_;
  base::EventLoop& loop_;
  base::ThreadPool& pool_;
  bool once_;
  std::shared_ptr<Question> question_;
  std::optional<nanoseconds> since_;
  base::Hash128 signature_;
};

}  // namespace

std::unique_ptr<Gate> make_stable_gate(const GateSpecPtr& spec, const GateSubject& subject,
                                       const GateContext& context) {
  return std::make_unique<StableGate>(spec, gate_paths(*spec, subject), context);
}

}  // namespace weir::engine
