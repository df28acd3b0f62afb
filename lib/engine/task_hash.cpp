#include "engine/task_hash.hpp"

#include "base/file.hpp"
#include "base/glob.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

namespace weir::engine {
namespace {

/// The text of a part with every marked path replaced by its fingerprint.
std::string with_fingerprints(const KeyPart& part, const Fingerprint& fingerprint) {
  if (!part.has_files) return part.text;
  const std::string_view text = part.text;
  std::string full;
  std::size_t at = 0;
  while (true) {
    const std::size_t open = text.find(k_file_mark, at);
    const std::size_t close =
        open == std::string_view::npos ? open : text.find(k_file_mark, open + 1);
    if (close == std::string_view::npos) return full += text.substr(at);
    full += text.substr(at, open - at);
    full += fingerprint(text.substr(open + 1, close - open - 1));
    at = close + 1;
  }
}

void add_content(base::FastHasher& hasher, const base::fs::path& file) {
  const base::MappedFile content(file);
  const auto bytes = content.bytes();
  hasher.update_sized({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::string content_hash(const base::fs::path& path, const base::FileInfo& info) {
  base::FastHasher hasher;
  if (info.type != base::FileInfo::Type::directory) {
    add_content(hasher, path);
    return hasher.finish().hex();
  }
  const base::FindOptions files{.type = base::FindOptions::Type::file, .hidden = true};
  for (const std::string& name : base::find_files(path, "**", files)) {
    hasher.update(name);
    add_content(hasher, path / name);
  }
  return hasher.finish().hex();
}

}  // namespace

TaskKey compute_key(std::string_view run_id, const std::vector<KeyPart>& parts,
                    const Fingerprint& fingerprint) {
  TaskKey key;
  key.components.reserve(parts.size());
  base::FastHasher hasher;
  hasher.update_sized(run_id);
  for (const KeyPart& part : parts) {
    const std::string text = with_fingerprints(part, fingerprint);
    const base::Hash128 hash = base::fast_hash(text);
    hasher.update_sized(part.name);
    hasher.update_u64(hash.high);
    hasher.update_u64(hash.low);
    key.components.push_back({part.name, hash, text.substr(0, k_shown_bytes_max)});
  }
  key.hash = hasher.finish();
  return key;
}

base::Hash128 directory_hash(const TaskKey& key, int attempt_number) {
  base::FastHasher hasher;
  hasher.update_u64(key.hash.high);
  hasher.update_u64(key.hash.low);
  hasher.update_u64(static_cast<std::uint64_t>(attempt_number));
  return hasher.finish();
}

std::string directory_name(const base::Hash128& hash) {
  return hash.hex().insert(2, "/");
}

std::string file_fingerprint(std::string_view path, CacheMode mode,
                             const std::string& revision_dir) {
  const base::fs::path file(path);
  const auto info = base::file_info(file);
  if (!info) return fmt::format("{} missing", path);
  if (!revision_dir.empty() && path.starts_with(revision_dir + "/"))
    return fmt::format("{} {}", path.substr(revision_dir.size() + 1), content_hash(file, *info));
  if (mode == CacheMode::deep) return content_hash(file, *info);
  if (mode == CacheMode::lenient) return fmt::format("{} {} bytes", path, info->size_bytes);
  return fmt::format("{} {} bytes {} ms", path, info->size_bytes, info->mtime_ns / 1'000'000);
}

}  // namespace weir::engine
