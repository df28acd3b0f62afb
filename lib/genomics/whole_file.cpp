#include "genomics/whole_file.hpp"

#include "base/file.hpp"
#include "base/hash.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <vector>

namespace weir::genomics {

void hash_whole(const SourceFile& source, SourceHasher& hasher, const Work& work) {
  constexpr std::size_t k_piece_bytes = std::size_t{1} << 20;
  std::vector<std::uint8_t> pieces(2 * k_piece_bytes);
  const DrainAtEnd drain(&hasher);
  std::size_t half = 0;
  for (std::uint64_t at = 0; at < source.size();) {
    work.check();
    const auto count =
        static_cast<std::size_t>(std::min<std::uint64_t>(k_piece_bytes, source.size() - at));
    const std::span<std::uint8_t> piece(pieces.data() + half * k_piece_bytes, count);
    source.read_at(at, piece);
    hasher.drain();  // of the other half
    hasher.add(piece);
    half = 1 - half;
    at += count;
  }
  hasher.drain();
}

void report_reuse(ProcessReport& report, const SourceFile& source, SourceHasher& hasher) {
  source.check_unchanged();
  hasher.finish();
  report.reused_source = true;
  report.was_sorted = true;
  report.source_bytes = static_cast<std::int64_t>(source.size());
  report.source_sha256 = hasher.sha256();
  report.source_md5 = hasher.md5();
}

void report_output(ProcessReport& report, ArtifactKind kind, const std::filesystem::path& path) {
  const std::optional<base::FileInfo> info = base::file_info(path);
  report.outputs.push_back({kind, path, info ? info->size_bytes : 0, base::sha256_file(path)});
}

void report_tally(ProcessReport& report, const ProblemTally& tally, const ProcessRequest& request,
                  const std::string& file) {
  tally.refuse_if_fatal(request.policy, file);
  const std::vector<Finding> findings = tally.findings(request.policy);
  report.findings.insert(report.findings.end(), findings.begin(), findings.end());
}

void refuse_container(const Sniffed& sniffed, const SourceFile& source) {
  if (sniffed.inspection.container == Container::plain) return;
  throw problem_error(Problem::unsupported_container, source.name(),
                      fmt::format("{} inside {}", name_of(sniffed.inspection.format),
                                  name_of(sniffed.inspection.container)));
}

}  // namespace weir::genomics
