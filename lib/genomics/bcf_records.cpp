#include "genomics/bcf_records.hpp"

#include "base/text.hpp"
#include "genomics/read_word.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <bit>
#include <cstring>
#include <mutex>
#include <numeric>

namespace weir::genomics {
namespace {

constexpr std::string_view k_magic{"BCF\2\2", 5};
constexpr std::size_t k_lengths_bytes = 8;
constexpr std::size_t k_fixed_bytes = 24;
constexpr std::uint32_t k_record_bytes_max = std::uint32_t{1} << 30;

static_assert(std::endian::native == std::endian::little, "a BCF field is little-endian");

/// Reads typed values (6.3.3) and stays inside the bytes given; false for good after the first that
/// does not fit.
class TypedReader {
 public:
  explicit TypedReader(std::string_view bytes) : rest_(bytes) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  struct Descriptor {
    std::size_t count = 0;
    unsigned type = 0;
  };

  Descriptor descriptor() {
    if (!need(1)) return {};
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    Descriptor found{static_cast<std::size_t>(byte >> 4), byte & 0xfU};
    if (found.count == k_long) {
      const std::optional<std::uint32_t> count = integer();
      found.count = count.value_or(0);
    }
    if (item_bytes(found.type) == 0 && found.type != 0) ok_ = false;
    return found;
  }

  /// A single whole number.
  std::optional<std::uint32_t> integer() {
    if (!need(1)) return std::nullopt;
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    const std::size_t bytes = item_bytes(byte & 0xfU);
    if (byte >> 4 != 1 || (byte & 0xfU) > 3 || bytes == 0 || !need(bytes)) {
      ok_ = false;
      return std::nullopt;
    }
    std::uint32_t value = 0;
    std::memcpy(&value, rest_.data(), bytes);
    rest_.remove_prefix(bytes);
    return value;
  }

  /// A value; its bytes.
  std::string_view value() {
    const Descriptor found = descriptor();
    return take(found.count * item_bytes(found.type));
  }

  std::string_view take(std::size_t bytes) {
    if (!need(bytes)) return {};
    const std::string_view taken = rest_.substr(0, bytes);
    rest_.remove_prefix(bytes);
    return taken;
  }

  static constexpr unsigned k_characters = 7;

  static std::size_t item_bytes(unsigned type) {
    switch (type) {
      case 1:
      case 7: return 1;
      case 2: return 2;
      case 3:
      case 5: return 4;
      default: return 0;
    }
  }

 private:
  static constexpr std::size_t k_long = 15;

  bool need(std::size_t bytes) {
    ok_ = ok_ && rest_.size() >= bytes;
    return ok_;
  }

  std::string_view rest_;
  bool ok_ = true;
};

/// Texts are characters, as htslib wants them (bcf_record_check of 1.16).
bool text_is_whole(TypedReader& reader) {
  const TypedReader::Descriptor found = reader.descriptor();
  reader.take(found.count * TypedReader::item_bytes(found.type));
  return reader.ok() && found.type == TypedReader::k_characters;
}

/// Numbers of the dictionary, of any width; none at all may have any type.
bool filters_are_whole(TypedReader& reader, const VariantHeader& header) {
  const TypedReader::Descriptor found = reader.descriptor();
  const std::size_t width = TypedReader::item_bytes(found.type);
  const std::string_view numbers = reader.take(found.count * width);
  if (!reader.ok() || found.count == 0) return reader.ok();
  if (found.type < 1 || found.type > 3) return false;
  for (std::size_t at = 0; at < numbers.size(); at += width) {
    std::uint32_t key = 0;
    std::memcpy(&key, numbers.data() + at, width);
    if (!header.has_key(key)) return false;
  }
  return true;
}

/// The shared part behind its fixed fields: ID, alleles, FILTER, INFO.
bool shared_is_whole(std::string_view bytes, std::size_t alleles, std::size_t infos,
                     const VariantHeader& header) {
  TypedReader reader(bytes);
  if (!text_is_whole(reader)) return false;
  for (std::size_t i = 0; i < alleles; ++i) {
    if (!text_is_whole(reader)) return false;
  }
  if (!filters_are_whole(reader, header)) return false;
  for (std::size_t i = 0; i < infos && reader.ok(); ++i) {
    const std::optional<std::uint32_t> key = reader.integer();
    if (!key || !header.has_key(*key)) return false;
    reader.value();
  }
  return reader.ok();
}

bool samples_are_whole(std::string_view bytes, std::size_t formats, const VariantHeader& header) {
  TypedReader reader(bytes);
  for (std::size_t i = 0; i < formats && reader.ok(); ++i) {
    const std::optional<std::uint32_t> key = reader.integer();
    if (!key || !header.has_key(*key)) return false;
    const TypedReader::Descriptor found = reader.descriptor();
    reader.take(found.count * TypedReader::item_bytes(found.type) * header.samples);
  }
  return reader.ok();
}

/// REF and ALT in lower case.
std::vector<std::string> alleles_of(std::string_view record) {
  const std::size_t count = read_word<std::uint32_t>(record.data() + k_lengths_bytes + 16) >> 16;
  TypedReader reader(record.substr(k_lengths_bytes + k_fixed_bytes));
  reader.value();  // ID
  std::vector<std::string> alleles;
  for (std::size_t i = 0; i < count; ++i) alleles.push_back(base::to_lower_ascii(reader.value()));
  return alleles;
}

}  // namespace

std::optional<BcfFields> parse_bcf_record(std::string_view record, const VariantHeader& header) {
  if (record.size() < k_lengths_bytes + k_fixed_bytes) return std::nullopt;
  const std::size_t shared = read_word<std::uint32_t>(record.data());
  const std::size_t individual = read_word<std::uint32_t>(record.data() + 4);
  if (shared < k_fixed_bytes || record.size() != k_lengths_bytes + shared + individual)
    return std::nullopt;
  const char* const at = record.data() + k_lengths_bytes;
  const auto signed_at = [at](std::size_t offset) {
    return static_cast<std::int32_t>(read_word<std::uint32_t>(at + offset));
  };
  const BcfFields fields{signed_at(0), signed_at(4), signed_at(8)};
  const std::uint32_t counts = read_word<std::uint32_t>(at + 16);
  const std::uint32_t sample_counts = read_word<std::uint32_t>(at + 20);
  const std::size_t samples = sample_counts & 0xffffff;
  const std::size_t formats = sample_counts >> 24;
  if (fields.position < -1 || fields.length < 0 || samples != header.samples) return std::nullopt;
  const std::string_view rest = record.substr(k_lengths_bytes + k_fixed_bytes);
  if (!shared_is_whole(rest.substr(0, shared - k_fixed_bytes), counts >> 16, counts & 0xffff,
                       header) ||
      !samples_are_whole(rest.substr(shared - k_fixed_bytes), formats, header)) {
    return std::nullopt;
  }
  return fields;
}

ProblemPlace BcfRecords::place(std::size_t record, std::size_t offset) const {
  return {.line = records_before_ + static_cast<std::int64_t>(record) + 1,
          .byte_offset = bytes_before_ + static_cast<std::int64_t>(offset)};
}

std::optional<std::size_t> BcfRecords::read_header(std::span<const std::uint8_t> bytes,
                                                   bool at_end) {
  const auto refuse = [&](std::string_view why) {
    throw problem_error(Problem::bad_bcf_header, file_, why, {.byte_offset = 0});
  };
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.size() >= k_magic.size() && !text.starts_with(k_magic))
    refuse("only version 2.2 of the format is read");
  const std::size_t fixed = k_magic.size() + 4;
  constexpr std::uint32_t k_text_bytes_max = std::uint32_t{1} << 30;
  const std::uint32_t length =
      text.size() >= fixed ? read_word<std::uint32_t>(text.data() + k_magic.size()) : 0;
  if (length > k_text_bytes_max) refuse("the text is too long");
  if (text.size() < fixed || text.size() - fixed < length) {
    if (at_end) refuse("the file ends inside it");
    return std::nullopt;
  }
  header_bytes_ = text.substr(0, fixed + length);
  const std::string_view lines = text.substr(fixed, length);
  const std::optional<VariantHeader> header =
      parse_variant_header(std::string(lines.substr(0, lines.find('\0'))));
  if (!header) refuse("it cannot be understood");
  header_ = *header;
  if (header_.contigs.size() >= RecordKey::k_contig_max) {
    throw problem_error(Problem::many_contigs, file_,
                        fmt::format("{} contigs", header_.contigs.size()));
  }
  bytes_before_ = static_cast<std::int64_t>(header_bytes_.size());
  return header_bytes_.size();
}

std::size_t BcfRecords::split(std::span<const std::uint8_t> run, std::size_t from,
                              RecordSlot* slots, const Work&) {
  if (from == 0) {
    found_ = 0;
    next_ = 0;
  }
  while (run.size() - next_ >= k_lengths_bytes) {
    const char* const at = reinterpret_cast<const char*>(run.data()) + next_;
    const std::uint32_t shared = read_word<std::uint32_t>(at);
    const std::uint32_t individual = read_word<std::uint32_t>(at + 4);
    if (shared < k_fixed_bytes || shared > k_record_bytes_max || individual > k_record_bytes_max) {
      throw problem_error(Problem::bad_record, file_,
                          fmt::format("its lengths are {} and {}", shared, individual),
                          place(found_, next_));
    }
    const std::size_t whole = k_lengths_bytes + shared + individual;
    if (run.size() - next_ < whole) break;
    slots[found_++] = {
        .offset = next_, .key = 0, .length = static_cast<std::uint32_t>(whole), .span = 0};
    next_ += whole;
  }
  return found_;
}

BcfRecords::Scanned BcfRecords::scan(std::span<const std::uint8_t> run, RecordSlot* slots,
                                     bool at_end, const Work& work) {
  if (at_end && next_ != run.size()) {
    throw problem_error(Problem::bad_record, file_, "the data ends inside it",
                        place(found_, next_));
  }
  constexpr std::size_t k_per_item = 4096;
  std::mutex mutex;
  parallel_for(work, (found_ + k_per_item - 1) / k_per_item, [&](std::size_t item, std::size_t) {
    ProblemTally tally;
    std::int64_t end_max = 0;
    for (std::size_t i = item * k_per_item; i < std::min(found_, (item + 1) * k_per_item); ++i) {
      RecordSlot& slot = slots[i];
      const std::string_view bytes(reinterpret_cast<const char*>(run.data() + slot.offset),
                                   slot.length);
      const std::optional<BcfFields> fields = parse_bcf_record(bytes, header_);
      if (!fields) {
        tally.add(Problem::bad_record, place(i, slot.offset));
        continue;
      }
      const auto contig = static_cast<std::size_t>(fields->contig);
      if (fields->contig < 0 || contig >= header_.contigs.size() ||
          header_.contigs[contig].empty()) {
        tally.add(Problem::undeclared_in_bcf, place(i, slot.offset),
                  fmt::format("number {}", fields->contig));
        continue;
      }
      slot.key =
          RecordKey::make(contig, static_cast<std::uint64_t>(std::int64_t{fields->position} + 1));
      slot.span = static_cast<std::uint32_t>(std::max(fields->length, 1));
      end_max = std::max<std::int64_t>(end_max, std::int64_t{fields->position} + slot.span);
    }
    const std::scoped_lock lock(mutex);
    tally_.merge(tally);
    end_max_ = std::max(end_max_, end_max);
  });
  tally_.refuse_if_fatal(policy_, file_);
  records_before_ += static_cast<std::int64_t>(found_);
  bytes_before_ += static_cast<std::int64_t>(next_);
  return {.records = found_, .consumed = next_};
}

std::vector<std::uint32_t> BcfRecords::contig_ranks() const {
  // One more than there are, as for BAM, where the last one holds records without place.
  std::vector<std::uint32_t> ranks(header_.contigs.size() + 1);
  std::iota(ranks.begin(), ranks.end(), 0U);
  return ranks;
}

std::int64_t BcfRecords::reach_max() const {
  std::int64_t reach = 0;
  for (const std::int64_t length : header_.lengths) reach = std::max(reach, length);
  return reach;
}

void BcfRecords::order_group(std::span<TiedRecord> group) const {
  std::stable_sort(group.begin(), group.end(), [](const TiedRecord& a, const TiedRecord& b) {
    return alleles_of(a.bytes) < alleles_of(b.bytes);
  });
}

IndexEntry BcfRecords::entry(std::uint64_t ranked_key, std::uint32_t span, std::string_view) const {
  const std::int64_t position = static_cast<std::int64_t>(RecordKey::position(ranked_key)) - 1;
  return {.reference = static_cast<std::int64_t>(RecordKey::contig(ranked_key)),
          .begin = std::max<std::int64_t>(position, 0),
          .end = std::max<std::int64_t>(position + span, 1)};
}

std::string BcfRecords::output_header(bool) {
  return header_bytes_;
}

std::int64_t BcfRecords::header_lines() const {
  return std::count(header_bytes_.begin(), header_bytes_.end(), '\n');
}

}  // namespace weir::genomics
