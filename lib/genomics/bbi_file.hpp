#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace weir::genomics {

/// Reads bigBed and bigWig (Kent et al., "BigWig and BigBed", Bioinformatics 2010, supplement;
/// either byte order, compressed or not). Every offset, length and count is checked before it is
/// used: a damaged file gives Error (`bbi_corrupt`), never a read outside it or an endless walk.
class BbiFile {
 public:
  /// Fills the span from an offset that lies inside the file.
  using ReadAt = std::function<void(std::uint64_t offset, std::span<std::uint8_t> to)>;

  struct Chromosome {
    std::string name;  ///< empty: no chromosome has this number
    std::uint32_t length = 0;
  };
  /// Where a block of data lies in the file.
  struct Block {
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
  };
  struct ZoomLevel {
    std::uint32_t reduction = 0;
    std::uint64_t data_offset = 0;
    std::uint64_t index_offset = 0;
  };

  /// Reads header, zoom headers and chromosomes. `name` stands in messages.
  BbiFile(ReadAt read, std::uint64_t file_bytes, std::string name);
  BbiFile(BbiFile&&) noexcept;
  BbiFile& operator=(BbiFile&&) noexcept;
  ~BbiFile();

  [[nodiscard]] bool is_big_bed() const;
  [[nodiscard]] unsigned version() const;
  [[nodiscard]] bool is_compressed() const;
  /// Of records' columns that follow the BED standard; 0 for bigWig.
  [[nodiscard]] unsigned defined_columns() const;
  /// By number.
  [[nodiscard]] const std::vector<Chromosome>& chromosomes() const;
  [[nodiscard]] const std::vector<ZoomLevel>& zoom_levels() const;
  /// The table's definition in autoSql; empty without one.
  [[nodiscard]] const std::string& auto_sql() const;
  /// Whether the file ends with its magic number, as complete files of version 4 do.
  [[nodiscard]] bool has_end_magic() const;

  /// The data blocks by walking the index from its root, left to right. Throws Error when they do
  /// not follow each other in the file.
  [[nodiscard]] std::vector<Block> data_blocks() const;
  /// Refuses a zoom level whose index is not one.
  void check_zoom_level(const ZoomLevel& level) const;
  /// The content of a block, decompressed.
  void read_block(const Block& block, std::vector<std::uint8_t>& to) const;

  /// Numbers in the file's byte order.
  [[nodiscard]] std::uint16_t u16(const std::uint8_t* at) const;
  [[nodiscard]] std::uint32_t u32(const std::uint8_t* at) const;
  [[nodiscard]] std::uint64_t u64(const std::uint8_t* at) const;
  /// Throws Error (`bbi_corrupt`).
  [[noreturn]] void refuse(const std::string& why, std::uint64_t offset) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The records of bigBed as BED lines, one block at a time.
///
/// Appends the text of all records of a decompressed block; `count` rises by their number. Throws
/// Error for records that cannot be.
void append_bed_lines(const BbiFile& file, std::span<const std::uint8_t> block,
                      std::uint64_t block_offset, std::string& to, std::int64_t& count);
/// Checks the sections of a decompressed block of bigWig and answers how many values it has.
[[nodiscard]] std::int64_t count_wig_values(const BbiFile& file,
                                            std::span<const std::uint8_t> block,
                                            std::uint64_t block_offset);

/// Names of the columns that an autoSql table declares; empty when the text is none.
[[nodiscard]] std::vector<std::string> auto_sql_columns(std::string_view text);

}  // namespace weir::genomics
