#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::engine {

/// The user's secrets: names and values in one JSON file that nobody else can read, the one that
/// upstream keeps them in, so that both see the same.
class SecretStore {
 public:
  /// A missing file is an empty store. Throws Error: a file that cannot be read or understood, or
  /// that others than its owner can read.
  explicit SecretStore(std::string path);

  [[nodiscard]] std::optional<std::string> get(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> names() const;

  /// Sets one secret and writes the file, whole or not at all; changes that others made meanwhile
  /// are kept. Throws Error (usage) for a name that is no name of a variable.
  void set(const std::string& name, const std::string& value);
  /// False when there is none of that name.
  bool remove(const std::string& name);

 private:
  void load();
  void save() const;

  std::string path_;
  std::map<std::string, std::string, std::less<>> values_;
};

/// Where the file is: NXF_SECRETS_FILE, else in NXF_HOME, else below ~/.nextflow.
[[nodiscard]] std::string secret_file(const std::vector<std::string>& environment,
                                      const std::string& user_home);

}  // namespace weir::engine
