#pragma once

#include <optional>
#include <string>
#include <vector>

namespace weir::repos {

/// For servers that ask who wants a repository; what is empty is left to the user's own git.
struct Credentials {
  std::string user;
  std::string password;  ///< or an access token
};

/// What a call goes with.
struct GitCall {
  Credentials credentials;
  /// A lock that git and all it starts hold as well, so that it is free only when they have
  /// ended, also where this process is killed; -1: none.
  int lock_fd = -1;
};

/// The `git` program, as the user has it set up.
///
/// Calls block until it has ended. It asks nobody for anything (no prompt, no terminal), and ends
/// with this process, however that ends.
class Git {
 public:
  /// `environment`: NAME=value; what it says of a repository around the working directory is not
  /// passed on.
  explicit Git(const std::vector<std::string>& environment);

  struct Answer {
    int status = 0;
    std::string output;
    std::string errors;  ///< in English, without blank lines at its end
  };
  /// Throws Error (cannot_begin) when there is no git.
  [[nodiscard]] Answer ask(std::vector<std::string> arguments, const GitCall& call = {}) const;
  /// What it printed. Throws Error when it fails: "cannot ATTEMPTED: what git says", temporary when
  /// the server could not be reached, not_permitted when it refused the credentials, else
  /// not_found.
  std::string run(const std::string& attempted, std::vector<std::string> arguments,
                  const GitCall& call = {}) const;

 private:
  std::vector<std::string> environment_;
};

}  // namespace weir::repos
