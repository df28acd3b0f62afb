#pragma once

#include "base/error.hpp"
#include "genomics/format.hpp"
#include "genomics/format_options.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::genomics {

/// `gzi`: where the BGZF blocks of the data begin, for readers of uncompressed ranges.
enum class ArtifactKind { data, index, gzi };
[[nodiscard]] std::string_view name_of(ArtifactKind kind);

enum class IndexType { automatic, bai, tbi, csi, crai };
[[nodiscard]] std::string_view name_of(IndexType type);

/// What happens to lines that are wrong, and to repairs.
enum class LinePolicy {
  normal,   ///< a wrong line refuses the file; repairs that lose nothing are made and reported
  strict,   ///< repairs and warnings refuse the file, too
  lenient,  ///< wrong lines that stand alone are dropped and counted
};

/// `libdeflate`: bytes depend on its version and the level only. `isal`: level 1 of ISA-L, about
/// twice as fast.
enum class Codec { libdeflate, isal };

enum class Stage { load, sort, write, check };
[[nodiscard]] std::string_view name_of(Stage stage);

/// Told how far the work is. Called from the thread that called `process`, a few times a second at
/// most.
class ProgressObserver {
 public:
  virtual ~ProgressObserver() = default;
  /// `done` of `total` bytes of this stage; `total` is 0 when it is not known.
  virtual void progress(Stage stage, std::int64_t done_bytes, std::int64_t total_bytes) = 0;
};

/// One file to process. Paths that are written must be the caller's own temporary names on a
/// writable folder: the caller makes them visible and durable (and removes them after an error).
struct ProcessRequest {
  /// A descriptor to read from (borrowed, regular file), or -1: then `source` is opened.
  int source_fd = -1;
  /// Opened without following a link in its last component unless `follow_links`.
  std::filesystem::path source;
  bool follow_links = true;
  /// Stands in messages and suggests a format by its ending; default: the file name of `source`.
  std::string name;
  /// Taken for granted instead of what the content looks like; content that contradicts it is
  /// refused.
  std::optional<Format> format;

  std::filesystem::path data_path;       ///< created unless the source's own bytes are the artifact
  bool copy_reused = false;              ///< then, too, as a copy: `ProcessReport::copied_source`
  std::filesystem::path index_path;      ///< created if the format has an index
  std::filesystem::path gzi_path;        ///< created if not empty and the data is BGZF
  std::filesystem::path scratch_folder;  ///< unnamed spill files go there

  std::size_t threads = 1;
  /// For everything this call holds at a time. At least `k_memory_limit_min_bytes`.
  std::size_t memory_limit_bytes = std::size_t{1} << 30;
  Codec codec = Codec::libdeflate;
  int level = 6;  ///< libdeflate's own number, 1-12; ignored for ISA-L
  IndexType index = IndexType::automatic;
  LinePolicy policy = LinePolicy::normal;
  FormatOptions options;
  bool allow_empty = false;  ///< accept a text file without any record
  bool accept_missing_eof =
      false;              ///< accept BGZF without its end block (only for a verified source)
  bool want_md5 = false;  ///< also compute the source's MD5

  std::uint64_t expanded_bytes_max = std::uint64_t{1} << 42;  ///< of decompressed input
  std::uint64_t line_bytes_max = std::uint64_t{64} << 20;
  std::uint64_t scratch_bytes_max = std::uint64_t{1} << 42;

  ProgressObserver* progress = nullptr;
  /// Looked at often; when true, `process` throws Error (cancelled).
  const std::atomic<bool>* cancelled = nullptr;
};

constexpr std::size_t k_memory_limit_min_bytes = std::size_t{48} << 20;

/// Something found in the input that did not refuse it.
struct Finding {
  enum class Kind { repair, warning, dropped };
  Kind kind = Kind::warning;
  std::string code;     ///< such as `crlf`
  std::string message;  ///< one clause for people
  std::int64_t count = 0;
  std::int64_t first_line =
      0;  ///< 1-based; for BAM the record's number; 0: concerns the whole file
  std::int64_t first_byte_offset = -1;  ///< in the uncompressed stream; -1: unknown
};

struct OutputFile {
  ArtifactKind kind = ArtifactKind::data;
  std::filesystem::path path;
  std::int64_t size_bytes = 0;
  std::string sha256;
};

struct ProcessReport {
  std::string processor_id;
  int processor_version = 0;
  Format format = Format::bed;  ///< of the input
  Container container = Container::plain;
  std::string data_suffix;                 ///< of the artifact: ".bam", ".vcf.gz", …
  std::string index_suffix;                ///< ".bai", ".tbi", ".csi", ".crai"; empty without
  IndexType index = IndexType::automatic;  ///< the type that was made

  std::int64_t records = 0;       ///< in the artifact
  std::int64_t header_lines = 0;  ///< text lines of the header
  std::int64_t contigs = 0;       ///< with at least one record
  bool was_sorted = false;        ///< the input was in order
  bool reused_source = false;     ///< the source is the data artifact: no data file was written
  /// But a copy of the source was, while it was read. Only when asked for, and not by every
  /// processor.
  bool copied_source = false;
  std::int64_t runs_spilled = 0;

  std::int64_t source_bytes = 0;
  std::int64_t expanded_bytes = 0;
  std::string source_sha256;
  std::string source_md5;  ///< when asked for

  std::vector<OutputFile> outputs;
  std::vector<Finding> findings;
  /// Everything besides the source that can change the bytes: see `output_parameters`.
  std::map<std::string, std::string> parameters;
};

/// What the first bytes of a file say.
struct Inspection {
  Format format = Format::bed;
  Container container = Container::plain;
  std::int64_t size_bytes = 0;
};

class SourceFile;
struct Sniffed;

/// Makes sorted, compressed, indexed artifacts of one family of formats. Stateless; usable from any
/// thread.
class Processor {
 public:
  virtual ~Processor() = default;
  /// Letters, digits, '.', '_', '-'; part of the cache key.
  [[nodiscard]] virtual std::string_view id() const = 0;
  /// Rises whenever the same input and parameters give other bytes.
  [[nodiscard]] virtual int version() const = 0;
  [[nodiscard]] virtual std::span<const Format> formats() const = 0;
  [[nodiscard]] virtual std::span<const ArtifactKind> artifact_kinds() const = 0;
  /// False when the source itself is served as it is (no artifacts).
  [[nodiscard]] virtual bool needs_processing(Format format) const = 0;
  /// As the free function `process`, for an input that was opened and looked at already.
  [[nodiscard]] virtual ProcessReport process(const ProcessRequest& request,
                                              const SourceFile& source,
                                              const Sniffed& sniffed) const = 0;
};

/// All processors, in order of preference. Identities are unique.
[[nodiscard]] std::span<const Processor* const> processors();
/// The processor for a format under the given options, or null when no artifact is made of it.
[[nodiscard]] const Processor* find_processor(Format format, const FormatOptions& options);

/// The refusal of a format that has no processor.
[[nodiscard]] Error unsupported(const std::string& file, Format format);

/// Looks at the beginning of the file only. Throws Error: input, with the codes of `process`; usage
/// (`option_without_effect`) when an option of the request does nothing for such a file.
[[nodiscard]] Inspection inspect(const ProcessRequest& request);

/// Parameters of the request that can change output bytes, with codec, its version and level; for
/// cache keys. Does not read the source. Thread count, memory limit, names and paths are never
/// among them.
[[nodiscard]] std::map<std::string, std::string> output_parameters(const ProcessRequest& request);

/// Verifies, sorts when needed, compresses and indexes one file; checks the finished pair. Blocks.
///
/// Throws Error: kind `input` with a code of the README's table, line and byte offset for refused
/// content; `temporary` (`scratch_full`, `source_changed`) when trying again may help; `cancelled`.
/// The bytes of the outputs are a function of the source's bytes and `output_parameters` alone.
[[nodiscard]] ProcessReport process(const ProcessRequest& request);

}  // namespace weir::genomics
