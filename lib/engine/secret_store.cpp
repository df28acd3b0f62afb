#include "engine/secret_store.hpp"

#include "base/environment.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/lock.hpp"
#include "base/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace weir::engine {
namespace {

bool is_variable_name(std::string_view name) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !name.empty() && is_letter(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

std::string value_of(const std::vector<std::string>& environment, std::string_view name) {
  return base::variable_in(environment, name).value_or("");
}

}  // namespace

SecretStore::SecretStore(std::string path) : path_(std::move(path)) {
  load();
}

void SecretStore::load() {
  values_.clear();
  struct stat status {};
  if (::stat(path_.c_str(), &status) != 0) return;
  if ((status.st_mode & 077) != 0) {
    throw Error(ErrorKind::not_permitted,
                fmt::format("others can read the secrets in '{}', so they are not used", path_))
        .with_hint("make it yours alone: chmod 600 " + path_);
  }
  const auto json = nlohmann::json::parse(base::read_file(path_), nullptr, false);
  if (!json.is_array()) {
    throw Error(ErrorKind::usage, fmt::format("'{}' is no list of secrets", path_))
        .with_hint("it holds JSON: [{\"name\": \"KEY\", \"value\": \"…\"}]");
  }
  for (const auto& item : json) {
    if (item.is_object() && item.contains("name"))
      values_[item.value("name", "")] = item.value("value", "");
  }
}

void SecretStore::save() const {
  auto json = nlohmann::json::array();
  for (const auto& [name, value] : values_) json.push_back({{"name", name}, {"value", value}});
  base::AtomicFile file(path_);
  // Nobody else's, from the first byte on.
  if (::fchmod(file.fd(), 0600) != 0) throw system_error("set the mode of", path_, errno);
  file.write(json.dump(2) + "\n");
  file.commit();
}

std::optional<std::string> SecretStore::get(std::string_view name) const {
  const auto known = values_.find(name);
  if (known == values_.end()) return std::nullopt;
  return known->second;
}

std::vector<std::string> SecretStore::names() const {
  std::vector<std::string> names;
  for (const auto& [name, value] : values_) names.push_back(name);
  return names;
}

void SecretStore::set(const std::string& name, const std::string& value) {
  if (!is_variable_name(name)) {
    throw Error(ErrorKind::usage, fmt::format("'{}' cannot be the name of a secret", name))
        .with_hint("tasks get it as a variable: letters, digits and _, no digit first");
  }
  if (!base::is_utf8(value))
    throw Error(ErrorKind::usage, fmt::format("the value of secret '{}' is no UTF-8 text", name));
  base::make_folders(base::fs::path(path_).parent_path());
  const base::FileLock lock = base::FileLock::lock(path_ + ".lock");
  load();
  values_[name] = value;
  save();
}

bool SecretStore::remove(const std::string& name) {
  if (!base::file_info(path_)) return false;
  const base::FileLock lock = base::FileLock::lock(path_ + ".lock");
  load();
  if (values_.erase(name) == 0) return false;
  save();
  return true;
}

std::string secret_file(const std::vector<std::string>& environment, const std::string& user_home) {
  if (std::string file = value_of(environment, "NXF_SECRETS_FILE"); !file.empty()) return file;
  const std::string home = value_of(environment, "NXF_HOME");
  return (home.empty() ? user_home + "/.nextflow" : home) + "/secrets/store.json";
}

}  // namespace weir::engine
