#pragma once

#include "genomics/rewriting_loader.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::genomics {

/// One key and value of a GTF line's ninth column.
struct GtfAttribute {
  std::string_view key;
  std::string_view value;  ///< without quotes
};

/// Splits `key "value"; key value; …`. False when the text is not of this form.
[[nodiscard]] bool split_gtf_attributes(std::string_view text, std::vector<GtfAttribute>& to);

/// Stop codons by "sequence TAB transcript": first and last base, from 1.
using StopCodons = std::map<std::string, std::pair<std::int64_t, std::int64_t>, std::less<>>;

/// Collects the stop codons of a GTF text.
[[nodiscard]] StopCodons collect_stop_codons(Loader& text);

/// GTF to GFF3 without loss (3.7 of the preprocess design):
///
/// - each feature line becomes one line with the same first eight columns and all attributes;
///   repeated keys become lists, values are escaped by percent signs;
/// - `ID` and `Parent` come from gene_id, transcript_id and exon_id; an ID that another sequence
/// has
///   already gets the sequence's name behind;
/// - genes and transcripts that have no line of their own are added at the end, marked with
///   `weir_inferred=1`.
///
/// Lines that cannot be converted pass as they are, for the GFF3 check to refuse. `stops` (may be
/// empty) widens CDS features to take in their stop codon.
[[nodiscard]] std::unique_ptr<LineRewriter> make_gtf_rewriter(StopCodons stops);

}  // namespace weir::genomics
