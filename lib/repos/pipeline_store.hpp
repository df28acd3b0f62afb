#pragma once

#include "repos/git.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::repos {

/// A commit, and by what name it was asked for.
struct Revision {
  enum class Kind : std::uint8_t { branch, tag, commit };
  Kind kind = Kind::commit;
  std::string name;    ///< of a branch or tag; empty for a commit
  std::string commit;  ///< 40 hexadecimal digits
};

/// The first digits of a commit, as many as Nextflow shows: 10.
[[nodiscard]] std::string short_commit(const std::string& commit);

/// "1d71f857bb [master]", as Nextflow tells revisions; a commit alone in full.
[[nodiscard]] std::string to_text(const Revision& revision);

/// A branch or tag of a project.
struct Reference : Revision {
  bool is_default = false;  ///< the branch that the server checks out
};

/// The pipelines that were fetched: for each project one bare repository, and a folder for each
/// commit that was ever run, which stays as it is.
///
/// The layout is that of Nextflow since 25.12 (`MultiRevisionRepositoryStrategy`), so both use the
/// same folder: ROOT/.repos/OWNER/NAME/bare and …/clones/COMMIT. What Nextflow fetched before that
/// (ROOT/OWNER/NAME) is not looked at.
///
/// A repository or folder appears when it is complete. Several processes may fetch the same
/// project: they wait for one another. Calls block, those that fetch as long as git takes.
class PipelineStore {
 public:
  PipelineStore(std::filesystem::path root, Git git);

  /// The names of all projects, sorted.
  [[nodiscard]] std::vector<std::string> projects() const;
  /// Those whose last part begins with `name`.
  [[nodiscard]] std::vector<std::string> projects_named(std::string_view name) const;
  [[nodiscard]] bool has(const std::string& project) const;
  /// The folder of a project, whether it is there or not.
  [[nodiscard]] std::filesystem::path folder_of(const std::string& project) const;
  /// The address that a project was fetched from. Throws Error (failed) for a broken repository.
  [[nodiscard]] std::string address_of(const std::string& project) const;

  /// Fetches a project that is not there, or what is new in one. Throws Error: temporary, not_found
  /// (as Git::run), usage when the project is there from another address.
  void fetch(const std::string& project, const std::string& address,
             const Credentials& credentials);

  /// Branches by name, then tags by name.
  [[nodiscard]] std::vector<Reference> references(const std::string& project) const;
  /// What `text` names in the project: a branch, a tag or a commit (its beginning suffices, and a
  /// tag that it has gives its name); empty: the default branch. Nothing when it is not there.
  [[nodiscard]] std::optional<Revision> find(const std::string& project,
                                             const std::string& text) const;
  /// Which submodules of a new checkout come along.
  struct Submodules {
    bool wanted = false;
    std::vector<std::string> paths;  ///< empty: all
    bool nested = false;             ///< theirs, too
    Credentials credentials;
  };
  /// The files of a revision. `choose` is asked once they are in a new folder that has submodules,
  /// before it appears.
  [[nodiscard]] std::filesystem::path check_out(
      const std::string& project, const Revision& revision,
      const std::function<Submodules(const std::filesystem::path& folder)>& choose);
  /// The folder of a commit's files, whether they are there or not.
  [[nodiscard]] std::filesystem::path clone_of(const std::string& project,
                                               const std::string& commit) const;
  /// The commits whose files are there.
  [[nodiscard]] std::vector<std::string> commits(const std::string& project) const;

  /// A copy for people to work in. `depth` 0: the whole history. `revision` as in `find`. The
  /// folder is missing or empty before. Throws Error.
  void clone(const std::string& address, const std::string& revision, std::int64_t depth,
             const std::filesystem::path& folder, const Credentials& credentials) const;

  enum class Changes : std::uint8_t { keep, lose };
  /// Removes the files of one commit, or a project whole (`commit` empty). With Changes::keep it
  /// throws Error (usage) where somebody changed them.
  void drop(const std::string& project, const std::string& commit, Changes changes);

 private:
  [[nodiscard]] std::filesystem::path bare_of(const std::string& project) const;
  void create(const std::string& project, const std::string& address, const GitCall& call);
  void add_submodules(const std::string& folder, const Submodules& chosen, int lock_fd) const;
  void refuse_changes(const std::string& project, const std::string& commit) const;

  std::filesystem::path root_;
  Git git_;
};

}  // namespace weir::repos
