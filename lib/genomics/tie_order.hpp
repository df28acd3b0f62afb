#pragma once

#include "genomics/record_format.hpp"

namespace weir::genomics {

/// Puts records with equal keys in order where the format has more to say than input order.
/// `order` must be by key, and hold words.
void order_ties(RunOrder& order, const Run& run, const RecordFormat& format, const Work& work);

}  // namespace weir::genomics
