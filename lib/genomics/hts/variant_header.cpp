#include "genomics/hts/variant_header.hpp"

#include "genomics/hts/handles.hpp"

namespace weir::genomics {

std::optional<VariantHeader> parse_variant_header(const std::string& text) {
  quiet_htslib();
  const BcfHeader header(bcf_hdr_init("r"));
  std::string copy = text;  // htslib takes it as its own while it reads
  if (!header || bcf_hdr_parse(header.get(), copy.data()) != 0) return std::nullopt;
  VariantHeader result;
  const auto contigs = static_cast<std::size_t>(header->n[BCF_DT_CTG]);
  for (std::size_t i = 0; i < contigs; ++i) {
    const bcf_idpair_t& entry = header->id[BCF_DT_CTG][i];
    const bool declared = entry.key != nullptr && entry.val != nullptr;
    result.contigs.emplace_back(declared ? entry.key : "");
    result.lengths.push_back(declared ? static_cast<std::int64_t>(entry.val->info[0]) : 0);
  }
  result.samples = static_cast<std::size_t>(bcf_hdr_nsamples(header.get()));
  const auto keys = static_cast<std::size_t>(header->n[BCF_DT_ID]);
  for (std::size_t i = 0; i < keys; ++i)  // IDX= may leave some out
    result.keys.push_back(header->id[BCF_DT_ID][i].key != nullptr);
  return result;
}

}  // namespace weir::genomics
