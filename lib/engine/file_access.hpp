#pragma once

#include "lang/host.hpp"

#include <memory>
#include <string>
#include <vector>

namespace weir::engine {

class RemoteReader;

/// The local file system as scripts see it. Of names with a scheme, those that can be fetched are
/// looked at, read and copied from; anything else that is done to them is refused.
class FileAccess final : public lang::FileSystem {
 public:
  /// `launch_dir`: absolute; relative names are resolved against it.
  explicit FileAccess(std::string launch_dir);
  ~FileAccess() override;

  /// Without it, files elsewhere are refused.
  void set_remote(std::unique_ptr<RemoteReader> reader);

  std::optional<Attributes> attributes(const lang::PathObject& path) override;
  std::string read(const lang::PathObject& path, bool decompress) override;
  std::unique_ptr<lang::PieceReader> open(const lang::PathObject& path, Gzip gzip) override;
  void write(const lang::PathObject& path, std::string_view content, WriteMode mode) override;
  std::vector<std::string> list(const lang::PathObject& folder) override;
  bool make_folder(const lang::PathObject& path) override;
  bool make_folders(const lang::PathObject& path) override;
  bool remove(const lang::PathObject& path) override;
  bool remove_tree(const lang::PathObject& path) override;
  void copy(const lang::PathObject& source, const lang::PathObject& target) override;
  void move(const lang::PathObject& source, const lang::PathObject& target) override;
  void settle(const lang::PathObject& source, const lang::PathObject& target) override;
  void link(const lang::PathObject& target, const lang::PathObject& link_name, bool hard,
            bool overwrite) override;
  bool set_permissions(const lang::PathObject& path, std::uint32_t permissions) override;
  std::string real_path(const lang::PathObject& path) override;
  std::string absolute(std::string_view path) override;

 private:
  /// The absolute local name. Throws ScriptException for a name with a scheme.
  [[nodiscard]] std::string local(const lang::PathObject& path) const;
  /// The same for reading: of a file elsewhere, the name of its copy.
  [[nodiscard]] std::string readable(const lang::PathObject& path) const;
  [[nodiscard]] bool is_remote(const lang::PathObject& path) const;

  std::string launch_dir_;
  std::unique_ptr<RemoteReader> remote_;
};

/// The content of gzip data (several members follow one another). Throws Error (input) when it is
/// damaged.
[[nodiscard]] std::string gunzip(std::string_view data, std::string_view what);
/// A file in pieces of `k_piece_bytes` at most, decompressed when it is gzip data and `decompress`
/// is true. `next` throws Error (input) when these are damaged.
[[nodiscard]] std::unique_ptr<lang::PieceReader> open_pieces(const std::string& name,
                                                             bool decompress);
/// One gzip member of the usual level; the same bytes for the same content.
[[nodiscard]] std::string gzip(std::string_view content);

}  // namespace weir::engine
