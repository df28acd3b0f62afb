#pragma once

#include "base/event_loop.hpp"
#include "base/fd.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>

namespace weir::base {

/// Tells what happens to the entries of one folder (inotify). A help, never the truth: events may
/// be missed (network file systems, a full queue, no watch left), so its user polls besides.
class FolderWatch {
 public:
  enum class Change {
    appeared,   ///< created, or its metadata changed
    modified,   ///< written to
    completed,  ///< closed by a writer, or moved in
    gone,
  };
  /// Runs on the loop's thread and may destroy the watch.
  using Handler = std::function<void(std::string_view name, Change)>;

  /// Nothing when the folder is not there or the system has no watch left.
  [[nodiscard]] static std::unique_ptr<FolderWatch> try_watch(EventLoop& loop,
                                                              const std::filesystem::path& folder,
                                                              Handler handler);
  ~FolderWatch();
  FolderWatch(const FolderWatch&) = delete;
  FolderWatch& operator=(const FolderWatch&) = delete;

 private:
  FolderWatch(EventLoop& loop, Fd inotify, Handler handler);
  void take_events();

  EventLoop& loop_;
  Fd inotify_;
  Handler handler_;
  EventLoop::Id watch_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace weir::base
