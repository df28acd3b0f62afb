#include "repos/pipeline_store.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/lock.hpp"
#include "base/temporary_name.hpp"
#include "base/text.hpp"
#include "repos/address.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace weir::repos {
namespace {

namespace fs = std::filesystem;

constexpr const char* k_repositories = ".repos";
constexpr const char* k_bare = "bare";
constexpr const char* k_clones = "clones";
constexpr const char* k_locks = ".locks";
constexpr std::string_view k_branches = "refs/heads/";
constexpr std::string_view k_tags = "refs/tags/";
constexpr std::size_t k_commit_digits = 40;
/// Owner and name, and on some servers groups before them.
constexpr int k_parts_max = 6;

bool is_folder(const fs::path& path) {
  const auto info = base::file_info(path);
  return info.has_value() && info->type == base::FileInfo::Type::directory;
}

void collect_projects(const fs::path& folder, const std::string& prefix, int parts,
                      std::vector<std::string>& projects) {
  for (const std::string& name : base::list_folder(folder)) {
    if (name.starts_with('.') || !is_folder(folder / name)) continue;
    const std::string project = prefix.empty() ? name : prefix + "/" + name;
    if (is_folder(folder / name / k_bare)) {
      projects.push_back(project);
    } else if (parts < k_parts_max) {
      collect_projects(folder / name, project, parts + 1, projects);
    }
  }
}

bool is_commit_prefix(const std::string& text) {
  constexpr std::size_t k_digits_min = 4;  // git's own
  return text.size() >= k_digits_min && text.size() <= k_commit_digits &&
         text.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
}

/// One process at a time changes a project. What others left half-made, when they were killed, has
/// no owner then.
base::FileLock lock_project(const fs::path& repositories, const std::string& project) {
  // Not in the project's folder, which may be removed while somebody waits.
  base::make_folders(repositories / k_locks);
  base::FileLock lock =
      base::FileLock::lock(repositories / k_locks / base::replace_all(project, "/", "+"));
  for (const fs::path& place : {repositories / project, repositories / project / k_clones}) {
    if (!is_folder(place)) continue;
    for (const std::string& name : base::list_folder(place)) {
      if (name.starts_with('.') && is_folder(place / name)) base::remove_tree(place / name);
    }
  }
  return lock;
}

/// A folder of a project with another name until it is complete; removed when it does not get so
/// far, and with it what else is empty of the project.
class NewFolder {
 public:
  NewFolder(fs::path target, fs::path project)
      : target_(std::move(target)),
        project_(std::move(project)),
        path_(base::temporary_beside(target_)) {
    base::make_folders(target_.parent_path());
  }
  ~NewFolder() {
    if (kept_) return;
    try {
      base::remove_tree(path_);
    } catch (const Error&) {  // NOLINT(bugprone-empty-catch): the next one who locks sweeps it
    }
    base::remove_empty_folder(target_.parent_path());
    base::remove_empty_folder(project_);
  }
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;

  [[nodiscard]] const fs::path& path() const { return path_; }
  void commit() {
    base::sync_file_system(path_);
    base::rename_file(path_, target_);
    kept_ = true;
    base::sync_folder(target_.parent_path());
  }

 private:
  fs::path target_;
  fs::path project_;
  fs::path path_;
  bool kept_ = false;
};

}  // namespace

std::string short_commit(const std::string& commit) {
  constexpr std::size_t k_shown = 10;
  return commit.substr(0, k_shown);
}

std::string to_text(const Revision& revision) {
  if (revision.name.empty()) return revision.commit;
  return fmt::format("{} [{}]", short_commit(revision.commit), revision.name);
}

PipelineStore::PipelineStore(fs::path root, Git git)
    : root_(std::move(root)), git_(std::move(git)) {}

fs::path PipelineStore::folder_of(const std::string& project) const {
  return root_ / k_repositories / project;
}

fs::path PipelineStore::bare_of(const std::string& project) const {
  return folder_of(project) / k_bare;
}

fs::path PipelineStore::clone_of(const std::string& project, const std::string& commit) const {
  return folder_of(project) / k_clones / commit;
}

std::vector<std::string> PipelineStore::projects() const {
  std::vector<std::string> projects;
  if (is_folder(root_ / k_repositories)) collect_projects(root_ / k_repositories, "", 1, projects);
  std::sort(projects.begin(), projects.end());
  return projects;
}

std::vector<std::string> PipelineStore::projects_named(std::string_view name) const {
  std::vector<std::string> found = projects();
  std::erase_if(found, [&](const std::string& project) {
    return !std::string_view(project).substr(project.rfind('/') + 1).starts_with(name);
  });
  return found;
}

bool PipelineStore::has(const std::string& project) const {
  return is_folder(bare_of(project));
}

std::string PipelineStore::address_of(const std::string& project) const {
  const Git::Answer answer =
      git_.ask({"--git-dir", bare_of(project).string(), "config", "remote.origin.url"});
  if (answer.status == 0) return answer.output;
  throw Error(ErrorKind::failed,
              fmt::format("the repository of '{}' does not say where it is from", project))
      .with_hint(fmt::format("fetch it anew: weir drop {}", project));
}

void PipelineStore::create(const std::string& project, const std::string& address,
                           const GitCall& call) {
  NewFolder folder(bare_of(project), folder_of(project));
  git_.run(fmt::format("fetch '{}' from {}", project, address),
           {"clone", "--bare", "--quiet", "--", address, folder.path().string()}, call);
  folder.commit();
}

void PipelineStore::fetch(const std::string& project, const std::string& address,
                          const Credentials& credentials) {
  const base::FileLock lock = lock_project(root_ / k_repositories, project);
  const GitCall call{credentials, lock.fd()};
  if (!has(project)) return create(project, address, call);
  const std::string known = address_of(project);
  if (web_address(known) != web_address(address)) {
    throw Error(ErrorKind::usage, fmt::format("'{}' was fetched from {}", project, known))
        .with_hint(
            fmt::format("for the one of {}, remove that first: weir drop {}", address, project));
  }
  // Branches move, also backwards; tags do not.
  try {
    git_.run(fmt::format("update '{}' from {}", project, address),
             {"--git-dir", bare_of(project).string(), "fetch", "--quiet", "origin",
              "+refs/heads/*:refs/heads/*", "refs/tags/*:refs/tags/*"},
             call);
  } catch (Error& error) {
    if (error.hint().empty()) error.with_hint("what was fetched of it before is still here");
    throw;
  }
}

std::vector<Reference> PipelineStore::references(const std::string& project) const {
  const std::string text = git_.run(
      fmt::format("list the revisions of '{}'", project),
      {"--git-dir", bare_of(project).string(), "for-each-ref",
       "--format=%(objectname) %(*objectname) %(HEAD) %(refname)", "refs/heads", "refs/tags"});
  std::vector<Reference> result;
  for (const std::string_view line : base::split(text, '\n')) {
    if (line.empty()) continue;
    const std::vector<std::string_view> words = base::split(line, ' ');
    const std::string_view name = words.back();
    Reference reference;
    reference.kind = name.starts_with(k_tags) ? Revision::Kind::tag : Revision::Kind::branch;
    reference.name =
        name.substr(reference.kind == Revision::Kind::tag ? k_tags.size() : k_branches.size());
    reference.commit = words[words[1].empty() ? 0 : 1];  // of the commit that a tag's note is about
    reference.is_default = words[words.size() - 2] == "*";
    result.push_back(std::move(reference));
  }
  return result;
}

std::optional<Revision> PipelineStore::find(const std::string& project,
                                            const std::string& text) const {
  const std::vector<Reference> known = references(project);
  for (const Reference& reference : known) {
    // Branches come first.
    if (text.empty() ? reference.is_default : reference.name == text) return reference;
  }
  if (!is_commit_prefix(text)) return std::nullopt;
  const Git::Answer answer =
      git_.ask({"--git-dir", bare_of(project).string(), "rev-parse", "--verify", "--quiet",
                "--end-of-options", text + "^{commit}"});
  if (answer.status != 0) return std::nullopt;
  for (const Reference& reference : known) {
    if (reference.kind == Revision::Kind::tag && reference.commit == answer.output)
      return reference;
  }
  return Revision{Revision::Kind::commit, "", answer.output};
}

fs::path PipelineStore::check_out(const std::string& project, const Revision& revision,
                                  const std::function<Submodules(const fs::path&)>& choose) {
  const fs::path target = clone_of(project, revision.commit);
  if (is_folder(target)) return target;
  const base::FileLock lock = lock_project(root_ / k_repositories, project);
  if (is_folder(target)) return target;
  NewFolder folder(target, folder_of(project));
  const std::string path = folder.path().string();
  const std::string attempted = fmt::format("check out '{}' of '{}'", to_text(revision), project);
  const GitCall call{{}, lock.fd()};
  git_.run(attempted,
           {"clone", "--quiet", "--shared", "--no-checkout", "--", bare_of(project).string(), path},
           call);
  git_.run(attempted, {"-C", path, "checkout", "--quiet", "--detach", revision.commit}, call);
  // Submodules with relative addresses lie beside the project on its server.
  git_.run(attempted, {"-C", path, "config", "remote.origin.url", address_of(project)}, call);
  if (base::file_info(folder.path() / ".gitmodules"))
    add_submodules(path, choose(folder.path()), lock.fd());
  folder.commit();
  return target;
}

void PipelineStore::add_submodules(const std::string& folder, const Submodules& chosen,
                                   int lock_fd) const {
  if (!chosen.wanted) return;
  std::vector<std::string> arguments{"-C", folder, "submodule", "--quiet", "update", "--init"};
  if (chosen.nested) arguments.emplace_back("--recursive");
  arguments.emplace_back("--");
  arguments.insert(arguments.end(), chosen.paths.begin(), chosen.paths.end());
  git_.run("fetch the submodules", std::move(arguments), {chosen.credentials, lock_fd});
}

std::vector<std::string> PipelineStore::commits(const std::string& project) const {
  std::vector<std::string> commits;
  const fs::path folder = folder_of(project) / k_clones;
  if (!is_folder(folder)) return commits;
  for (const std::string& name : base::list_folder(folder)) {
    if (!name.starts_with('.')) commits.push_back(name);
  }
  return commits;
}

void PipelineStore::clone(const std::string& address, const std::string& revision,
                          std::int64_t depth, const fs::path& folder,
                          const Credentials& credentials) const {
  std::vector<std::string> arguments{"clone", "--quiet"};
  const bool by_name = !revision.empty() && !is_commit_prefix(revision);
  if (by_name) arguments.push_back("--branch=" + revision);
  if (depth > 0 && (by_name || revision.empty()))
    arguments.push_back(fmt::format("--depth={}", depth));
  arguments.insert(arguments.end(), {"--", address, folder.string()});
  git_.run(fmt::format("clone {}", address), std::move(arguments), {credentials});
  if (revision.empty() || by_name) return;
  git_.run(fmt::format("check out '{}'", revision),
           {"-C", folder.string(), "checkout", "--quiet", "--end-of-options", revision});
}

void PipelineStore::refuse_changes(const std::string& project, const std::string& commit) const {
  const fs::path folder = clone_of(project, commit);
  const Git::Answer answer = git_.ask({"-C", folder.string(), "status", "--porcelain"});
  if (answer.status != 0 || answer.output.empty()) return;
  throw Error(ErrorKind::usage, fmt::format("'{}' was changed in {}", project, folder.string()))
      .with_hint("-f removes it all the same");
}

void PipelineStore::drop(const std::string& project, const std::string& commit, Changes changes) {
  const base::FileLock lock = lock_project(root_ / k_repositories, project);
  const std::vector<std::string> doomed = commit.empty() ? commits(project) : std::vector{commit};
  if (changes == Changes::keep) {
    for (const std::string& one : doomed) refuse_changes(project, one);
  }
  for (const std::string& one : doomed) base::remove_tree(clone_of(project, one));
  if (commit.empty()) base::remove_tree(folder_of(project));
}

}  // namespace weir::repos
