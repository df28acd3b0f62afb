#include "genomics/hts/variant_header.hpp"

#include "genomics/hts/handles.hpp"

#include <algorithm>

namespace weir::genomics {

bool has_modest_numbers(std::string_view header) {
  constexpr std::string_view k_key = "IDX=";
  // Entries that were removed leave gaps behind.
  const std::size_t most = (std::size_t{1} << 20) + 8 * static_cast<std::size_t>(std::count(
                                                            header.begin(), header.end(), '\n'));
  for (std::size_t at = 0; (at = header.find(k_key, at)) != std::string_view::npos;) {
    at += k_key.size();
    while (at < header.size() && (header[at] == '"' || header[at] == ' ' || header[at] == '+'))
      ++at;
    std::size_t number = 0;
    for (; at < header.size() && header[at] >= '0' && header[at] <= '9'; ++at) {
      number = 10 * number + static_cast<std::size_t>(header[at] - '0');
      if (number > most) return false;
    }
  }
  return true;
}

std::optional<VariantHeader> parse_variant_header(const std::string& text) {
  if (!has_modest_numbers(text)) return std::nullopt;
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
