#include "base/error.hpp"
#include "base/file.hpp"
#include "commands.hpp"
#include "lang/parse.hpp"
#include "lang/program.hpp"

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace weir::app {
namespace {

namespace fs = std::filesystem;

/// Reads included scripts from disk.
class FileLoader final : public lang::SourceLoader {
 public:
  std::optional<std::string> read(const std::string& path) override {
    const auto info = base::file_info(path);
    if (!info || info->type != base::FileInfo::Type::regular) return std::nullopt;
    return base::try_read_file(path);
  }
};

/// The files to check, each once, in a stable order.
struct Inputs {
  std::vector<std::string> scripts;
  std::vector<std::string> configs;
};

bool is_config(const fs::path& path) {
  return path.extension() == ".config";
}

void add_file(const fs::path& path, Inputs& inputs) {
  (is_config(path) ? inputs.configs : inputs.scripts).push_back(path.lexically_normal().string());
}

// Hidden folders (.git, .nextflow), links to folders, and nf-test's own configuration are passed
// over.
void add_folder(const fs::path& folder, Inputs& inputs) {
  for (const std::string& name : base::list_folder(folder)) {
    if (name.starts_with('.') || name == "nf-test.config") continue;
    const fs::path path = folder / name;
    const auto info = base::file_info(path, base::FollowLinks::no);
    if (!info) continue;
    if (info->type == base::FileInfo::Type::directory) {
      add_folder(path, inputs);
    } else if (path.extension() == ".nf" || is_config(path)) {
      add_file(path, inputs);
    }
  }
}

Inputs find_inputs(const std::vector<std::string>& paths) {
  Inputs inputs;
  for (const std::string& path : paths) {
    const auto info = base::file_info(path);
    if (!info) throw Error(ErrorKind::input, "there is no file or folder '" + path + "'");
    if (info->type == base::FileInfo::Type::directory) {
      add_folder(path, inputs);
    } else {
      add_file(path, inputs);
    }
  }
  for (auto* list : {&inputs.scripts, &inputs.configs}) {
    std::sort(list->begin(), list->end());
    list->erase(std::unique(list->begin(), list->end()), list->end());
  }
  return inputs;
}

class Lint final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("PATH", paths_, Required::yes,
                     "scripts (.nf), configurations (.config), or folders to search for both");
    table.flag("--json", json_, "one JSON document instead of text");
    table.epilogue(
        "Scripts are checked with everything they include. Nothing is run and nothing is "
        "fetched.\n\n"
        "Exit status: 0 no errors (warnings do not count), 3 errors were found.\n\n"
        "Examples:\n"
        "  weir lint main.nf\n"
        "  weir lint . --json | jq '.diagnostics[] | select(.severity == \"error\")'\n");
  }

  ExitStatus run(Context& context) override {
    const Inputs inputs = find_inputs(paths_);
    lang::SourceMap sources;
    lang::Ast ast;
    lang::Diagnostics diagnostics;
    FileLoader loader;
    std::vector<lang::EntryScript> scripts;
    for (const std::string& path : inputs.scripts) {
      scripts.push_back({path, base::read_file(path)});
    }
    static_cast<void>(lang::load_program({sources, ast, diagnostics, loader}, std::move(scripts)));
    for (const std::string& path : inputs.configs) {
      const lang::FileId file = sources.add(path, base::read_file(path));
      lang::ConfigFile* const config = lang::parse_config({sources, ast, diagnostics}, file);
      lang::check_config_includes(*config, sources, diagnostics, [](const std::string& name) {
        return base::file_info(name).has_value();
      });
      lang::resolve_config(*config, ast, sources, diagnostics);
    }
    if (json_) {
      context.out.write(lang::render_json(diagnostics, sources));
    } else {
      const auto colour = context.out.colour() ? lang::Colour::yes : lang::Colour::no;
      context.out.write(lang::render(diagnostics, sources, colour));
    }
    return diagnostics.has_errors() ? ExitStatus::input_refused : ExitStatus::ok;
  }

 private:
  std::vector<std::string> paths_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> make_lint() {
  return std::make_unique<Lint>();
}

}  // namespace weir::app
