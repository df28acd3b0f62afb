#pragma once

#include "command.hpp"
#include "compose/pipeline_source.hpp"

#include <cstdint>
#include <string>
#include <vector>

// The commands about pipelines in git repositories, for `weir` and for `weir nextflow`. All throw
// Error.
namespace weir::app {

/// `pull`: fetches what is new of each.
struct PullQuestion {
  std::vector<std::string> names;
  bool all = false;  ///< every project of the store, each revision that was ever run by its name
  SourceRequest source;
};
ExitStatus pull_pipelines(Context& context, const PullQuestion& question, const Remark& remark);

/// `clone`: a copy to work in.
struct CloneQuestion {
  std::string name;
  std::string folder;      ///< empty: the project's name, here
  std::int64_t depth = 0;  ///< commits of history; 0: all
  SourceRequest source;
};
ExitStatus clone_pipeline(Context& context, const CloneQuestion& question, const Remark& remark);

/// `list`: the names of the projects that were pulled.
ExitStatus list_pipelines(Context& context, bool json);

/// `info`: where a project is from, and its revisions.
struct InfoQuestion {
  std::string name;
  bool with_commits = false;
  bool json = false;
};
ExitStatus describe_pipeline(Context& context, const InfoQuestion& question);

/// `view`: the main script, or the names of the files beside it.
struct ViewQuestion {
  std::string name;
  std::string revision;
  bool names = false;
  bool headless = false;
};
ExitStatus view_pipeline(Context& context, const ViewQuestion& question);

/// `drop`: removes a project, or one revision of it.
struct DropQuestion {
  std::string name;
  std::string revision;
  bool force = false;
};
ExitStatus drop_pipeline(Context& context, const DropQuestion& question);

}  // namespace weir::app
