#include "lang/program.hpp"

#include <string>

namespace weir::lang {
namespace {

/// "a/./b/../c" as "a/c"; leading ".." parts of relative paths stay.
std::string normal_path(std::string_view path) {
  const bool absolute = path.starts_with('/');
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
    if (part.empty() || part == ".") continue;
    if (part == ".." && !parts.empty() && parts.back() != "..")
      parts.pop_back();
    else if (part != ".." || !absolute)
      parts.push_back(part);
  }
  std::string result = absolute ? "/" : "";
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) result += '/';
    result += parts[i];
  }
  return result.empty() ? "." : result;
}

}  // namespace

std::string beside(std::string_view name, std::string_view including_path) {
  std::string base;
  if (!name.starts_with('/')) {
    const std::size_t slash = including_path.rfind('/');
    if (slash != std::string_view::npos) base = std::string(including_path.substr(0, slash + 1));
  }
  return normal_path(base + std::string(name));
}

std::vector<std::string> include_candidates(std::string_view source,
                                            std::string_view including_path) {
  if (!source.starts_with('/') && !source.starts_with("./") && !source.starts_with("../"))
    return {};
  const std::string path = beside(source, including_path);
  if (path.ends_with(".nf")) return {path};
  return {path + ".nf", path + "/main.nf", path};
}

}  // namespace weir::lang
