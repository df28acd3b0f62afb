#pragma once

#include "genomics/piece_loader.hpp"
#include "genomics/whole_file.hpp"

namespace weir::genomics {

/// A loader of the records that htslib reads from a file, one after the other. htslib reads by
/// itself, so the file is hashed as a whole at its end.
template <typename Bytes>
class RecordLoader : public PieceLoader<Bytes> {
 public:
  std::uint64_t source_position() const final { return this->finished_ ? source_.size() : 0; }
  const ProblemTally& tally() const final { return tally_; }

 protected:
  /// The references must outlive the loader.
  RecordLoader(const SourceFile& source, SourceHasher& hasher, const LoadOptions& options,
               std::size_t piece_bytes)
      : source_(source), hasher_(hasher), options_(options), piece_bytes_(piece_bytes) {}

  /// Appends the next record to `ready_`; false at the end. Throws Error, naming `number_`.
  virtual bool append_record() = 0;

  void make_piece() final {
    options_.work.check();
    while (!this->finished_ && this->ready_.size() < piece_bytes_) {
      ++number_;
      this->finished_ = !append_record();
    }
    expanded_ += this->ready_.size();
    check_expansion(expanded_, options_, source_);
    if (this->finished_) hash_whole(source_, hasher_, options_.work);
  }

  const SourceFile& source_;
  std::int64_t number_ = 0;  ///< of the record that is read, from 1

 private:
  SourceHasher& hasher_;
  LoadOptions options_;
  std::size_t piece_bytes_;
  std::uint64_t expanded_ = 0;
  ProblemTally tally_;
};

}  // namespace weir::genomics
