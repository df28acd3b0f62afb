#pragma once

#include "genomics/loader.hpp"
#include "genomics/processor.hpp"
#include "genomics/sniff.hpp"
#include "genomics/source.hpp"

namespace weir::genomics {

/// Digests all of a source that is read in no particular order, or by a library.
void hash_whole(const SourceFile& source, SourceHasher& hasher, const Work& work);

/// Finishes the report of a file whose own bytes are the data artifact: sizes and digests.
/// Throws Error (`source_changed`).
void report_reuse(ProcessReport& report, const SourceFile& source, SourceHasher& hasher);

/// Adds an output that was written under `path`.
void report_output(ProcessReport& report, ArtifactKind kind, const std::filesystem::path& path);

/// Refuses or reports what a tally holds.
void report_tally(ProcessReport& report, const ProblemTally& tally, const ProcessRequest& request,
                  const std::string& file);

/// Refuses a format that needs random access inside a container.
void refuse_container(const Sniffed& sniffed, const SourceFile& source);

}  // namespace weir::genomics
