#include "base/control_group.hpp"

#include "base/error.hpp"
#include "base/internal/named_number.hpp"
#include "base/process.hpp"
#include "base/text.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string_view>
#include <vector>

namespace weir::base {
namespace {

constexpr std::string_view k_prefix = "weir-";

/// The kernel takes what one call writes as one order.
void order(const fs::path& file, std::string_view text) {
  const Fd fd(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
  if (!fd || ::write(fd.get(), text.data(), text.size()) < 0)
    throw system_error("write to", file.native(), errno);
}

void order_if_there(const fs::path& file, std::string_view text) {
  if (file_info(file)) order(file, text);
}

bool contains(const std::vector<std::string_view>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool has_word(const fs::path& file, std::string_view word) {
  const std::string text = try_read_file(file).value_or("");
  return contains(split(trim(text), ' '), word);
}

/// Where a tree of groups stands, by the custom that systemd set and container engines follow (the
/// kernel's list of mounts would tell, but is long to read). Version 2 alone, or beside version 1.
fs::path tree_of(std::string_view controller) {
  const fs::path root = "/sys/fs/cgroup";
  if (!controller.empty()) return root / controller;
  return file_info(root / "cgroup.controllers") ? root : root / "unified";
}

/// Of lines "ID:CONTROLLERS:GROUP" of /proc/self/cgroup; version 2 has the id 0 and no controllers.
///
/// Read once: a process that is moved stays within the limits of the groups that it was in, or its
/// administrator knows better.
std::optional<std::string> find_group(std::string_view controller) {
  static const std::string groups = try_read_file("/proc/self/cgroup").value_or("");
  for (const std::string_view line : split(groups, '\n')) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    const std::string_view controllers = line.substr(first + 1, second - first - 1);
    const bool wanted = controller.empty() ? line.starts_with("0::")
                                           : contains(split(controllers, ','), controller);
    if (wanted) return std::string(line.substr(second + 1));
  }
  return std::nullopt;
}

std::vector<pid_t> members_of(const fs::path& folder) {
  const std::string text = read_file(folder / "cgroup.procs");
  std::vector<pid_t> members;
  for (const std::string_view line : split(text, '\n'))
    if (const auto pid = parse_int64(line)) members.push_back(static_cast<pid_t>(*pid));
  return members;
}

/// Of runs that were killed. A group in use cannot be removed.
void remove_left_over(const fs::path& folder) {
  for (const std::string& name : list_folder(folder))
    if (name.starts_with(k_prefix)) ::rmdir((folder / name).c_str());
}

std::string why_not_delegated(const fs::path& folder) {
  if (!has_word(folder / "cgroup.controllers", "memory"))
    return "'" + folder.native() + "' has no memory controller";
  if (::access(folder.c_str(), W_OK) != 0 ||
      ::access((folder / "cgroup.subtree_control").c_str(), W_OK) != 0 ||
      ::access((folder / "cgroup.procs").c_str(), W_OK) != 0)
    return "'" + folder.native() + "' was not delegated to this user";
  return {};
}

}  // namespace

std::vector<fs::path> control_group_folders(std::string_view controller) {
  const fs::path tree = tree_of(controller);
  const std::optional<std::string> group = find_group(controller);
  if (!group || !file_info(tree)) return {};
  std::vector<fs::path> folders;
  // A container may see its own group as the whole tree, but hear of it by its name outside.
  const fs::path below = fs::path(*group).relative_path();
  if (file_info(tree / below))
    for (fs::path rest = below; !rest.empty(); rest = rest.parent_path())
      folders.push_back(tree / rest);
  folders.push_back(tree);
  return folders;
}

ControlGroup::~ControlGroup() {
  if (::rmdir(folder_.c_str()) == 0) return;
  try {
    order_if_there(folder_ / "cgroup.kill", "1");
  } catch (const Error&) {  // it is removed by the next run
  }
  ::rmdir(folder_.c_str());
}

bool ControlGroup::ran_out_of_memory() const {
  const std::string events = try_read_file(folder_ / "memory.events").value_or("");
  return internal::named_number(events, "oom_kill").value_or(0) > 0;
}

std::unique_ptr<ControlGroups> ControlGroups::take_over(std::string& why_not) {
  try {
    const std::vector<fs::path> folders = control_group_folders();
    if (folders.empty()) throw Error(ErrorKind::failed, "there are none of version 2");
    const fs::path& folder = folders.front();
    why_not = why_not_delegated(folder);
    if (!why_not.empty()) return nullptr;
    remove_left_over(folder);
    std::unique_ptr<ControlGroups> groups(new ControlGroups(folder));
    groups->move_in();
    order(groups->folder_ / "cgroup.subtree_control", "+memory");
    return groups;
  } catch (const Error& error) {
    why_not = error.message();
    return nullptr;
  }
}

/// Into a group below. The processes of others stay where they are, and are in the way.
void ControlGroups::move_in() {
  std::vector<pid_t> ours = descendants_of(::getpid());
  ours.push_back(::getpid());
  const std::vector<pid_t> members = members_of(folder_);
  for (const pid_t member : members) {
    if (std::find(ours.begin(), ours.end(), member) == ours.end()) {
      throw Error(ErrorKind::failed, "other processes are in '" + folder_.native() + "', such as " +
                                         std::to_string(member));
    }
  }
  const fs::path below = folder_ / (std::string(k_prefix) + std::to_string(::getpid()));
  if (::mkdir(below.c_str(), 0777) != 0) throw system_error("create", below.native(), errno);
  own_ = below;
  for (const pid_t member : members) order(below / "cgroup.procs", std::to_string(member));
}

ControlGroups::~ControlGroups() {
  if (own_.empty()) return;
  try {
    order(folder_ / "cgroup.subtree_control", "-memory");
    for (const pid_t member : members_of(own_))
      order(folder_ / "cgroup.procs", std::to_string(member));
    ::rmdir(own_.c_str());
  } catch (const std::exception&) {  // somebody else uses the groups by now; they stay
  }
}

std::shared_ptr<ControlGroup> ControlGroups::make(std::int64_t memory_bytes) {
  fs::path folder = folder_ / (std::string(k_prefix) + std::to_string(::getpid()) + "-" +
                               std::to_string(++made_));
  if (::mkdir(folder.c_str(), 0777) != 0) throw system_error("create", folder.native(), errno);
  Fd members(::open((folder / "cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC));
  if (!members) {
    const int error = errno;
    ::rmdir(folder.c_str());
    throw system_error("open", (folder / "cgroup.procs").native(), error);
  }
  auto group = std::make_shared<ControlGroup>(folder, std::move(members));
  order(folder / "memory.max", std::to_string(memory_bytes));
  order_if_there(folder / "memory.swap.max", "0");
  order_if_there(folder / "memory.oom.group", "1");
  return group;
}

}  // namespace weir::base
