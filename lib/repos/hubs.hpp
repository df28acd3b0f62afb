#pragma once

#include "repos/git.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace weir::repos {

/// A server of git repositories, or a folder of them.
struct Hub {
  std::string name;    ///< "github"
  std::string server;  ///< "https://github.com", without a slash at its end; empty: a folder
  std::string folder;  ///< absolute; empty: a server
  Credentials credentials;

  /// The address that a project of it is cloned from.
  [[nodiscard]] std::string clone_url(const std::string& project) const;
};

/// The hubs that names are looked up in: those that everybody knows, and the user's own.
class Hubs {
 public:
  /// `own` come first, and add to or replace what is known by the same name. An entry without
  /// server and folder takes those of the known one. Throws Error (usage) for one that has neither.
  explicit Hubs(const std::vector<Hub>& own);

  /// Throws Error (usage) with the nearest name.
  [[nodiscard]] const Hub& named(std::string_view name) const;
  /// The hub whose server begins the address, or nullptr.
  [[nodiscard]] const Hub* of_url(std::string_view url) const;

 private:
  std::vector<Hub> hubs_;
};

}  // namespace weir::repos
