#pragma once

#include "genomics/loader.hpp"
#include "genomics/problem.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace weir::genomics {

/// A record that a query of a CRAM index must give back.
struct CramProbe {
  int reference = -1;
  std::int64_t begin = 0;
  std::string name;
};

/// What one pass over a CRAM file tells without any reference sequence.
struct CramScan {
  std::string header;  ///< SAM text
  std::int64_t records = 0;
  std::int64_t contigs = 0;  ///< with at least one record
  std::vector<bool> used;    ///< by reference number
  bool in_order = true;      ///< by reference and position, records without place last
  ProblemTally tally;
  std::vector<CramProbe> probes;
};

/// Decodes all records but for bases, qualities and tags. Throws Error (`cram_corrupt` with the
/// record's number, `bgzf_no_eof` for a file without its end block).
[[nodiscard]] CramScan scan_cram(const SourceFile& source, const Work& work,
                                 bool accept_missing_eof);

/// Reference sequences that htslib may use: nothing else is looked for, neither by the header's
/// paths nor in the network.
class CramReferences {
 public:
  /// From an indexed FASTA file, or from a folder of sequences named by MD5 (also as
  /// ab/cd/rest-of-MD5, samtools' cache): those that `header` names and `used` marks are put
  /// together into an unnamed file below `scratch`. Empty `path`: none. Throws Error
  /// (`reference_unavailable` for what a folder does not have, usage for what is neither).
  CramReferences(const std::filesystem::path& path, const std::string& header,
                 const std::vector<bool>& used, const std::filesystem::path& scratch);
  ~CramReferences();
  CramReferences(const CramReferences&) = delete;
  CramReferences& operator=(const CramReferences&) = delete;

  /// As htslib takes it; empty when there are none.
  [[nodiscard]] const std::string& htslib_name() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Gives the records of a CRAM file as if it had been a BAM file. Throws Error
/// (`reference_unavailable`, `cram_corrupt`). All references must outlive the loader.
[[nodiscard]] std::unique_ptr<Loader> make_cram_loader(const SourceFile& source,
                                                       const CramReferences& references,
                                                       SourceHasher& hasher,
                                                       const LoadOptions& options);

/// Writes the records of a BAM file (a descriptor's) as CRAM 3.0 to another. Throws Error
/// (`reference_unavailable`).
void write_cram(int bam_fd, int cram_fd, const CramReferences& references, const std::string& name,
                const Work& work);

/// Reads the headers of all containers and slices. Throws Error (`cram_corrupt`) for a file that
/// `index_cram` must not be given: htslib ends the process over some kinds of damage.
void check_cram_layout(int cram_fd, const std::string& name, const Work& work);

/// Writes a CRAI index without decoding more than it needs; to an empty file. The layout must have
/// been checked, unless we have written it. Throws Error.
void index_cram(int cram_fd, int crai_fd, const std::string& name);

/// Queries the pair for each probe. Throws Error (`index_check`).
void check_cram(int cram_fd, int crai_fd, const std::vector<CramProbe>& probes,
                const std::string& name);

}  // namespace weir::genomics
