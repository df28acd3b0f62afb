#include "genomics/bam_records.hpp"

#include "base/error.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <bit>
#include <cstring>
#include <mutex>
#include <numeric>

namespace weir::genomics {
namespace {

constexpr std::size_t k_fixed_bytes = 36;  // length field and fixed fields
constexpr std::uint32_t k_record_bytes_max = std::uint32_t{1} << 29;

template <typename T>
T read_le(const char* at) {
  static_assert(std::endian::native == std::endian::little, "a BAM field is little-endian");
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}

/// Length of one value of an auxiliary type, or 0 for an unknown type and those without fixed
/// length.
std::size_t aux_size(char type) {
  switch (type) {
    case 'A':
    case 'c':
    case 'C': return 1;
    case 's':
    case 'S': return 2;
    case 'i':
    case 'I':
    case 'f': return 4;
    case 'd': return 8;
    default: return 0;
  }
}

/// Whether the auxiliary fields fill `rest` exactly.
bool aux_is_whole(std::string_view rest) {
  while (!rest.empty()) {
    if (rest.size() < 4) return false;
    const char type = rest[2];
    rest.remove_prefix(3);
    std::size_t length = aux_size(type);
    if (type == 'Z' || type == 'H') {
      const std::size_t end = rest.find('\0');
      if (end == std::string_view::npos) return false;
      length = end + 1;
    } else if (type == 'B') {
      if (rest.size() < 5) return false;
      const std::size_t item = aux_size(rest[0]);
      if (item == 0) return false;
      length = 5 + item * std::size_t{read_le<std::uint32_t>(rest.data() + 1)};
    } else if (length == 0) {
      return false;
    }
    if (length > rest.size()) return false;
    rest.remove_prefix(length);
  }
  return true;
}

/// What a CIGAR covers.
struct Covered {
  std::int64_t reference = 0;  ///< bases
  std::int64_t read = 0;       ///< likewise, clipped ones at its ends included
};

/// Nothing for an unknown operation.
std::optional<Covered> covered_bases(const char* cigar, std::size_t count) {
  constexpr std::uint32_t k_operations = 9;                   // MIDNSHP=X
  constexpr std::uint32_t k_consume_reference = 0b110001101;  // M, D, N, =, X
  constexpr std::uint32_t k_consume_read = 0b110010011;       // M, I, S, =, X
  Covered covered;
  for (std::size_t i = 0; i < count; ++i) {
    const auto operation = read_le<std::uint32_t>(cigar + 4 * i);
    const std::uint32_t kind = operation & 0xf;
    if (kind >= k_operations) return std::nullopt;
    if ((k_consume_reference >> kind & 1) != 0) covered.reference += operation >> 4;
    if ((k_consume_read >> kind & 1) != 0) covered.read += operation >> 4;
  }
  return covered;
}

std::uint64_t key_position(std::int32_t position, std::uint16_t flags) {
  const auto place = static_cast<std::uint64_t>(std::int64_t{position} + 1);
  return place << 1 | ((flags & BamFields::k_reverse) != 0 ? 1U : 0U);
}

/// Lengths stand hundreds of bytes apart, and each is known only when the one before it is there.
/// Asking for all lines some way ahead keeps the walk from waiting for memory.
void prefetch_ahead(const std::uint8_t* record, std::size_t bytes) {
  constexpr std::size_t k_ahead_bytes = 4096;
  constexpr std::size_t k_line_bytes = 64;
  constexpr std::size_t k_bytes_max = 1024;  // longer records are few
  for (std::size_t at = 0; at < std::min(bytes, k_bytes_max); at += k_line_bytes)
    __builtin_prefetch(record + k_ahead_bytes + at);
}

}  // namespace

std::optional<BamFields> parse_bam_record(std::string_view record) {
  if (record.size() < k_fixed_bytes) return std::nullopt;
  const char* const at = record.data();
  BamFields fields;
  fields.reference = read_le<std::int32_t>(at + 4);
  fields.position = read_le<std::int32_t>(at + 8);
  const std::size_t name = read_le<std::uint8_t>(at + 12);
  const std::size_t operations = read_le<std::uint16_t>(at + 16);
  fields.flags = read_le<std::uint16_t>(at + 18);
  const auto bases = read_le<std::int32_t>(at + 20);
  if (name == 0 || bases < 0 || fields.reference < -1 || fields.position < -1) return std::nullopt;
  const auto length = static_cast<std::size_t>(bases);
  const std::size_t aux = k_fixed_bytes + name + 4 * operations + (length + 1) / 2 + length;
  if (aux > record.size() || at[k_fixed_bytes + name - 1] != '\0') return std::nullopt;
  const std::optional<Covered> covered = covered_bases(at + k_fixed_bytes + name, operations);
  if (!covered || !aux_is_whole(record.substr(aux))) return std::nullopt;
  // htslib reads no such record.
  const bool mapped = (fields.flags & BamFields::k_unmapped) == 0;
  if (mapped && operations > 0 && bases > 0 && covered->read != bases) return std::nullopt;
  fields.reference_bases = covered->reference;
  return fields;
}

ProblemPlace BamRecords::place(std::size_t record, std::size_t offset) const {
  return {.line = records_before_ + static_cast<std::int64_t>(record) + 1,
          .byte_offset = bytes_before_ + static_cast<std::int64_t>(offset)};
}

std::optional<std::size_t> BamRecords::read_header(std::span<const std::uint8_t> bytes,
                                                   bool at_end) {
  const std::optional<std::size_t> length = decode_bam_header(bytes, header_, file_);
  if (!length) {
    if (at_end) throw problem_error(Problem::bad_bam_header, file_, "the file ends inside it");
    return std::nullopt;
  }
  if (header_.references.size() >= RecordKey::k_contig_max) {
    throw problem_error(Problem::many_contigs, file_,
                        fmt::format("{} references", header_.references.size()));
  }
  bytes_before_ = static_cast<std::int64_t>(*length);
  return length;
}

std::size_t BamRecords::split(std::span<const std::uint8_t> run, std::size_t from,
                              RecordSlot* slots, const Work&) {
  if (from == 0) {
    found_ = 0;
    next_ = 0;
  }
  while (run.size() - next_ >= 4) {
    const std::uint32_t length =
        read_le<std::uint32_t>(reinterpret_cast<const char*>(run.data()) + next_);
    if (length < k_fixed_bytes - 4 || length > k_record_bytes_max) {
      throw problem_error(Problem::bad_record, file_, fmt::format("its length is {}", length),
                          place(found_, next_));
    }
    const std::size_t whole = std::size_t{length} + 4;
    if (run.size() - next_ < whole) break;
    prefetch_ahead(run.data() + next_, whole);
    slots[found_++] = {
        .offset = next_, .key = 0, .length = static_cast<std::uint32_t>(whole), .span = 0};
    next_ += whole;
  }
  return found_;
}

BamRecords::Scanned BamRecords::scan(std::span<const std::uint8_t> run, RecordSlot* slots,
                                     bool at_end, const Work& work) {
  if (at_end && next_ != run.size()) {
    throw problem_error(Problem::bad_record, file_, "the data ends inside it",
                        place(found_, next_));
  }
  constexpr std::size_t k_per_item = 8192;
  const auto references = static_cast<std::int32_t>(header_.references.size());
  std::mutex mutex;
  parallel_for(work, (found_ + k_per_item - 1) / k_per_item, [&](std::size_t item, std::size_t) {
    ProblemTally tally;
    std::int64_t end_max = 0;
    for (std::size_t i = item * k_per_item; i < std::min(found_, (item + 1) * k_per_item); ++i) {
      RecordSlot& slot = slots[i];
      const char* const bytes = reinterpret_cast<const char*>(run.data() + slot.offset);
      const std::optional<BamFields> fields = parse_bam_record({bytes, slot.length});
      if (!fields) {
        tally.add(Problem::bad_record, place(i, slot.offset));
        continue;
      }
      if (fields->reference >= references) {
        tally.add(Problem::unknown_reference, place(i, slot.offset),
                  fmt::format("number {}", fields->reference));
        continue;
      }
      const bool placed = fields->reference >= 0;
      const bool mapped = (fields->flags & BamFields::k_unmapped) == 0;
      const std::int64_t span = mapped ? std::max<std::int64_t>(fields->reference_bases, 1) : 1;
      slot.span = static_cast<std::uint32_t>(std::min<std::int64_t>(span, ~std::uint32_t{0}));
      slot.key =
          RecordKey::make(static_cast<std::uint64_t>(placed ? fields->reference : references),
                          key_position(fields->position, fields->flags));
      if (!placed) continue;
      const std::int64_t end = fields->position + span;
      end_max = std::max(end_max, end);
      if (mapped && end > header_.references[static_cast<std::size_t>(fields->reference)].length) {
        tally.add(Problem::past_reference_end, place(i, slot.offset));
      }
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

std::vector<std::uint32_t> BamRecords::contig_ranks() const {
  std::vector<std::uint32_t> ranks(header_.references.size() + 1);  // the last one: without place
  std::iota(ranks.begin(), ranks.end(), 0U);
  return ranks;
}

std::int64_t BamRecords::reach_max() const {
  std::int64_t reach = 0;
  for (const Reference& reference : header_.references) reach = std::max(reach, reference.length);
  return reach;
}

IndexEntry BamRecords::entry(std::uint64_t ranked_key, std::uint32_t span,
                             std::string_view bytes) const {
  const std::uint64_t contig = RecordKey::contig(ranked_key);
  const bool placed = contig < header_.references.size();
  const std::int64_t position = static_cast<std::int64_t>(RecordKey::position(ranked_key) >> 1) - 1;
  const bool mapped = (read_le<std::uint16_t>(bytes.data() + 18) & BamFields::k_unmapped) == 0;
  return {.reference = placed ? static_cast<std::int64_t>(contig) : -1,
          .begin = position,
          .end = position + span,
          .end_position = 0,
          .mapped = mapped};
}

bool BamRecords::in_order(std::uint64_t ranked_a, std::uint64_t ranked_b) const {
  // The strand bit orders ties only; other programs leave ties as they come, and records without
  // place as well.
  const std::uint64_t without_place = header_.references.size();
  if (RecordKey::contig(ranked_a) == without_place)
    return RecordKey::contig(ranked_b) == without_place;
  return ranked_a >> 1 <= ranked_b >> 1;
}

std::string BamRecords::output_header(bool reordered) {
  if (reordered && header_.sort_order() == "coordinate") tally_.add(Problem::lying_sort_order, {});
  tally_.refuse_if_fatal(policy_, file_);
  header_.mark_sorted();
  return header_.encode();
}

std::int64_t BamRecords::header_lines() const {
  return std::count(header_.text.begin(), header_.text.end(), '\n');
}

}  // namespace weir::genomics
