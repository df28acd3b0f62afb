#include "engine/known_settings.hpp"

#include "base/text.hpp"
#include "lang/semantics.hpp"
#include "lang/vocabulary.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

namespace weir::engine {
namespace {

using lang::MapObject;
using lang::Value;

struct ScopeRow {
  std::string_view name;
  /// Separated by blanks; a name that ends in a dot is a map of any names. Empty: any at all.
  std::string_view settings;
};

constexpr std::array k_scopes = {
    ScopeRow{"apptainer",
             "autoMounts cacheDir enabled engineOptions envWhitelist libraryDir noHttps "
             "ociAutoPull pullTimeout registry resourceLimits runOptions"},
    ScopeRow{"aws", ""},
    ScopeRow{"azure", ""},
    ScopeRow{"charliecloud",
             "cacheDir enabled envWhitelist pullTimeout registry runOptions temp "
             "useSquash writableInputMounts writeFake"},
    ScopeRow{"conda",
             "cacheDir channels createOptions createTimeout enabled useMamba useMicromamba"},
    ScopeRow{"dag", "depth direction enabled file overwrite verbose"},
    ScopeRow{"docker",
             "cpuLimits enabled engineOptions envWhitelist fixOwnership legacy mountFlags "
             "registry registryOverride remove runOptions sudo temp tty userEmulation "
             "writableInputMounts"},
    ScopeRow{"env", ""},
    ScopeRow{"executor",
             "account cpus dumpInterval enforceMemory exitReadTimeout jobName killBatchSize memory "
             "name onlyJobState perCpuMemAllocation perJobMemLimit perTaskReserve pollInterval "
             "queueGlobalStatus queueSize queueStatInterval retry. submitRateLimit"},
    ScopeRow{"fusion", ""},
    ScopeRow{"gates", ""},
    ScopeRow{"google", ""},
    ScopeRow{"k8s", ""},
    ScopeRow{"lineage", "enabled store."},
    ScopeRow{"mail", ""},
    ScopeRow{"manifest",
             "author contributors defaultBranch description docsUrl doi gitmodules homePage icon "
             "license mainScript name nextflowVersion organization recurseSubmodules version"},
    ScopeRow{"nextflow", ""},
    ScopeRow{"notification", "attributes. binding. enabled from template to"},
    ScopeRow{"params", ""},
    ScopeRow{"podman",
             "enabled engineOptions envWhitelist mountFlags registry remove runOptions temp"},
    ScopeRow{"report", "enabled file overwrite"},
    ScopeRow{"sarus", "enabled envWhitelist runOptions tty"},
    ScopeRow{"seqera", ""},
    ScopeRow{"services", ""},
    ScopeRow{"shifter", "enabled envWhitelist"},
    ScopeRow{"singularity",
             "autoMounts cacheDir enabled engineOptions envWhitelist libraryDir noHttps "
             "ociAutoPull ociMode pullTimeout registry resourceLimits runOptions"},
    ScopeRow{"spack", "cacheDir checksum createTimeout enabled parallelBuilds"},
    ScopeRow{"timeline", "enabled file overwrite"},
    ScopeRow{"tower", ""},
    ScopeRow{"trace", "enabled fields file overwrite raw sep"},
    ScopeRow{"validation", ""},
    ScopeRow{"wave", ""},
    ScopeRow{"workflow", "failOnIgnore onComplete onError output."},
};

constexpr std::string_view k_unscoped =
    "bucketDir cacheable cleanup dumpChannels dumpHashes libDir outputDir outputFormat plugins "
    "poolSize preview profiles resume runName stubRun workDir";

std::vector<std::string> directive_names() {
  std::vector<std::string> names;
  for (const lang::NameRow& row : lang::process_directives()) names.emplace_back(row.name);
  return names;
}

std::vector<std::string> names_in(std::string_view list) {
  std::vector<std::string> names;
  for (const std::string_view name : base::split(list, ' ')) names.emplace_back(name);
  return names;
}

class Search {
 public:
  explicit Search(const Config& config) : config_(config) {}

  std::vector<UnknownSetting> run() {
    if (config_.root.get() == nullptr) return {};
    for (const auto& entry : config_.root->items.entries())
      top(lang::to_text(entry.key), entry.value);
    for (const Config::Selector& selector : config_.selectors) {
      if (selector.settings.get() != nullptr) check("process", *selector.settings, directives_);
    }
    return std::move(found_);
  }

 private:
  void top(const std::string& name, const Value& value) {
    const auto* const map = value.as<MapObject>();
    if (name == "process" && map != nullptr) return check(name, *map, directives_);
    const auto* const row = std::find_if(k_scopes.begin(), k_scopes.end(),
                                         [&](const ScopeRow& scope) { return scope.name == name; });
    if (row != k_scopes.end()) {
      if (map != nullptr && !row->settings.empty()) check(name, *map, names_in(row->settings));
      return;
    }
    std::vector<std::string> known = names_in(k_unscoped);
    if (std::find(known.begin(), known.end(), name) != known.end()) return;
    if (map != nullptr && !config_.plugins.empty()) return;
    for (const ScopeRow& scope : k_scopes) known.emplace_back(scope.name);
    known.emplace_back("process");
    add(name, base::nearest(name, known));
  }

  void check(const std::string& scope, const MapObject& map,
             const std::vector<std::string>& known) {
    for (const auto& entry : map.items.entries()) {
      const std::string name = lang::to_text(entry.key);
      if (name.starts_with('$')) continue;  // `executor.$sge`: of one executor alone
      const auto is_it = [&](const std::string& one) { return one == name || one == name + "."; };
      if (std::any_of(known.begin(), known.end(), is_it)) continue;
      auto near = base::nearest(name, known);
      if (near && near->ends_with('.')) near->pop_back();
      if (near) near = scope + "." + *near;
      add(scope + "." + name, std::move(near));
    }
  }

  void add(const std::string& name, std::optional<std::string> near) {
    if (told_.insert(name).second) found_.push_back({name, std::move(near)});
  }

  const Config& config_;
  const std::vector<std::string> directives_ = directive_names();
  std::set<std::string> told_;
  std::vector<UnknownSetting> found_;
};

}  // namespace

std::vector<UnknownSetting> unknown_settings(const Config& config) {
  return Search(config).run();
}

}  // namespace weir::engine
