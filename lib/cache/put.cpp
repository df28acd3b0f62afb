#include "cache/put.hpp"

#include "base/error.hpp"
#include "base/fault_point.hpp"
#include "base/fd.hpp"
#include "base/file.hpp"
#include "base/hash.hpp"
#include "cache/store.hpp"
#include "cache/workspace.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <vector>

namespace weir::cache {
namespace {

struct Copied {
  std::string sha256;
  std::int64_t size_bytes = 0;
};

Copied copy_in(int fd, std::string_view what, const std::filesystem::path& target) {
  const base::Fd file = base::open_write(target);
  base::Digest digest(base::DigestKind::sha256);
  std::vector<char> buffer(std::size_t{1} << 20);
  Copied copied;
  while (const std::size_t got = base::read_some(fd, buffer.data(), buffer.size(), what)) {
    digest.update(std::string_view(buffer.data(), got));
    base::write_all(file.get(), {buffer.data(), got}, target.native());
    copied.size_bytes += static_cast<std::int64_t>(got);
  }
  copied.sha256 = digest.finish();
  return copied;
}

}  // namespace

PutResult put_file(Store& store, PutRequest request, int fd, std::string_view what) {
  const Workspace workspace(store.backend().root());
  const std::filesystem::path file = workspace.path() / "file";
  const Copied copied = copy_in(fd, what, file);
  base::fault_point("file copied in");
  if (request.parts.source_sha256.empty()) {
    request.parts.source_sha256 = copied.sha256;
    request.source_size_bytes = copied.size_bytes;
  }
  PutResult result;
  Artifact& artifact = result.artifact;
  artifact.key = key_of(request.parts);
  artifact.alias = alias_of(request.parts, request.collection, request.source_name);
  artifact.kind = request.parts.kind;
  artifact.sha256 = copied.sha256;
  artifact.size_bytes = copied.size_bytes;
  artifact.media_type = request.media_type;
  artifact.suffix = request.suffix;
  artifact.source_sha256 = request.parts.source_sha256;
  artifact.source_size_bytes = request.source_size_bytes;
  artifact.source_name = request.source_name;
  artifact.processor_id = request.parts.processor_id;
  artifact.processor_version = request.parts.processor_version;
  artifact.parameters_json = nlohmann::json(request.parts.parameters).dump();
  artifact.report_json = "{}";
  artifact.created_at = base::now_wall();
  artifact.last_used = artifact.created_at;
  const std::unique_ptr<Blob> held = store.backend().put(file, copied.sha256);
  result.recorded = store.manifest().record(artifact);
  if (result.recorded != Recorded::divergent) return result;
  throw Error(ErrorKind::failed,
              fmt::format("'{}' is in the cache with other bytes", artifact.alias))
      .with_code("divergent")
      .with_hint(fmt::format("they stay; `weir cache rm {}` first if they are wrong",
                             artifact.key.substr(0, 16)));
}

}  // namespace weir::cache
