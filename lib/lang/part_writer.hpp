#pragma once

#include "lang/host.hpp"
#include "lang/objects.hpp"

#include <cstddef>
#include <string>

namespace weir::lang {

/// Where splitters put their parts by the option `file`: true, the name of the files, or a folder.
///
/// "name.N.ext" in the folder, whose content is plain also when the source's is compressed; with
/// the option `compress` "name.N.ext.gz". A file that holds the same already stays as it was, with
/// its times.
class PartWriter {
 public:
  [[nodiscard]] static bool is_wanted(const MapObject* options);

  /// With options that want files.
  PartWriter(Host& host, const MapObject& options);
  /// Part `number` of `content`, which is a text or a file, as the path of its file.
  [[nodiscard]] Value write(const Value& content, const Value& part, std::size_t number);

 private:
  Host& host_;
  bool compress_;
  std::string name_;  ///< empty: the source's
  std::string folder_;
};

}  // namespace weir::lang
