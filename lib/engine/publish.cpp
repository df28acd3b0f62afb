#include "engine/publish.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/glob.hpp"
#include "base/hash.hpp"
#include "base/lock.hpp"
#include "base/random.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <set>

namespace weir::engine {
namespace {

using base::FileInfo;
using base::FollowLinks;
using base::fs::path;

/// "d//x/." is d/x; the task's folder itself is the empty name.
std::string plain_name(const std::string& name) {
  std::string plain = path(name).lexically_normal().native();
  while (plain.ends_with('/')) plain.pop_back();
  return plain == "." ? std::string() : plain;
}

/// Sorted and without what lies below another one: a folder brings its files along.
std::vector<std::string> outermost(const std::vector<FoundPaths>& paths) {
  std::set<std::string> names;
  for (const FoundPaths& found : paths) {
    for (const std::string& name : found.names) names.insert(plain_name(name));
  }
  std::vector<std::string> kept;
  for (const std::string& name : names) {
    bool below = false;
    for (std::size_t slash = name.find('/'); slash != std::string::npos && !below;
         slash = name.find('/', slash + 1))
      below = names.count(name.substr(0, slash)) > 0;
    if (!below) kept.push_back(name);
  }
  return kept;
}

PublishAction::Existing existing_policy(const PublishRule& rule, bool from_cache) {
  if (rule.overwrite) {
    return *rule.overwrite ? PublishAction::Existing::replace : PublishAction::Existing::keep;
  }
  return from_cache ? PublishAction::Existing::compare : PublishAction::Existing::replace;
}

enum class Copying { follow_links, keep_links, hard_links };

/// Copies a file, link or tree to a name that does not exist.
void copy_tree(const path& source, const path& target, Copying copying) {
  const auto follow = copying == Copying::follow_links ? FollowLinks::yes : FollowLinks::no;
  const auto info = base::file_info(source, follow);
  if (!info) throw Error(ErrorKind::input, "'" + source.native() + "' does not exist");
  if (info->type == FileInfo::Type::symlink) {
    base::make_symlink(base::fs::read_symlink(source), target);
  } else if (info->type != FileInfo::Type::directory) {
    copying == Copying::hard_links ? base::make_link(source, target)
                                   : base::copy_file(source, target);
  } else {
    base::make_folders(target);
    for (const std::string& name : base::list_folder(source))
      copy_tree(source / name, target / name, copying);
  }
}

/// A folder beside a target, where it is made before it is renamed.
///
/// Of one name for each target and locked by who works in it: what a killed run left is found, and
/// is removed, when the same target is published again. While another one works on the same target,
/// of a name of its own.
class Workshop {
 public:
  explicit Workshop(const path& target) : folder_(usual_folder(target)) {
    while (!open()) {
      if (!is_left_over(folder_))
        folder_ = target.parent_path() / (".weir-" + base::random_hex(16) + ".tmp");
    }
  }
  ~Workshop() {
    try {
      base::remove_tree(folder_);
    } catch (const Error&) {  // it goes when the target is published again
    }
  }
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;

  [[nodiscard]] path piece() const { return folder_ / "piece"; }

  /// Removes what a killed run left of the target.
  static void clear(const path& target) {
    const path folder = usual_folder(target);
    if (base::file_info(folder, FollowLinks::no)) static_cast<void>(is_left_over(folder));
  }

 private:
  /// Not made of the target's name, which may be as long as names can be.
  static path usual_folder(const path& target) {
    const std::string hash = base::fast_hash(target.filename().native()).hex();
    return target.parent_path() / (".weir-" + hash.substr(0, 16) + ".tmp");
  }

  /// `none`: the file system has no locks (on folders); then nothing is ever taken for left over.
  enum class Lock { ours, taken, none };
  static Lock lock(const base::Fd& folder) {
    try {
      const bool done = base::try_lock_fd(folder.get(), base::LockMode::exclusive, "a folder");
      return done ? Lock::ours : Lock::taken;
    } catch (const Error&) {  // some network file systems
      return Lock::none;
    }
  }

  /// False when the name is taken, or was removed before it could be locked.
  bool open() {
    if (::mkdir(folder_.c_str(), 0777) != 0) {
      if (errno == EEXIST) return false;
      throw system_error("create the folder", folder_.native(), errno);
    }
    lock_ = base::Fd(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!lock_ || lock(lock_) == Lock::taken) return false;
    struct stat locked {};
    const auto present = base::file_info(folder_, FollowLinks::no);
    return present && ::fstat(lock_.get(), &locked) == 0 && locked.st_ino == present->inode;
  }

  /// Removes a workshop that nobody works in; false when somebody does.
  static bool is_left_over(const path& folder) {
    const base::Fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd) return errno == ENOENT;  // removed meanwhile
    if (lock(fd) != Lock::ours) return false;
    base::remove_tree(folder);
    return true;
  }

  path folder_;
  base::Fd lock_;
};

/// True when `target` already is what would be published.
bool is_same(const PublishAction& action, const FileInfo& existing) {
  const bool wants_symlink =
      action.mode == PublishMode::symlink || action.mode == PublishMode::rellink;
  if ((existing.type == FileInfo::Type::symlink) != wants_symlink) return false;
  const auto source = base::file_info(action.source);
  const auto target = base::file_info(action.target);
  if (!source || !target || source->type != target->type) return false;
  if (wants_symlink) return source->device == target->device && source->inode == target->inode;
  return source->type == FileInfo::Type::directory || source->size_bytes == target->size_bytes;
}

bool is_on_one_device(const path& source, const path& folder) {
  const auto from = base::file_info(source, FollowLinks::no);
  const auto to = base::file_info(folder);
  return from && to && from->device == to->device;
}

void build(const PublishAction& action, const path& target, const path& link_folder) {
  switch (action.mode) {
    case PublishMode::symlink: return base::make_symlink(action.source, target);
    case PublishMode::rellink:
      return base::make_symlink(path(action.source).lexically_relative(link_folder), target);
    case PublishMode::link:
      return copy_tree(base::fs::canonical(action.source), target, Copying::hard_links);
    case PublishMode::copy: return copy_tree(action.source, target, Copying::follow_links);
    case PublishMode::copy_no_follow: return copy_tree(action.source, target, Copying::keep_links);
    case PublishMode::move: break;
  }
  if (is_on_one_device(action.source, target.parent_path()))
    return base::rename_file(action.source, target);
  copy_tree(action.source, target, Copying::keep_links);
  base::remove_tree(action.source);
}

/// Makes a file that can be made in one step, with nothing half done whenever the process is
/// killed. False, and nothing done, when the target exists, its folder does not, or it is no file.
///
/// The common case of thousands of files, so nothing is asked before it is tried.
bool appears_at_once(const PublishAction& action, const path& target) {
  switch (action.mode) {
    case PublishMode::link: return base::try_make_link(action.source, target);
    case PublishMode::copy: return base::try_copy_whole(action.source, target);
    case PublishMode::copy_no_follow: {
      const auto source = base::file_info(action.source, FollowLinks::no);
      const bool is_link = source && source->type == FileInfo::Type::symlink;
      return !is_link && base::try_copy_whole(action.source, target);
    }
    default: return false;
  }
}

}  // namespace

std::vector<PublishAction> plan_publishing(const std::vector<PublishRule>& rules,
                                           const std::vector<FoundPaths>& paths,
                                           const std::string& output_dir, bool from_cache) {
  std::vector<PublishAction> actions;
  if (rules.empty()) return actions;
  const std::vector<std::string> names = outermost(paths);
  for (const PublishRule& rule : rules) {
    std::optional<base::Glob> pattern;
    if (!rule.pattern.empty()) pattern.emplace(rule.pattern);
    for (const std::string& name : names) {
      if (pattern && !pattern->matches(name)) continue;
      std::optional<std::string> target = rule.save_as ? rule.save_as(name) : name;
      if (!target || target->empty()) continue;
      actions.push_back({.source = output_dir + "/" + name,
                         .target = (path(rule.folder) / *target).lexically_normal().native(),
                         .mode = rule.mode,
                         .existing = existing_policy(rule, from_cache),
                         .fail_on_error = rule.fail_on_error});
    }
  }
  return actions;
}

void publish_file(const PublishAction& action) {
  path target = action.target;
  if (!target.has_filename()) target = target.parent_path();
  if (appears_at_once(action, target)) return;
  const path folder = target.parent_path();
  base::make_folders(folder);
  const auto existing = base::file_info(target, FollowLinks::no);
  if (existing) {
    Workshop::clear(target);
    if (action.existing == PublishAction::Existing::keep) return;
    if (action.existing == PublishAction::Existing::compare && is_same(action, *existing)) return;
  } else {
    const bool is_link = action.mode == PublishMode::symlink || action.mode == PublishMode::rellink;
    const bool is_move =
        action.mode == PublishMode::move && is_on_one_device(action.source, folder);
    if (is_link || is_move) {
      try {
        return build(action, target, folder);
      } catch (const Error&) {
        // Another one may have published it in this moment: then it is looked at as it is now.
        if (!base::file_info(target, FollowLinks::no)) throw;
        return publish_file(action);
      }
    }
    if (appears_at_once(action, target)) return;
  }

  const Workshop workshop(target);
  build(action, workshop.piece(), folder);
  // What was there goes with the workshop.
  base::rename_over(workshop.piece(), target);
}

}  // namespace weir::engine
