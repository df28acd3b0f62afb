#pragma once

#include "dataflow/flow.hpp"
#include "engine/config.hpp"
#include "engine/file_access.hpp"
#include "engine/placeholders.hpp"
#include "engine/run_settings.hpp"
#include "engine/software_settings.hpp"
#include "engine/task_runner.hpp"
#include "lang/interpreter.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::engine {

class TaskContext;

/// What all parts of one run share: where it happens, its settings, its evaluator, its graph. Owned
/// by the session; plain references for everybody else, all on the loop's thread.
struct RunContext {
  const RunSettings& settings;
  lang::SourceMap& sources;
  lang::Ast& ast;
  lang::Interpreter& interpreter;
  lang::Host& host;
  dataflow::Flow& flow;
  FileAccess& files;
  const Config& config;

  std::string launch_dir;
  std::string project_dir;
  std::string work_dir;
  std::string output_dir;
  SoftwareSettings software{};
  std::size_t stage_bytes_max = std::size_t{1} << 20;  ///< as TaskSpec has it
  bool strict = false;                                 ///< `nextflow.enable.strict`
  bool module_binaries = false;                        ///< `nextflow.enable.moduleBinaries`
  /// A secret of the user's; nothing when there is none of that name.
  std::function<std::optional<std::string>(const std::string& name)> secret{};
  std::unique_ptr<Placeholders> placeholders{};  ///< of `shell:` blocks and templates; never null
  TaskRunner* runner = nullptr;                  ///< set once the wiring is done
  TaskContext* current_task = nullptr;           ///< whose script is being rendered; for `template`

  [[nodiscard]] std::string_view text(lang::Name name) const { return ast.names.text(name); }
  [[nodiscard]] dataflow::Place place(lang::Span span) const {
    const lang::LineColumn at = sources.position(span.file, span.begin);
    return {std::string(sources.name(span.file)), at.line, at.column};
  }
  /// The absolute folder of a script's file, which may be named relative to `launch_dir`.
  [[nodiscard]] std::string folder_of(lang::FileId file) const {
    const std::filesystem::path whole = std::filesystem::path(launch_dir) / sources.name(file);
    return whole.lexically_normal().parent_path().string();
  }
};

}  // namespace weir::engine
