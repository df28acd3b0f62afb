#include "engine/publish.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/glob.hpp"
#include "base/random.hpp"

#include <algorithm>
#include <optional>
#include <set>

namespace weir::engine {
namespace {

using base::FileInfo;
using base::FollowLinks;
using base::fs::path;

/// Sorted and without what lies below another one: a folder brings its files along.
std::vector<std::string> outermost(const std::vector<FoundPaths>& paths) {
  std::set<std::string> names;
  for (const FoundPaths& found : paths) names.insert(found.names.begin(), found.names.end());
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
  const auto source = base::file_info(action.source, FollowLinks::no);
  const auto folder = base::file_info(target.parent_path());
  if (source && folder && source->device == folder->device)
    return base::rename_file(action.source, target);
  copy_tree(action.source, target, Copying::keep_links);
  base::remove_tree(action.source);
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
  const path folder = target.parent_path();
  base::make_folders(folder);
  const auto existing = base::file_info(target, FollowLinks::no);
  if (existing) {
    if (action.existing == PublishAction::Existing::keep) return;
    if (action.existing == PublishAction::Existing::compare && is_same(action, *existing)) return;
  }
  // A symbolic link appears at once by itself.
  const bool is_atomic = action.mode == PublishMode::symlink || action.mode == PublishMode::rellink;
  if (is_atomic && !existing) return build(action, target, folder);

  // Not made of the target's name, which may be as long as names can be.
  const path temporary = folder / (".weir-" + base::random_hex(16) + ".tmp");
  try {
    build(action, temporary, folder);
    // A rename replaces files and links by files and links only.
    const auto built = base::file_info(temporary, FollowLinks::no);
    const bool has_folder = (existing && existing->type == FileInfo::Type::directory) ||
                            (built && built->type == FileInfo::Type::directory);
    if (existing && has_folder) base::remove_tree(target);
    base::rename_file(temporary, target);
    // Between two names of one file a rename does nothing.
    if (existing && action.mode == PublishMode::link) base::remove_file(temporary);
  } catch (...) {
    base::remove_tree(temporary);
    throw;
  }
}

}  // namespace weir::engine
