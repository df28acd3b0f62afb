// What htslib's indexer of CRAM files takes for granted, and aborts without: containers that begin
// with a compression header, hold the slices that they announce, and end where they say
// (cram_index_build of htslib 1.16; CRAM specification 3.1, sections 7 and 8).
#include "genomics/hts/cram_file.hpp"
#include "genomics/hts/handles.hpp"

#include <htslib/cram.h>

namespace weir::genomics {
namespace {

struct FreeCramPart {
  void operator()(cram_container* container) const { cram_free_container(container); }
  void operator()(cram_block* block) const { cram_free_block(block); }
  void operator()(cram_block_slice_hdr* header) const { cram_free_slice_header(header); }
};
using Container = std::unique_ptr<cram_container, FreeCramPart>;
using Block = std::unique_ptr<cram_block, FreeCramPart>;
using SliceHeader = std::unique_ptr<cram_block_slice_hdr, FreeCramPart>;

class Walk {
 public:
  Walk(cram_fd* cram, const Work& work) : cram_(cram), work_(work) {}

  /// False at the first container that is not as it must be.
  bool is_sound() {
    while (const Container container{cram_read_container(cram_)}) {
      work_.check();
      if (!is_sound(container.get())) return false;
    }
    return cram_eof(cram_) != 0;
  }

 private:
  [[nodiscard]] off_t position() const { return htell(cram_fd_get_fp(cram_)); }

  bool is_sound(cram_container* container) {
    const off_t begin = position();
    const Block header(cram_read_block(cram_));
    if (!header || cram_block_get_content_type(header.get()) != COMPRESSION_HEADER) return false;
    std::int32_t slices = 0;
    const std::int32_t* const landmarks = cram_container_get_landmarks(container, &slices);
    for (std::int32_t i = 0; i < slices; ++i) {
      if (position() - begin != landmarks[i] || !pass_slice()) return false;
    }
    return position() - begin == cram_container_get_length(container);
  }

  bool pass_slice() {
    const Block block(cram_read_block(cram_));
    if (!block) return false;
    const cram_content_type type = cram_block_get_content_type(block.get());
    if (type != MAPPED_SLICE && type != UNMAPPED_SLICE) return false;
    const SliceHeader header(cram_decode_slice_header(cram_, block.get()));
    if (!header) return false;
    const std::int32_t blocks = cram_slice_hdr_get_num_blocks(header.get());
    for (std::int32_t i = 0; i < blocks; ++i) {
      if (!Block(cram_read_block(cram_))) return false;
    }
    return blocks > 0;
  }

  cram_fd* cram_;
  const Work& work_;
};

}  // namespace

void check_cram_layout(int cram_fd, const std::string& name, const Work& work) {
  const HtsFile file = open_for_reading(cram_fd, name);
  const bool is_cram = file && file->format.format == cram;
  const SamHeader header(is_cram ? sam_hdr_read(file.get()) : nullptr);
  if (!header || !Walk(file->fp.cram, work).is_sound())
    throw problem_error(Problem::cram_corrupt, name, "its containers are not as they must be");
}

}  // namespace weir::genomics
