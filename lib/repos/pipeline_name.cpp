#include "repos/pipeline_name.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "repos/address.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace weir::repos {
namespace {

constexpr std::string_view k_default_organization = "nextflow-io";
constexpr std::string_view k_default_hub = "github";

/// A part of a project's name becomes the name of a folder.
bool is_part(std::string_view part) {
  constexpr std::string_view k_others = "._-+~";
  if (part.empty() || part.front() == '.' || part.front() == '-') return false;
  return std::all_of(part.begin(), part.end(), [&](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || k_others.find(letter) != std::string_view::npos;
  });
}

bool is_project(std::string_view project) {
  const std::vector<std::string_view> parts = base::split(project, '/');
  return parts.size() >= 2 && std::all_of(parts.begin(), parts.end(), is_part);
}

[[noreturn]] void refuse(const std::string& text) {
  throw Error(ErrorKind::usage, fmt::format("'{}' is not the name of a pipeline", text))
      .with_hint("give a file, a folder, owner/name or the address of a git repository");
}

/// What stands behind the server in an address; nothing: it is none.
std::optional<std::string_view> path_in_url(std::string_view url) {
  for (const std::string_view scheme : {"https://", "http://", "ssh://"}) {
    if (!url.starts_with(scheme)) continue;
    url.remove_prefix(scheme.size());
    const std::size_t slash = url.find('/');
    return slash == std::string_view::npos ? std::string_view() : url.substr(slash + 1);
  }
  if (!url.starts_with("git@")) return std::nullopt;
  const std::size_t colon = url.find(':');
  return colon == std::string_view::npos ? std::string_view() : url.substr(colon + 1);
}

PipelineName of_folder(const std::string& text) {
  std::string_view path = std::string_view(text).substr(std::string_view("file:").size());
  while (path.starts_with("//")) path.remove_prefix(1);
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  const std::size_t slash = path.rfind('/');
  const std::string_view name = without(path.substr(slash + 1), ".git");
  if (!path.starts_with('/') || !is_part(name)) refuse(text);
  const Hub hub{"file", "", std::string(path.substr(0, slash)), {}};
  PipelineName result;
  result.project = fmt::format("local/{}", name);
  result.clone_url = hub.clone_url(std::string(name));
  result.web_url = web_address(result.clone_url);
  return result;
}

PipelineName of_address(const std::string& text, std::string_view path, const Hubs& hubs) {
  if (text.ends_with(".nf")) {
    throw Error(ErrorKind::usage, fmt::format("'{}' is not the address of a repository", text))
        .with_hint("name its script by `-main-script`");
  }
  while (path.ends_with('/')) path.remove_suffix(1);
  PipelineName result;
  result.project = without(path, ".git");
  if (!is_project(result.project)) refuse(text);
  result.clone_url = text;
  while (result.clone_url.ends_with('/')) result.clone_url.pop_back();
  result.web_url = web_address(result.clone_url);
  if (const Hub* const hub = hubs.of_url(result.web_url)) result.credentials = hub->credentials;
  return result;
}

std::string completed(const std::string& name, const NameRules& rules) {
  if (!is_part(name)) refuse(name);
  const std::vector<std::string> pulled =
      rules.pulled ? rules.pulled(name) : std::vector<std::string>();
  std::vector<std::string> exact;
  std::copy_if(pulled.begin(), pulled.end(), std::back_inserter(exact),
               [&](const std::string& project) { return project.ends_with("/" + name); });
  const std::vector<std::string>& fitting = exact.empty() ? pulled : exact;
  if (fitting.size() == 1) return fitting.front();
  if (fitting.size() > 1) {
    throw Error(ErrorKind::usage, fmt::format("'{}' may be several pipelines", name))
        .with_hint("which one: " + base::join(fitting, ", "));
  }
  const std::string& owner = rules.organization;
  return fmt::format("{}/{}", owner.empty() ? k_default_organization : owner, name);
}

/// Cuts the script off `owner/name/path/x.nf` and `name/x.nf`.
std::string take_script(std::string& text) {
  if (!text.ends_with(".nf")) return "";
  const std::size_t first = text.find('/');
  if (first == std::string::npos) refuse(text);
  const std::size_t second = text.find('/', first + 1);
  const std::size_t cut = second == std::string::npos ? first : second;
  std::string script = text.substr(cut + 1);
  text.resize(cut);
  return script;
}

}  // namespace

bool is_path_like(std::string_view text) {
  if (text.empty() || text == "-" || text == "." || text == "..") return true;
  for (const std::string_view begin : {"/", "./", "../", "~"}) {
    if (text.starts_with(begin)) return true;
  }
  return text.ends_with(".nf") && text.find('/') == std::string_view::npos;
}

PipelineName parse_pipeline_name(const std::string& text, const NameRules& rules) {
  if (text.starts_with("file:")) return of_folder(text);
  if (const auto path = path_in_url(text)) return of_address(text, *path, *rules.hubs);
  PipelineName result;
  result.project = text;
  result.main_script = take_script(result.project);
  if (result.project.find('/') == std::string::npos)
    result.project = completed(result.project, rules);
  const auto slashes = std::count(result.project.begin(), result.project.end(), '/');
  if (slashes != 1 || !is_project(result.project)) refuse(text);
  const Hub& hub = rules.hubs->named(rules.hub.empty() ? k_default_hub : rules.hub);
  result.clone_url = hub.clone_url(result.project);
  result.web_url = web_address(result.clone_url);
  result.credentials = hub.credentials;
  return result;
}

}  // namespace weir::repos
