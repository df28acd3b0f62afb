#include "lang/part_writer.hpp"

#include "base/temporary_name.hpp"
#include "lang/paths.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace weir::lang {

bool PartWriter::is_wanted(const MapObject* options) {
  const Value* const file = options == nullptr ? nullptr : options->items.find("file");
  return file != nullptr && truth(*file);
}

PartWriter::PartWriter(Host& host, const MapObject& options) : host_(host) {
  const Value* const compress = options.items.find("compress");
  compress_ = compress != nullptr && truth(*compress);
  const Value& file = *options.items.find("file");
  if (file.is_string()) name_ = file.text();
  const auto* const path = file.as<PathObject>();
  folder_ = path == nullptr ? host.new_folder("split") : host.files().absolute(path->text);
}

Value PartWriter::write(const Value& content, const Value& part, std::size_t number) {
  const auto* const source = content.as<PathObject>();
  std::filesystem::path base = !name_.empty() ? name_ : source == nullptr ? "chunk" : source->text;
  if (base.extension() == ".gz") base.replace_extension();
  const std::string leaf = fmt::format("{}.{}{}{}", base.stem().string(), number,
                                       base.extension().string(), compress_ ? ".gz" : "");
  const PathObject target(folder_ + "/" + leaf);
  const PathObject unfinished(base::temporary_beside(target.text).native());
  using Mode = FileSystem::WriteMode;
  FileSystem& files = host_.files();
  files.write(unfinished, to_text(part), compress_ ? Mode::gzip : Mode::replace);
  files.settle(unfinished, target);
  return make_path(target.text);
}

}  // namespace weir::lang
