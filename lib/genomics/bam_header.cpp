#include "genomics/bam_header.hpp"

#include "base/text.hpp"
#include "genomics/line_parser.hpp"
#include "genomics/problem.hpp"

#include <fmt/format.h>
#include <cstring>
#include <limits>
#include <unordered_set>

namespace weir::genomics {
namespace {

constexpr std::string_view k_magic{"BAM\1", 4};

std::uint32_t read_u32(const std::uint8_t* at) {
  return static_cast<std::uint32_t>(at[0]) | static_cast<std::uint32_t>(at[1]) << 8 |
         static_cast<std::uint32_t>(at[2]) << 16 | static_cast<std::uint32_t>(at[3]) << 24;
}

void append_u32(std::string& to, std::size_t value) {
  for (unsigned shift = 0; shift < 32; shift += 8)
    to.push_back(static_cast<char>(value >> shift & 0xff));
}

/// Reads a binary header step by step; stops for good once bytes are missing.
class HeaderReader {
 public:
  explicit HeaderReader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  [[nodiscard]] bool missing() const { return missing_; }
  [[nodiscard]] std::size_t position() const { return at_; }

  std::uint32_t u32() {
    const std::string_view raw = take(4);
    return missing_ ? 0 : read_u32(reinterpret_cast<const std::uint8_t*>(raw.data()));
  }
  std::string_view take(std::size_t length) {
    if (missing_ || bytes_.size() - at_ < length) {
      missing_ = true;
      return {};
    }
    const std::string_view got(reinterpret_cast<const char*>(bytes_.data()) + at_, length);
    at_ += length;
    return got;
  }

 private:
  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;
  bool missing_ = false;
};

/// The value of a "TAG:value" field of a header line, or nothing.
std::optional<std::string_view> header_field(std::string_view line, std::string_view tag) {
  for (const std::string_view field : base::split(line, '\t')) {
    if (field.size() > 3 && field.starts_with(tag) && field[2] == ':') return field.substr(3);
  }
  return std::nullopt;
}

/// TAG:value, a tag being a letter and a letter or digit.
bool is_field(std::string_view field) {
  return field.size() >= 3 && std::isalpha(static_cast<unsigned char>(field[0])) != 0 &&
         std::isalnum(static_cast<unsigned char>(field[1])) != 0 && field[2] == ':';
}

/// "@XX" followed by tab-separated TAG:value fields.
void check_header_line(std::string_view line, const std::string& file, std::int64_t number) {
  const ProblemPlace place{.line = number};
  const auto refuse = [&](Problem problem, std::string_view why) {
    throw problem_error(problem, file, fmt::format("{}: '{}'", why, base::printable(line, 80)),
                        place);
  };
  if (line.size() < 3 || !std::isalpha(static_cast<unsigned char>(line[1])) ||
      !std::isalpha(static_cast<unsigned char>(line[2]))) {
    refuse(Problem::bad_sam_header, "not a header line");
  }
  if (line.starts_with("@CO")) return;
  if (line.size() > 3 && line[3] == ' ') refuse(Problem::spaces_not_tabs, "a header line");
  if (line.size() > 3 && line[3] != '\t') refuse(Problem::bad_sam_header, "not a header line");
  const std::vector<std::string_view> fields = base::split(line, '\t');
  for (std::size_t i = 1; i < fields.size(); ++i) {
    if (!is_field(fields[i])) refuse(Problem::bad_sam_header, "a field is not TAG:value");
  }
}

Reference reference_of(std::string_view line, const std::string& file, std::int64_t number) {
  const ProblemPlace place{.line = number};
  const std::optional<std::string_view> name = header_field(line, "SN");
  const std::optional<std::string_view> length = header_field(line, "LN");
  if (!name || !length)
    throw problem_error(Problem::bad_sam_header, file, "@SQ without SN or LN", place);
  const std::optional<std::int64_t> value = parse_whole_number(*length);
  if (!value) {
    throw problem_error(Problem::bad_sam_header, file,
                        fmt::format("length '{}'", base::printable(*length, 40)), place);
  }
  if (*value > std::numeric_limits<std::int32_t>::max()) {
    throw problem_error(Problem::coordinate_overflow, file,
                        fmt::format("@SQ {} is longer than 2^31 - 1", *name), place);
  }
  return {std::string(*name), *value};
}

/// htslib reads no BAM whose text has another line.
void check_text(const std::string& text, const std::string& file) {
  std::int64_t number = 0;
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
    ++number;
    if (text[at] == '@') continue;
    throw problem_error(Problem::bad_bam_header, file,
                        fmt::format("line {} of its text does not begin with '@'", number));
  }
}

void refuse_duplicates(const std::vector<Reference>& references, const std::string& file) {
  std::unordered_set<std::string_view> seen;
  for (const Reference& reference : references) {
    if (!seen.insert(reference.name).second) {
      throw problem_error(Problem::duplicate_sq, file,
                          fmt::format("'{}'", base::printable(reference.name, 80)));
    }
  }
}

}  // namespace

std::string_view BamHeader::sort_order() const {
  if (!text.starts_with("@HD")) return {};
  return header_field(std::string_view(text).substr(0, text.find('\n')), "SO").value_or("");
}

void BamHeader::mark_sorted() {
  if (!text.starts_with("@HD")) {
    text.insert(0, "@HD\tVN:1.6\tSO:coordinate\n");
    return;
  }
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string line;
  bool has_order = false;
  for (const std::string_view field : base::split(std::string_view(text).substr(0, end), '\t')) {
    if (field.starts_with("GO:") || field.starts_with("SS:")) continue;
    if (!line.empty()) line += '\t';
    has_order = has_order || field.starts_with("SO:");
    line += field.starts_with("SO:") ? "SO:coordinate" : field;
  }
  if (!has_order) line += "\tSO:coordinate";
  text.replace(0, end, line);
}

std::string BamHeader::encode() const {
  std::string bytes(k_magic);
  append_u32(bytes, text.size());
  bytes += text;
  append_u32(bytes, references.size());
  for (const Reference& reference : references) {
    append_u32(bytes, reference.name.size() + 1);
    bytes += reference.name;
    bytes.push_back('\0');
    append_u32(bytes, static_cast<std::size_t>(reference.length));
  }
  return bytes;
}

std::optional<std::size_t> decode_bam_header(std::span<const std::uint8_t> bytes, BamHeader& to,
                                             const std::string& file) {
  HeaderReader reader(bytes);
  const auto refuse = [&](std::string_view why) {
    throw problem_error(Problem::bad_bam_header, file, why,
                        {.byte_offset = static_cast<std::int64_t>(reader.position())});
  };
  const std::string_view magic = reader.take(k_magic.size());
  if (!reader.missing() && magic != k_magic)
    throw problem_error(Problem::format_mismatch, file, "no BAM magic number");
  constexpr std::uint32_t k_length_max = std::numeric_limits<std::int32_t>::max();
  const std::uint32_t text_length = reader.u32();
  if (text_length > k_length_max) refuse("the text is too long");
  to.text = std::string(reader.take(text_length));
  to.text.resize(std::strlen(to.text.c_str()));  // writers may pad with zeros
  if (!to.text.empty() && to.text.back() != '\n') to.text += '\n';
  const std::uint32_t count = reader.u32();
  if (count > k_length_max) refuse("too many references");
  to.references.clear();
  for (std::uint32_t i = 0; i < count && !reader.missing(); ++i) {
    constexpr std::uint32_t k_name_bytes_max = 1 << 16;
    const std::uint32_t length = reader.u32();
    if (!reader.missing() && (length == 0 || length > k_name_bytes_max))
      refuse("a reference name has no proper length");
    const std::string_view name = reader.take(length);
    const std::uint32_t reference_length = reader.u32();
    if (reader.missing()) break;
    if (name.find('\0') != name.size() - 1) refuse("a reference name does not end where it should");
    if (reference_length > k_length_max) refuse("a reference has a negative length");
    to.references.push_back({std::string(name.substr(0, name.size() - 1)), reference_length});
  }
  if (reader.missing()) return std::nullopt;
  check_text(to.text, file);
  refuse_duplicates(to.references, file);
  return reader.position();
}

BamHeader parse_sam_header(std::string_view text, const std::string& file) {
  BamHeader header;
  std::int64_t number = 0;
  for (std::string_view line : base::split(text, '\n')) {
    ++number;
    if (line.empty()) continue;
    check_header_line(line, file, number);
    if (line.starts_with("@SQ")) header.references.push_back(reference_of(line, file, number));
    header.text += line;
    header.text += '\n';
  }
  refuse_duplicates(header.references, file);
  return header;
}

}  // namespace weir::genomics
