#pragma once

#include "genomics/loader.hpp"
#include "genomics/processor.hpp"
#include "genomics/sniff.hpp"

#include <memory>

namespace weir::genomics {

// The family. To add a member: the README's recipe.
[[nodiscard]] const Processor& alignment_processor();  ///< BAM, SAM
[[nodiscard]] const Processor& variant_processor();    ///< VCF
[[nodiscard]] const Processor& interval_processor();   ///< BED and relatives, GFF3

[[nodiscard]] const Processor& big_bed_processor();       ///< bigBed, as BED text
[[nodiscard]] const Processor& gtf_processor();           ///< GTF, as GFF3
[[nodiscard]] const Processor& bcf_processor();           ///< BCF
[[nodiscard]] const Processor& cram_processor();          ///< CRAM
[[nodiscard]] const Processor& table_processor();         ///< TSV with named columns
[[nodiscard]] const Processor& pass_through_processor();  ///< bigWig, CSV, TSV
[[nodiscard]] const Processor& bed_graph_processor();     ///< bedGraph

/// A report with what is known before the work: processor, format, container, parameters.
[[nodiscard]] ProcessReport begin_report(const Processor& processor, const ProcessRequest& request,
                                         const Sniffed& sniffed);

/// The loader for a container, also for one that is compressed twice. `hasher` may be null.
[[nodiscard]] std::unique_ptr<Loader> open_loader(const SourceFile& source, const Sniffed& sniffed,
                                                  SourceHasher* hasher, const LoadOptions& options);

}  // namespace weir::genomics
