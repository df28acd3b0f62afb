#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace weir::schema {

/// One thing that is wrong with parameters or with a sample sheet.
struct Fault {
  enum class Severity {
    error,
    warning,
    unchecked,  ///< could not be looked at: the value names something remote
  };
  Severity severity = Severity::error;
  std::string pointer;   ///< JSON pointer (RFC 6901) of the value; empty: the whole document
  std::string keyword;   ///< the schema's keyword that it breaks, such as "required" or "exists"
  std::string property;  ///< the member it is about, where that is missing or not known
  std::string message;   ///< what is wrong, without the value and its place
  std::string advice;    ///< the schema's own `errorMessage`; may be empty
  std::string value;     ///< what was found, for people; empty where nothing was
  std::string file;      ///< the sample sheet; empty: a parameter
  std::size_t row = 0;   ///< in the sheet, its header or first line being 1; 0: no row
  std::string column;    ///< in the sheet; may be empty
};

/// All that was found. Only so many are kept, all are counted.
struct Findings {
  static constexpr std::size_t k_kept_max = 1'000;

  std::vector<Fault> faults;
  std::size_t errors = 0;  ///< those of severity error

  void add(Fault fault);
  void add_all(const Findings& others);
  [[nodiscard]] bool ok() const { return errors == 0; }
};

/// The parameter that a fault is about: "input", "genomes.fasta"; empty when it is about all of
/// them. With `property`, so that a missing parameter has its name.
[[nodiscard]] std::string parameter_name(const Fault& fault);

/// "--input (reads.txt): is no CSV file", or "samples.csv, row 3, column 'fastq_1' (x): ..."; with
/// the schema's advice in parentheses.
[[nodiscard]] std::string fault_text(const Fault& fault);

}  // namespace weir::schema
