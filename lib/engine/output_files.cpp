#include "engine/output_files.hpp"

#include "base/file.hpp"
#include "base/glob.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

namespace weir::engine {
namespace {

using base::FileInfo;
using base::FollowLinks;

base::FindOptions find_options(const PathOutput& output, const std::string& pattern) {
  base::FindOptions options;
  options.hidden = output.hidden;
  options.follow_links = output.follow_links;
  if (output.max_depth >= 0) options.depth_max = static_cast<std::size_t>(output.max_depth);
  const bool crosses = pattern.find("**") != std::string::npos;
  switch (output.type.value_or(crosses ? PathOutput::Type::file : PathOutput::Type::any)) {
    case PathOutput::Type::any: options.type = base::FindOptions::Type::any; break;
    case PathOutput::Type::file: options.type = base::FindOptions::Type::file; break;
    case PathOutput::Type::directory: options.type = base::FindOptions::Type::directory; break;
  }
  return options;
}

/// Looks for the outputs of one task in one folder.
class Collector {
 public:
  Collector(const TaskSpec& spec, const std::string& folder) : spec_(spec), folder_(folder) {
    for (const StagedInput& input : spec.inputs) staged_.insert(input.stage_name);
  }

  /// Empty: found. Otherwise what is wrong.
  std::string collect(const PathOutput& output, FoundPaths& found) {
    const bool may_miss = output.optional || (output.arity && output.arity->min == 0);
    for (const std::string& pattern : output.patterns) {
      bool only_inputs = false;
      const std::vector<std::string> names = matching(output, pattern, only_inputs);
      found.names.insert(found.names.end(), names.begin(), names.end());
      if (!names.empty() || may_miss) continue;
      return fmt::format("Missing output file(s) `{}` expected by process `{}`{}", pattern,
                         spec_.name,
                         only_inputs ? " (note: input files are not included in the default "
                                       "matching set)"
                                     : "");
    }
    found.missing = found.names.empty();
    if (output.arity && !output.arity->takes(found.names.size()) &&
        !(found.missing && output.optional)) {
      return fmt::format(
          "Incorrect number of output files for process `{}` -- expected {}, found {}", spec_.name,
          output.arity->text(), found.names.size());
    }
    return "";
  }

 private:
  std::vector<std::string> matching(const PathOutput& output, const std::string& pattern,
                                    bool& only_inputs) {
    if (!output.glob || !base::Glob::is_pattern(pattern)) {
      std::string name = output.glob ? base::Glob::unescape(pattern) : pattern;
      const auto follow = output.follow_links ? FollowLinks::yes : FollowLinks::no;
      if (!base::file_info(base::fs::path(folder_) / name, follow)) return {};
      while (name.size() > 1 && name.ends_with('/')) name.pop_back();
      return {name};
    }
    std::vector<std::string> names =
        base::find_files(folder_, pattern, find_options(output, pattern));
    if (!output.include_inputs && !names.empty()) {
      std::erase_if(names, [&](const std::string& name) { return staged_.count(name) > 0; });
      only_inputs = names.empty();
    }
    return names;
  }

  const TaskSpec& spec_;
  const std::string& folder_;
  std::unordered_set<std::string_view> staged_;
};

}  // namespace

CollectedOutputs collect_outputs(const TaskSpec& spec, const std::string& folder) {
  CollectedOutputs collected;
  collected.paths.resize(spec.path_outputs.size());
  Collector collector(spec, folder);
  for (std::size_t i = 0; i < spec.path_outputs.size(); ++i) {
    collected.failure = collector.collect(spec.path_outputs[i], collected.paths[i]);
    if (!collected.failure.empty()) break;
  }
  return collected;
}

std::vector<SealedFile> stamp_outputs(const std::vector<FoundPaths>& paths,
                                      const std::string& folder) {
  std::vector<SealedFile> files;
  for (std::size_t output = 0; output < paths.size(); ++output) {
    for (const std::string& name : paths[output].names) {
      const base::fs::path path = base::fs::path(folder) / name;
      auto info = base::file_info(path);
      if (!info) info = base::file_info(path, FollowLinks::no);  // a dangling link as an output
      if (!info) continue;
      files.push_back({output, name, info->type == FileInfo::Type::directory, info->size_bytes,
                       info->mtime_ns});
    }
  }
  return files;
}

std::optional<std::vector<FoundPaths>> verify_outputs(const TaskSpec& spec, const Seal& seal,
                                                      const std::string& folder) {
  std::vector<FoundPaths> paths(spec.path_outputs.size());
  for (const SealedFile& file : seal.files) {
    if (file.output >= paths.size()) return std::nullopt;
    const base::fs::path path = base::fs::path(folder) / file.name;
    auto info = base::file_info(path);
    if (!info) info = base::file_info(path, FollowLinks::no);
    if (!info) return std::nullopt;
    const bool is_folder = info->type == FileInfo::Type::directory;
    if (is_folder != file.is_folder) return std::nullopt;
    if (!is_folder && info->size_bytes != file.size_bytes) return std::nullopt;
    paths[file.output].names.push_back(file.name);
  }
  for (FoundPaths& found : paths) found.missing = found.names.empty();
  return paths;
}

}  // namespace weir::engine
