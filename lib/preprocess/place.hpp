#pragma once

#include "preprocess/preprocessor.hpp"

#include <filesystem>
#include <string>

namespace weir::preprocess {

struct Placed {
  std::filesystem::path data;
  std::filesystem::path index;  ///< empty without
  std::filesystem::path gzi;    ///< empty without
};

/// Where the results of a source go: "dir/calls.vcf" becomes `folder`/calls.vcf.gz and
/// calls.vcf.gz.tbi.
[[nodiscard]] Placed placed_paths(const std::string& source_name, const Result& result,
                                  const std::filesystem::path& folder);

/// What results are named after: the file, or the last part of the address.
[[nodiscard]] std::string result_name(const Request& request);

/// Puts data and index under their natural names into `folder` (created when missing), each by
/// rename, the data first. Throws Error; refuses (usage) to replace the source itself by other
/// bytes.
Placed place(const Request& request, const Result& result, const std::filesystem::path& cache_dir,
             const std::filesystem::path& folder, PlaceMode mode);

/// The name without the endings that say what is in it: calls.vcf.gz, calls.vcf and calls.vcf.bgz
/// are all "calls".
[[nodiscard]] std::string stem_of(const std::string& file_name);

}  // namespace weir::preprocess
