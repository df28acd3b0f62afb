#pragma once

// For sources of hts/ only: nothing else includes htslib.

#include <htslib/hfile.h>
#include <htslib/hts.h>
#include <htslib/sam.h>
#include <htslib/tbx.h>
#include <htslib/vcf.h>
#include <memory>
#include <string>

namespace weir::genomics {

struct CloseFile {
  void operator()(htsFile* file) const { hts_close(file); }
};
struct DestroyIndex {
  void operator()(hts_idx_t* index) const { hts_idx_destroy(index); }
};
struct DestroyTabix {
  void operator()(tbx_t* index) const { tbx_destroy(index); }
};
struct DestroyIterator {
  void operator()(hts_itr_t* iterator) const { hts_itr_destroy(iterator); }
};
struct DestroyHeader {
  void operator()(sam_hdr_t* header) const { sam_hdr_destroy(header); }
  void operator()(bcf_hdr_t* header) const { bcf_hdr_destroy(header); }
};
struct DestroyRecord {
  void operator()(bam1_t* record) const { bam_destroy1(record); }
  void operator()(bcf1_t* record) const { bcf_destroy(record); }
};
using HtsFile = std::unique_ptr<htsFile, CloseFile>;
using Iterator = std::unique_ptr<hts_itr_t, DestroyIterator>;
using SamHeader = std::unique_ptr<sam_hdr_t, DestroyHeader>;
using BcfHeader = std::unique_ptr<bcf_hdr_t, DestroyHeader>;
using BamRecord = std::unique_ptr<bam1_t, DestroyRecord>;
using BcfRecord = std::unique_ptr<bcf1_t, DestroyRecord>;

/// The name under which htslib opens a descriptor of ours again.
[[nodiscard]] std::string path_of(int fd);

/// Opens what a descriptor holds, from its first byte; htslib would follow what a name or a ticket
/// says. Null when htslib does not take it. Throws Error (system errors). The descriptor stays the
/// caller's, but its position moves.
[[nodiscard]] HtsFile open_for_reading(int fd, const std::string& name);

/// Keeps htslib from printing.
void quiet_htslib();

}  // namespace weir::genomics
