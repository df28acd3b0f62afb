#include "engine/schema_files.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "engine/file_access.hpp"
#include "engine/path_lookup.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

namespace weir::engine {
namespace {

/// The absolute local name, or "" for a remote one.
std::string local_name(const std::string& name, const std::string& launch_dir) {
  const lang::Value path = path_of(name, launch_dir);
  const auto* const object = path.as<lang::PathObject>();
  return object->scheme.empty() ? object->text : "";
}

}  // namespace

schema::Files::Kind SchemaFiles::kind(const std::string& name) {
  const std::string path = local_name(name, launch_dir_);
  if (path.empty()) return name.empty() ? Kind::missing : Kind::remote;
  if (is_glob(name, {})) return Kind::pattern;
  const auto info = base::file_info(path);
  if (!info) return Kind::missing;
  return info->type == base::FileInfo::Type::directory ? Kind::folder : Kind::file;
}

std::vector<std::string> SchemaFiles::matches(const std::string& pattern) {
  LookupOptions options;
  options.type = LookupOptions::Type::any;
  std::vector<std::string> names;
  if (is_glob(pattern, options)) {
    for (const lang::Value& path : find_paths(pattern, launch_dir_, options))
      names.push_back(lang::to_text(path));
  } else if (kind(pattern) != Kind::missing) {
    names.push_back(pattern);
  }
  return names;
}

std::string SchemaFiles::read(const std::string& name) {
  const std::string path = local_name(name, launch_dir_);
  if (path.empty()) return access_.read(path_of(name, launch_dir_).get<lang::PathObject>(), true);
  std::string content = base::read_file(path, schema::k_file_bytes_max);
  return path.ends_with(".gz") ? gunzip(content, name) : content;
}

}  // namespace weir::engine
