#pragma once

#include "lang/ast.hpp"
#include "lang/diagnostics.hpp"
#include "lang/source.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::lang {

/// How the front end reads files: `lang` itself does no I/O.
class SourceLoader {
 public:
  virtual ~SourceLoader() = default;
  /// The text of the regular file `path`, or nothing when there is none. `path` is the entry's
  /// path, or one derived from it and an include's source, without `.` and `..` parts.
  [[nodiscard]] virtual std::optional<std::string> read(const std::string& path) = 0;
};

struct ProgramContext {
  SourceMap& sources;
  Ast& ast;
  Diagnostics& diagnostics;
  SourceLoader& loader;
};

/// A script that was already read.
struct EntryScript {
  std::string path;
  std::string text;
};

/// Parses the entry scripts and all scripts they include, each once, resolves every name, and
/// checks the rules of the language. Never throws for what the scripts contain: see the
/// diagnostics, sorted by place. When they have errors the program must not be run. The modules
/// begin with the entries, in their order; `run` passes one, `lint` many.
[[nodiscard]] std::unique_ptr<Program> load_program(ProgramContext context,
                                                    std::vector<EntryScript> entries);

/// Which names a configuration may use: those that settings may, or any, found when it runs (what
/// templates and filters of records are made into).
enum class ConfigNames : bool { settings, any };

/// Resolves the names of a parsed configuration, checks it, and sorts the diagnostics by place.
void resolve_config(ConfigFile& config, Ast& ast, const SourceMap& sources,
                    Diagnostics& diagnostics, ConfigNames names = ConfigNames::settings);

/// A closure whose free names are found when it runs.
struct LooseClosure {
  const Expr* code = nullptr;    ///< in the Ast; null: there is none
  std::uint32_t frame_size = 0;  ///< of the frame that it is evaluated with
};

/// The closure of a source that is `NAME = { … }` and nothing else, as templates, filters of
/// records and placeholders are written out. None when it is something else, or with errors
/// (then the diagnostics are sorted, too).
[[nodiscard]] LooseClosure load_closure(Ast& ast, const SourceMap& sources,
                                        Diagnostics& diagnostics, FileId file);

/// Whether there is a file (of any kind) of that name.
using FileTest = std::function<bool(const std::string& path)>;

/// Reports the includes of a configuration whose source is a plain text that names no file.
void check_config_includes(const ConfigFile& config, const SourceMap& sources,
                           Diagnostics& diagnostics, const FileTest& exists);

/// `name`, as the file at `including_path` means it, without `.` and `..` parts.
[[nodiscard]] std::string beside(std::string_view name, std::string_view including_path);

/// Where the source of an include may be, in the order in which to try: `name`, `name.nf`,
/// `name/main.nf`, relative to the including script. Empty for sources that are not paths.
[[nodiscard]] std::vector<std::string> include_candidates(std::string_view source,
                                                          std::string_view including_path);

}  // namespace weir::lang
