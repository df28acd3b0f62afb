#include "compose/pipeline_view.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "compose/job_view.hpp"
#include "repos/address.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <utility>

namespace weir::app {
namespace {

namespace fs = std::filesystem;
using repos::PipelineStore;
using repos::Reference;
using repos::Revision;

bool is_pulled(const Revision& revision, const std::vector<std::string>& commits) {
  return std::find(commits.begin(), commits.end(), revision.commit) != commits.end();
}

void pull_one(Context& context, PipelineStore& store, const std::string& text,
              SourceRequest request, const Remark& remark) {
  request.latest = true;
  const repos::PipelineName name = name_pipeline(context, store, text, request);
  remark(fmt::format("Checking {}{}{} ...", name.project, request.revision.empty() ? "" : ":",
                     request.revision));
  const PulledPipeline pulled = pull_pipeline(context, store, name, request, [](const auto&) {});
  remark(fmt::format(
      " {} - revision: {}",
      pulled.is_new ? "downloaded from " + name.clone_url : std::string("Already-up-to-date"),
      repos::to_text(pulled.revision)));
}

/// The revision of a project that is asked for, with its files. Throws Error (not_found).
Revision revision_of(const PipelineStore& store, const std::string& project,
                     const std::string& text) {
  const auto revision = store.find(project, text);
  if (!revision) {
    throw Error(ErrorKind::not_found, fmt::format("'{}' has no revision '{}'", project, text))
        .with_hint(fmt::format("`weir info {}` lists them", project));
  }
  if (!is_pulled(*revision, store.commits(project))) {
    throw Error(ErrorKind::not_found,
                fmt::format("revision '{}' of '{}' was not pulled", to_text(*revision), project))
        .with_hint(fmt::format("weir pull {}{}{}", project, text.empty() ? "" : " -r ", text));
  }
  return *revision;
}

/// The files that say what the project is: of the default branch, else of what was pulled.
std::string any_folder(const PipelineStore& store, const std::string& project) {
  const std::vector<std::string> commits = store.commits(project);
  if (commits.empty()) return "";
  const auto usual = store.find(project, "");
  const std::string& commit = usual && is_pulled(*usual, commits) ? usual->commit : commits.front();
  return store.clone_of(project, commit).string();
}

/// "> master (default)", "  1.0 [t]".
std::string line_of(const Reference& reference, bool pulled, bool with_commit) {
  std::string line = pulled ? "> " : "  ";
  if (with_commit) line += repos::short_commit(reference.commit) + " ";
  line += reference.name;
  if (reference.kind == Revision::Kind::tag) return line + " [t]";
  return reference.is_default ? line + " (default)" : line;
}

constexpr const char* k_manifest_names[] = {"name",       "description", "author",       "homePage",
                                            "mainScript", "version",     "defaultBranch"};

nlohmann::ordered_json document_of(Context& context, const PipelineStore& store,
                                   const std::string& project, const std::string& repository) {
  using Json = nlohmann::ordered_json;
  const std::string folder = any_folder(store, project);
  const std::vector<std::string> commits = store.commits(project);
  Json manifest = Json::object();
  for (const char* const name : k_manifest_names) {
    const std::string text = manifest_setting(context, folder, name);
    if (!text.empty()) manifest[name] = text;
  }
  Json pulled = Json::array();
  Json branches = Json::array();
  Json tags = Json::array();
  Json usual;
  for (const Reference& reference : store.references(project)) {
    const Json one{{"name", reference.name}, {"commitId", reference.commit}};
    (reference.kind == Revision::Kind::tag ? tags : branches).push_back(one);
    if (is_pulled(reference, commits)) pulled.push_back(reference.name);
    if (reference.is_default) usual = reference.name;
  }
  return Json{{"projectName", project},
              {"repository", repository},
              {"localPath", store.folder_of(project).string()},
              {"manifest", manifest},
              {"revisions",
               {{"pulled", pulled}, {"master", usual}, {"branches", branches}, {"tags", tags}}}};
}

}  // namespace

ExitStatus pull_pipelines(Context& context, const PullQuestion& question, const Remark& remark) {
  if (question.all == !question.names.empty()) {
    throw Error(ErrorKind::usage, question.all ? "--all takes no names" : "no pipeline is named")
        .with_hint("weir pull owner/name, or weir pull --all");
  }
  if (question.all && !question.source.revision.empty())
    throw Error(ErrorKind::usage, "--all and --revision cannot stand together");
  PipelineStore store = open_pipelines(context);
  if (!question.all) {
    for (const std::string& name : question.names)
      pull_one(context, store, name, question.source, remark);
    return ExitStatus::ok;
  }
  for (const std::string& project : store.projects()) {
    const std::vector<std::string> commits = store.commits(project);
    for (const Reference& reference : store.references(project)) {
      if (!is_pulled(reference, commits)) continue;
      SourceRequest source = question.source;
      source.revision = reference.name;
      pull_one(context, store, project, source, remark);
    }
  }
  return ExitStatus::ok;
}

ExitStatus clone_pipeline(Context& context, const CloneQuestion& question, const Remark& remark) {
  const PipelineStore store = open_pipelines(context);
  const repos::PipelineName name = name_pipeline(context, store, question.name, question.source);
  const std::string last = name.project.substr(name.project.rfind('/') + 1);
  const std::string shown = question.folder.empty() ? last : question.folder;
  const fs::path folder = context.working_directory / shown;
  if (const auto info = base::file_info(folder)) {
    const bool is_folder = info->type == base::FileInfo::Type::directory;
    if (!is_folder || !base::list_folder(folder).empty()) {
      throw Error(ErrorKind::usage, fmt::format("'{}' is there already", shown))
          .with_hint("name another folder: weir clone PIPELINE FOLDER");
    }
  }
  store.clone(name.clone_url, question.source.revision, question.depth, folder, name.credentials);
  remark(fmt::format("{}{}{} cloned to: {}", name.project,
                     question.source.revision.empty() ? "" : ":", question.source.revision, shown));
  return ExitStatus::ok;
}

ExitStatus list_pipelines(Context& context, bool json) {
  const std::vector<std::string> projects = open_pipelines(context).projects();
  if (json) {
    print_json({{"schema", k_jobs_schema}, {"pipelines", projects}}, context.out);
    return ExitStatus::ok;
  }
  for (const std::string& project : projects) context.out.line(project);
  return ExitStatus::ok;
}

ExitStatus describe_pipeline(Context& context, const InfoQuestion& question) {
  const PipelineStore store = open_pipelines(context);
  const std::string project = pulled_project(context, store, question.name);
  const std::string repository = repos::web_address(store.address_of(project));
  if (question.json) {
    print_json(document_of(context, store, project, repository), context.out);
    return ExitStatus::ok;
  }
  const std::string folder = any_folder(store, project);
  const auto manifest = [&](const char* name) { return manifest_setting(context, folder, name); };
  const auto line = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) context.out.line(fmt::format(" {:<12}: {}", name, value));
  };
  line("project name", project);
  line("repository", repository);
  line("local path", store.folder_of(project).string());
  const std::string script = manifest("mainScript");
  line("main script", script.empty() ? "main.nf" : script);
  if (const std::string page = manifest("homePage"); page != repository) line("home page", page);
  line("description", manifest("description"));
  line("author", manifest("author"));
  context.out.line(" revisions   :");
  const std::vector<std::string> commits = store.commits(project);
  for (const Reference& reference : store.references(project)) {
    context.out.line(" " +
                     line_of(reference, is_pulled(reference, commits), question.with_commits));
  }
  return ExitStatus::ok;
}

ExitStatus view_pipeline(Context& context, const ViewQuestion& question) {
  const PipelineStore store = open_pipelines(context);
  const std::string project = pulled_project(context, store, question.name);
  const Revision revision = revision_of(store, project, question.revision);
  const fs::path folder = store.clone_of(project, revision.commit);
  if (question.names) {
    if (!question.headless)
      context.out.line(fmt::format("== content of path: {}", folder.string()));
    std::vector<std::string> names = base::list_folder(folder);
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) context.out.line(name);
    return ExitStatus::ok;
  }
  const std::string script = manifest_setting(context, folder.string(), "mainScript");
  const fs::path file = folder / (script.empty() ? "main.nf" : script);
  const std::string text = base::read_file(file);
  if (!question.headless) context.out.line(fmt::format("== content of file: {}", file.string()));
  context.out.write(text);
  return ExitStatus::ok;
}

ExitStatus drop_pipeline(Context& context, const DropQuestion& question) {
  PipelineStore store = open_pipelines(context);
  const std::string project = pulled_project(context, store, question.name);
  std::string commit;
  if (!question.revision.empty()) commit = revision_of(store, project, question.revision).commit;
  store.drop(project, commit,
             question.force ? PipelineStore::Changes::lose : PipelineStore::Changes::keep);
  return ExitStatus::ok;
}

}  // namespace weir::app
