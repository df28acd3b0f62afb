#pragma once

#include "engine/remote_files.hpp"
#include "lang/host.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace weir::engine {

/// Remote files as scripts see them: what a server says of them, and copies to read from, which
/// tasks of the run share.
///
/// Calls block the script, as upstream's do.
class RemoteReader {
 public:
  /// `breathe` is called all the time while a transfer is waited for, on the caller's thread; what
  /// it throws ends the transfer, and this object with it.
  RemoteReader(std::vector<std::string> environment, std::string work_dir,
               std::function<void()> breathe)
      : files_(std::move(environment)),
        work_dir_(std::move(work_dir)),
        breathe_(std::move(breathe)) {}

  /// Nothing when there is no such file. Throws Error when that cannot be told.
  [[nodiscard]] std::optional<lang::FileSystem::Attributes> attributes(
      const lang::PathObject& path);
  /// The absolute name of the copy, fetched at the first call of a run. Throws Error.
  [[nodiscard]] const std::string& local_copy(const lang::PathObject& path);

 private:
  void wait_for(const std::function<void()>& transfer);

  RemoteFiles files_;
  std::string work_dir_;
  std::function<void()> breathe_;
  std::map<std::string, std::string> copies_;  ///< by address
};

}  // namespace weir::engine
