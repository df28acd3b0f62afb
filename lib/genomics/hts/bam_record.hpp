#pragma once

// For sources of hts/ only.

#include <htslib/sam.h>
#include <cstdint>
#include <vector>

namespace weir::genomics {

/// Appends a record as BAM stores it (SAM specification 4.2): htslib's memory form without the
/// padding of the name; a CIGAR of more than 65535 operations goes into a CG field (4.2.2).
void append_bam_record(const bam1_t& record, std::vector<std::uint8_t>& to);

}  // namespace weir::genomics
