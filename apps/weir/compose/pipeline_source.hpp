#pragma once

#include "command.hpp"
#include "engine/run_settings.hpp"
#include "repos/pipeline_name.hpp"
#include "repos/pipeline_store.hpp"

#include <functional>
#include <optional>
#include <string>

namespace weir::app {

/// What is told a line for people, who see it at once.
using Remark = std::function<void(const std::string& line)>;
[[nodiscard]] Remark remarks_to(Output& stream, bool quiet);

/// How a pipeline in a git repository is asked for.
struct SourceRequest {
  std::string revision;  ///< branch, tag or commit; empty: the default branch
  std::string hub;       ///< "gitlab"; empty: where it was fetched from, else github
  std::string user;      ///< NAME:PASSWORD for its server; empty: those of the user's `scm` file
  bool latest = false;   ///< look for something newer on its server
  bool offline = false;  ///< ask no server
};

/// The options by which a command takes one.
void declare_source(OptionTable& table, SourceRequest& request);

/// The pipelines fetched by this user and by Nextflow: NXF_ASSETS, else NXF_HOME/assets, else
/// ~/.nextflow/assets.
[[nodiscard]] repos::PipelineStore open_pipelines(const Context& context);

/// What `text` names, by the user's `scm` file (NXF_SCM_FILE, else NXF_HOME/scm), NXF_ORG, and what
/// is in the store. Throws Error (usage).
[[nodiscard]] repos::PipelineName name_pipeline(Context& context, const repos::PipelineStore& store,
                                                const std::string& text,
                                                const SourceRequest& request);

/// A project that is in the store; `text` may be short. Throws Error (not_found).
[[nodiscard]] std::string pulled_project(Context& context, const repos::PipelineStore& store,
                                         const std::string& text);

/// A setting of a pipeline's `manifest`; empty where it has none, or no configuration that can be
/// read.
[[nodiscard]] std::string manifest_setting(Context& context, const std::string& folder,
                                           const std::string& name);

/// A revision with its files.
struct PulledPipeline {
  repos::Revision revision;
  std::string folder;
  bool is_new = false;  ///< its files were not there before
};

/// Brings a pipeline's revision into the store: from its server where it is not there yet, or where
/// the request says so. `say` is told what takes long. Blocks; throws Error.
PulledPipeline pull_pipeline(Context& context, repos::PipelineStore& store,
                             const repos::PipelineName& name, const SourceRequest& request,
                             const Remark& say);

/// Where `settings.script` names no file or folder of this machine but a repository, pulls it and
/// sets `settings.origin`; `remarks` is told what takes long, unless the user asked for quiet.
/// Throws Error, also for a revision of what is a path.
void find_pipeline(Context& context, engine::RunSettings& settings, SourceRequest request,
                   Output& remarks, bool quiet);

}  // namespace weir::app
