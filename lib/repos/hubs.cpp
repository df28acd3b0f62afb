#include "repos/hubs.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace weir::repos {
namespace {

/// Nextflow's providers whose addresses are SERVER/OWNER/NAME.git.
std::vector<Hub> known_hubs() {
  return {{"github", "https://github.com", "", {}},
          {"gitlab", "https://gitlab.com", "", {}},
          {"bitbucket", "https://bitbucket.org", "", {}},
          {"gitea", "https://gitea.com", "", {}}};
}

Hub* find(std::vector<Hub>& hubs, std::string_view name) {
  const auto found =
      std::find_if(hubs.begin(), hubs.end(), [&](const Hub& hub) { return hub.name == name; });
  return found == hubs.end() ? nullptr : &*found;
}

}  // namespace

std::string Hub::clone_url(const std::string& project) const {
  if (folder.empty()) return fmt::format("{}/{}.git", server, project);
  const std::string path = folder + "/" + project;
  if (base::file_info(path) || !base::file_info(path + ".git")) return "file://" + path;
  return "file://" + path + ".git";
}

Hubs::Hubs(const std::vector<Hub>& own) : hubs_(known_hubs()) {
  for (const Hub& given : own) {
    Hub* hub = find(hubs_, given.name);
    if (hub == nullptr) hub = &hubs_.emplace_back(Hub{given.name, "", "", {}});
    if (!given.server.empty() || !given.folder.empty()) {
      hub->server = given.server;
      hub->folder = given.folder;
    }
    hub->credentials = given.credentials;
    if (hub->server.empty() && hub->folder.empty()) {
      throw Error(ErrorKind::usage,
                  fmt::format("the repository provider '{}' has no `server`", given.name));
    }
  }
}

const Hub& Hubs::named(std::string_view name) const {
  std::vector<std::string> names;
  for (const Hub& hub : hubs_) {
    if (hub.name == name) return hub;
    names.push_back(hub.name);
  }
  throw Error(ErrorKind::usage, fmt::format("unknown repository provider '{}'", name))
      .with_hint(base::nearest_hint(name, names, "known: " + base::join(names, ", ")));
}

const Hub* Hubs::of_url(std::string_view url) const {
  for (const Hub& hub : hubs_) {
    if (!hub.server.empty() && url.starts_with(hub.server + "/")) return &hub;
  }
  return nullptr;
}

}  // namespace weir::repos
