#include "processing.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "genomics/bgzf.hpp"
#include "genomics/processor.hpp"

#include <array>
#include <vector>

/// Memory that there is not is refused as it is without the sanitizer, and not a finding: htslib
/// asks for what a damaged CRAM announces. (Looked for by the sanitizer under this name.)
extern "C" const char* __asan_default_options();  // NOLINT(bugprone-reserved-identifier)
const char* __asan_default_options() {            // NOLINT(bugprone-reserved-identifier)
  return "allocator_may_return_null=1";
}

namespace weir::fuzz {

void process(std::span<const std::uint8_t> bytes, std::optional<genomics::Format> format) {
  using genomics::LinePolicy;
  constexpr std::array k_policies{LinePolicy::normal, LinePolicy::lenient, LinePolicy::strict};
  const base::TempDir folder;
  genomics::ProcessRequest request;
  request.source = folder.path() / "input";
  request.format = format;
  request.data_path = folder.path() / "data";
  request.index_path = folder.path() / "index";
  request.scratch_folder = folder.path();
  request.memory_limit_bytes = genomics::k_memory_limit_min_bytes;
  request.expanded_bytes_max = 1 << 24;
  request.policy = k_policies[bytes.size() % k_policies.size()];
  if (format == genomics::Format::tsv) {
    request.options.columns =
        genomics::TableColumns{.sequence = "1", .begin = "2", .end = "3", .zero_based = true};
  }
  base::write_file(request.source, text_of(bytes));
  try {
    (void)genomics::process(request);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::input) throw;
  }
}

namespace {

std::vector<std::uint8_t> in_blocks(std::span<const std::uint8_t> content) {
  genomics::BlockDeflater deflater(genomics::CodecChoice{.level = 1});
  std::vector<std::uint8_t> file;
  for (std::size_t begin = 0; begin < content.size(); begin += genomics::k_bgzf_payload_bytes) {
    const std::size_t rest = content.size() - begin;
    deflater.deflate(content.subspan(begin, std::min(rest, genomics::k_bgzf_payload_bytes)), file);
  }
  file.insert(file.end(), genomics::k_bgzf_end_block.begin(), genomics::k_bgzf_end_block.end());
  return file;
}

}  // namespace

void process_content_or_text(std::span<const std::uint8_t> bytes, std::string_view magic,
                             genomics::Format text) {
  if (text_of(bytes).starts_with(magic)) {
    process(in_blocks(bytes));
  } else {
    process(bytes, text);
  }
}

}  // namespace weir::fuzz
