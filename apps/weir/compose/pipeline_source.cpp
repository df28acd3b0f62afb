#include "compose/pipeline_source.hpp"

#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "compose/pipeline_run.hpp"
#include "compose/run_console.hpp"
#include "engine/session.hpp"
#include "repos/address.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

namespace weir::app {
namespace {

namespace fs = std::filesystem;
using repos::PipelineStore;

/// A configuration read by itself, without a pipeline.
class Settings {
 public:
  Settings(Context& context, engine::RunSettings settings)
      : console_(loop_, context.out, context.err, RunStyle::weir, true, nullptr),
        session_(loop_, std::move(settings), console_, "") {
    static_cast<void>(session_.configuration({}));
  }
  [[nodiscard]] std::string text(const std::string& name) const {
    return session_.configured(name).value_or("");
  }
  [[nodiscard]] std::vector<std::string> names(const std::string& scope) const {
    return session_.configured_names(scope);
  }

 private:
  base::EventLoop loop_;
  RunConsole console_;
  engine::Session session_;
};

/// The providers of the user's `scm` file, whose form is that of a configuration.
std::vector<repos::Hub> own_hubs(Context& context) {
  const std::string named = context.variable("NXF_SCM_FILE").value_or("");
  const fs::path file = named.empty() ? context.nextflow_home() / "scm" : fs::path(named);
  std::vector<repos::Hub> hubs;
  if (!base::file_info(file)) {
    if (named.empty()) return hubs;
    throw Error(ErrorKind::usage, fmt::format("NXF_SCM_FILE names no file: '{}'", named));
  }
  engine::RunSettings settings;
  fill_surroundings(context, settings);
  settings.only_config = {file.string()};
  const Settings scm(context, std::move(settings));
  for (const std::string& name : scm.names("providers")) {
    const auto part = [&](const char* key) {
      return scm.text(fmt::format("providers.{}.{}", name, key));
    };
    repos::Hub hub{name, part("server"), part("path"), {part("user"), part("token")}};
    while (hub.server.ends_with('/')) hub.server.pop_back();
    if (!hub.server.empty() && !base::contains(hub.server, "://")) hub.server.insert(0, "https://");
    if (hub.credentials.password.empty()) hub.credentials.password = part("password");
    hubs.push_back(std::move(hub));
  }
  return hubs;
}

repos::Credentials credentials_of(const std::string& text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos) {
    throw Error(ErrorKind::usage, fmt::format("-user {}: the password is missing", text))
        .with_hint("give NAME:PASSWORD, or put it into ~/.nextflow/scm");
  }
  return {text.substr(0, colon), text.substr(colon + 1)};
}

bool is_address(const std::string& text) {
  return base::contains(text, "://") || text.starts_with("file:") || text.starts_with("git@");
}

/// What is on this machine, or can only be meant to be.
bool is_path(const std::string& text, const fs::path& launch_dir) {
  if (is_address(text)) return false;
  if (repos::is_path_like(text) || base::file_info(launch_dir / text)) return true;
  const std::string first = text.substr(0, text.find('/'));
  const bool short_script = text.ends_with(".nf") && std::count(text.begin(), text.end(), '/') < 2;
  return short_script || base::file_info(launch_dir / first).has_value();
}

[[noreturn]] void refuse_revision(const PipelineStore& store, const std::string& project,
                                  const std::string& revision) {
  std::vector<std::string> known;
  for (const repos::Reference& reference : store.references(project))
    known.push_back(reference.name);
  throw Error(ErrorKind::not_found, fmt::format("'{}' has no revision '{}'", project, revision))
      .with_code("no_revision")
      .with_hint(
          base::nearest_hint(revision, known, fmt::format("`weir info {}` lists them", project)));
}

/// As `manifest.gitmodules` has it: all, none, or some paths.
PipelineStore::Submodules submodules_of(Context& context, const fs::path& folder,
                                        const repos::Credentials& credentials) {
  PipelineStore::Submodules chosen{.wanted = true, .paths = {}, .credentials = credentials};
  std::string words = manifest_setting(context, folder.string(), "gitmodules");
  chosen.wanted = words != "false";
  if (words == "true") words.clear();
  const auto is_between = [](char letter) {
    return letter == ',' || letter == '[' || letter == ']';
  };
  std::replace_if(words.begin(), words.end(), is_between, ' ');
  for (const std::string_view word : base::split(words, ' ')) {
    if (!word.empty()) chosen.paths.emplace_back(word);
  }
  chosen.nested = manifest_setting(context, folder.string(), "recurseSubmodules") == "true";
  return chosen;
}

}  // namespace

void declare_source(OptionTable& table, SourceRequest& request) {
  table.option("-r,--revision", request.revision, "NAME",
               "branch, tag or commit of a pipeline in a git repository");
  table.option("--hub", request.hub, "NAME",
               "where owner/name is (default: github): gitlab, bitbucket, gitea or one of "
               "~/.nextflow/scm");
  table.flag("--latest", request.latest, "fetch what is new of the pipeline first");
  table.flag("--offline", request.offline, "do not fetch the pipeline (default: NXF_OFFLINE)");
}

repos::PipelineStore open_pipelines(const Context& context) {
  const fs::path home = context.nextflow_home();
  const std::string named = context.variable("NXF_ASSETS").value_or("");
  if (named.empty() && home.empty()) {
    throw Error(ErrorKind::usage, "nothing says where pipelines are kept")
        .with_hint("set HOME, or NXF_ASSETS to a folder");
  }
  return {named.empty() ? home / "assets" : context.working_directory / named,
          repos::Git(context.environment)};
}

repos::PipelineName name_pipeline(Context& context, const PipelineStore& store,
                                  const std::string& text, const SourceRequest& request) {
  const repos::Hubs hubs(own_hubs(context));
  repos::PipelineName name = repos::parse_pipeline_name(
      text, {.hubs = &hubs,
             .hub = request.hub,
             .organization = context.variable("NXF_ORG").value_or(""),
             .pulled = [&](std::string_view word) { return store.projects_named(word); }});
  if (request.hub.empty() && !is_address(text) && store.has(name.project)) {
    name.clone_url = store.address_of(name.project);
    name.web_url = repos::web_address(name.clone_url);
    const repos::Hub* const hub = hubs.of_url(name.clone_url);
    name.credentials = hub == nullptr ? repos::Credentials{} : hub->credentials;
  }
  const std::string token = context.variable("GITHUB_TOKEN").value_or("");
  if (name.credentials.password.empty() && !token.empty() &&
      name.clone_url.starts_with("https://github.com/"))
    name.credentials = {"x-access-token", token};
  if (!request.user.empty()) name.credentials = credentials_of(request.user);
  return name;
}

std::string pulled_project(Context& context, const PipelineStore& store, const std::string& text) {
  const repos::PipelineName name = name_pipeline(context, store, text, {});
  if (store.has(name.project)) return name.project;
  throw Error(ErrorKind::not_found, fmt::format("no pipeline '{}' was pulled", name.project))
      .with_hint("`weir list` names those that were");
}

std::string manifest_setting(Context& context, const std::string& folder, const std::string& name) {
  if (!base::file_info(folder + "/nextflow.config")) return "";
  engine::RunSettings settings;
  fill_surroundings(context, settings);
  settings.script = folder;
  settings.user_config.clear();
  settings.skip_includes = true;
  try {
    return Settings(context, std::move(settings)).text("manifest." + name);
  } catch (const Error& error) {  // the run will say so, or does without
    base::log(base::LogLevel::debug, "the manifest cannot be read", {{"error", error.what()}});
    return "";
  }
}

PulledPipeline pull_pipeline(Context& context, PipelineStore& store,
                             const repos::PipelineName& name, const SourceRequest& request,
                             const Remark& say) {
  PulledPipeline result;
  bool is_fetched = false;
  const bool is_remote = !name.clone_url.starts_with("file://");
  const auto fetch = [&] {
    say(fmt::format("Pulling {} ...",
                    name.project + (request.revision.empty() ? "" : ":") + request.revision));
    const bool is_known = store.has(name.project);
    store.fetch(name.project, name.clone_url, name.credentials);
    if (!is_known) say(fmt::format(" downloaded from {}", name.clone_url));
    is_fetched = true;
  };
  const bool refused = request.offline && is_remote;
  if (!store.has(name.project) || request.latest) {
    if (refused) {
      throw Error(ErrorKind::not_found, fmt::format("pipeline '{}' was not pulled", name.project))
          .with_hint("nothing is fetched when offline");
    }
    fetch();
  }
  auto revision = store.find(name.project, request.revision);
  if (!revision && !is_fetched && !refused) {
    fetch();
    revision = store.find(name.project, request.revision);
  }
  if (!revision) refuse_revision(store, name.project, request.revision);
  const auto check_out = [&](const repos::Revision& wanted) {
    const std::vector<std::string> there = store.commits(name.project);
    result.revision = wanted;
    result.is_new = std::find(there.begin(), there.end(), wanted.commit) == there.end();
    result.folder = store
                        .check_out(name.project, wanted,
                                   [&](const fs::path& folder) {
                                     return submodules_of(context, folder, name.credentials);
                                   })
                        .string();
  };
  check_out(*revision);
  if (!request.revision.empty()) return result;
  const std::string branch = manifest_setting(context, result.folder, "defaultBranch");
  if (branch.empty() || branch == result.revision.name) return result;
  if (const auto other = store.find(name.project, branch)) check_out(*other);
  return result;
}

Remark remarks_to(Output& stream, bool quiet) {
  if (quiet) return [](const std::string&) {};
  return [&stream](const std::string& line) {
    stream.line(line);
    stream.flush();
  };
}

void find_pipeline(Context& context, engine::RunSettings& settings, SourceRequest request,
                   Output& remarks, bool quiet) {
  if (settings.script.empty()) return;
  if (is_path(settings.script, context.working_directory)) {
    if (request.revision.empty()) return;
    throw Error(ErrorKind::usage, fmt::format("'{}' is a path, which has no revision '{}'",
                                              settings.script, request.revision))
        .with_hint("revisions are of pipelines in a git repository: owner/name or an address");
  }
  if (context.variable("NXF_OFFLINE").value_or("") == "true") request.offline = true;
  PipelineStore store = open_pipelines(context);
  try {
    const repos::PipelineName name = name_pipeline(context, store, settings.script, request);
    const PulledPipeline pulled =
        pull_pipeline(context, store, name, request, remarks_to(remarks, quiet));
    settings.origin = engine::PipelineOrigin{name.project, name.web_url, pulled.revision.commit,
                                             pulled.revision.name, pulled.folder};
    if (settings.main_script.empty()) settings.main_script = name.main_script;
  } catch (Error& error) {
    if (error.hint().empty() && !is_address(settings.script))
      error.with_hint("there is no file or folder of that name here, either");
    throw;
  }
}

}  // namespace weir::app
