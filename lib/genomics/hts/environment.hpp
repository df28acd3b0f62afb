#pragma once

namespace weir::genomics {

/// Closes the ways by which htslib finds files on its own: reference look-ups by REF_PATH and
/// REF_CACHE (which reach for the network when unset) and plug-ins by HTS_PATH. Changes the
/// environment of the process, once; programs call it before they start threads.
void isolate_htslib();

}  // namespace weir::genomics
