#include "genomics/sniff.hpp"

#include "base/text.hpp"
#include "genomics/archive_loader.hpp"
#include "genomics/bgzf.hpp"
#include "genomics/line_parser.hpp"

#include <fmt/format.h>
#include <zlib.h>
#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace weir::genomics {
namespace {

constexpr std::size_t k_prefix_bytes = std::size_t{64} << 10;

struct Magic {
  std::string_view bytes;
  std::string_view what;
};

constexpr std::array<Magic, 3> k_foreign{
    {{"7z\xbc\xaf\x27\x1c", "7z"}, {"\xca\x5c\xad\xe5", "starch"}, {{"\x1f\x9d", 2}, "compress"}}};

struct Packed {
  std::string_view bytes;
  Container container;
};

constexpr std::size_t k_bzip2_level_at = 3;  // "BZh", a digit, and the first block's magic number
constexpr std::string_view k_bzip2_block = "1AY&SY";

constexpr std::array<Packed, 3> k_packed{{{{"\xfd\x37zXZ\0", 6}, Container::xz},
                                          {"\x28\xb5\x2f\xfd", Container::zstd},
                                          {{"PK\3\4", 4}, Container::zip}}};

struct BinaryFormat {
  std::string_view bytes;
  Format format;
};

constexpr std::array<BinaryFormat, 9> k_binary{{{{"BAM\1", 4}, Format::bam},
                                                {"CRAM", Format::cram},
                                                {{"BCF\2", 4}, Format::bcf},
                                                {{"BCF\4", 4}, Format::bcf},
                                                {"\xeb\xf2\x89\x87", Format::big_bed},
                                                {"\x87\x89\xf2\xeb", Format::big_bed},
                                                {"\x26\xfc\x8f\x88", Format::big_wig},
                                                {"\x88\x8f\xfc\x26", Format::big_wig},
                                                {{"BCF\1", 4}, Format::bcf}}};

bool is_gzip(std::string_view bytes) {
  return bytes.starts_with("\x1f\x8b");
}

/// The beginning of what a gzip stream holds; as much as can be had, damage is found later.
std::string inflate_prefix(std::string_view bytes) {
  z_stream stream{};
  constexpr int k_gzip_window = 15 + 16;
  if (inflateInit2(&stream, k_gzip_window) != Z_OK)
    throw Error(ErrorKind::temporary, "no memory to look at the file");
  std::string out(k_prefix_bytes, '\0');
  std::string input(bytes);
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  int status = Z_OK;
  while (stream.avail_in > 0 && stream.avail_out > 0 && status == Z_OK) {
    status = inflate(&stream, Z_SYNC_FLUSH);
    if (status == Z_STREAM_END && stream.avail_in > 0) status = inflateReset(&stream);
  }
  out.resize(out.size() - stream.avail_out);
  inflateEnd(&stream);
  return out;
}

std::optional<Container> packed_container(std::string_view raw) {
  if (raw.starts_with("BZh") &&
      raw.substr(std::min(raw.size(), k_bzip2_level_at + 1)).starts_with(k_bzip2_block))
    return Container::bzip2;
  for (const Packed& packed : k_packed) {
    if (raw.starts_with(packed.bytes)) return packed.container;
  }
  return std::nullopt;
}

/// The beginning of what an archive holds.
std::string unpack_prefix(const SourceFile& source, Container container) {
  const std::unique_ptr<Loader> loader = make_archive_loader(source, container, nullptr, {});
  std::string content(k_prefix_bytes, '\0');
  std::size_t length = 0;
  while (length < content.size()) {
    const std::size_t got = loader->load(reinterpret_cast<std::uint8_t*>(content.data()) + length,
                                         content.size() - length);
    if (got == 0) break;
    length += got;
  }
  content.resize(length);
  return content;
}

std::optional<Format> binary_format(std::string_view content) {
  for (const BinaryFormat& known : k_binary) {
    if (content.starts_with(known.bytes)) return known.format;
  }
  return std::nullopt;
}

bool is_sam_header_line(std::string_view line) {
  return line.size() > 3 && line[0] == '@' && (line[3] == '\t' || line[3] == ' ') &&
         (line.starts_with("@HD") || line.starts_with("@SQ") || line.starts_with("@RG") ||
          line.starts_with("@PG") || line.starts_with("@CO"));
}

/// What the first lines say beyond doubt.
std::optional<Format> declared_format(std::string_view content) {
  if (content.starts_with("##fileformat=VCF") || content.starts_with("#CHROM\tPOS\tID"))
    return Format::vcf;
  if (content.starts_with("##gff-version")) return Format::gff3;
  if (is_sam_header_line(content.substr(0, content.find('\n')))) return Format::sam;
  return std::nullopt;
}

/// Refuses what is text, but of another world.
void refuse_foreign_text(std::string_view content, const std::string& name) {
  const std::string_view start = base::trim(content.substr(0, 256));
  const std::string lower = base::to_lower_ascii(start.substr(0, 64));
  if (start.starts_with('{') || start.starts_with('[')) {
    throw problem_error(Problem::not_genomic, name,
                        "it is JSON, such as an htsget ticket or an error message");
  }
  for (const std::string_view tag : {"<!doctype", "<html", "<?xml", "<error", "<head"}) {
    if (lower.starts_with(tag))
      throw problem_error(Problem::not_genomic, name, "it is a web page or XML");
  }
}

/// Guesses from the first record line.
std::optional<Format> guess_format(std::string_view content) {
  for (std::string_view line : base::split(content, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#') || line.starts_with("track") ||
        line.starts_with("browser"))
      continue;
    const std::vector<std::string_view> columns = base::split(line, '\t');
    const auto number = [&](std::size_t at) {
      return at < columns.size() && parse_position(columns[at]);
    };
    if (columns.size() >= 11 && number(1) && number(3) && number(4)) return Format::sam;
    if ((columns.size() == 9 || columns.size() == 8) && number(3) && number(4)) {
      const bool gtf =
          columns.size() == 9 && columns[8].find("gene_id \"") != std::string_view::npos;
      return gtf ? Format::gtf : Format::gff3;
    }
    if (columns.size() >= 3 && number(1) && number(2)) return Format::bed;
    return std::nullopt;
  }
  return std::nullopt;
}

/// Whether a file declared as `wanted` may hold content that is clearly `found`.
bool compatible(Format wanted, Format found) {
  return wanted == found || (wanted == Format::gtf && found == Format::gff3);
}

bool is_binary(Format format) {
  switch (format) {
    case Format::bam:
    case Format::cram:
    case Format::bcf:
    case Format::big_bed:
    case Format::big_wig: return true;
    default: return false;
  }
}

Format format_of(std::string_view content, const SourceFile& source,
                 const ProcessRequest& request) {
  std::optional<Format> found = binary_format(content);
  if (!found) {
    refuse_foreign_text(content, source.name());
    found = declared_format(content.starts_with("\xef\xbb\xbf") ? content.substr(3) : content);
  }
  if (found) {
    if (request.format && !compatible(*request.format, *found)) {
      throw problem_error(
          Problem::format_mismatch, source.name(),
          fmt::format("it is {}, not {}", name_of(*found), name_of(*request.format)));
    }
    return request.format.value_or(*found);
  }
  if (request.format) {
    const Format wanted = *request.format;
    if (is_binary(wanted)) {
      throw problem_error(Problem::format_mismatch, source.name(),
                          fmt::format("it is not {}", name_of(wanted)));
    }
    return wanted;
  }
  const std::optional<Format> named = format_of_name(source.name());
  if (named && is_binary(*named)) {
    throw problem_error(Problem::format_mismatch, source.name(),
                        fmt::format("it is not {}", name_of(*named)));
  }
  if (named) return *named;
  if (const std::optional<Format> guessed = guess_format(content)) return *guessed;
  throw problem_error(Problem::unknown_format, source.name());
}

}  // namespace

Sniffed sniff(const SourceFile& source, const ProcessRequest& request) {
  std::string raw(static_cast<std::size_t>(std::min<std::uint64_t>(source.size(), k_prefix_bytes)),
                  '\0');
  source.read_at(0, {reinterpret_cast<std::uint8_t*>(raw.data()), raw.size()});
  for (const Magic& magic : k_foreign) {
    if (std::string_view(raw).starts_with(magic.bytes)) {
      throw problem_error(Problem::unsupported_container, source.name(), std::string(magic.what));
    }
  }
  Sniffed sniffed;
  sniffed.inspection.size_bytes = static_cast<std::int64_t>(source.size());
  std::string content = raw;
  if (const std::optional<Container> packed = packed_container(raw)) {
    sniffed.inspection.container = *packed;
    content = unpack_prefix(source, *packed);
    sniffed.nested_gzip = is_gzip(content);
    if (sniffed.nested_gzip) content = inflate_prefix(content);
    if (is_gzip(content))
      throw problem_error(Problem::unsupported_container, source.name(), "compressed three times");
  }
  if (is_gzip(raw)) {
    const std::span<const std::uint8_t> bytes(reinterpret_cast<const std::uint8_t*>(raw.data()),
                                              raw.size());
    sniffed.inspection.container = bgzf_block_length(bytes) ? Container::bgzf : Container::gzip;
    content = inflate_prefix(raw);
    if (is_gzip(content)) {
      sniffed.nested_gzip = true;
      content = inflate_prefix(content);
      if (is_gzip(content))
        throw problem_error(Problem::unsupported_container, source.name(),
                            "compressed three times");
    }
  }
  if (content.empty() && !is_gzip(raw)) throw problem_error(Problem::empty_source, source.name());
  sniffed.inspection.format = format_of(content, source, request);
  return sniffed;
}

}  // namespace weir::genomics
