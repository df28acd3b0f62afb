#pragma once

#include <string_view>

namespace weir::schema {

/// Whether `text` has a format of JSON Schema's list: date, time, date-time, duration, email,
/// hostname, ipv4, ipv6, uri, uri-reference, uuid, json-pointer, regex. True for other formats.
[[nodiscard]] bool has_format(std::string_view text, std::string_view format);
/// Formats that name files; the validator asks `Files` about these.
[[nodiscard]] bool is_path_format(std::string_view format);

}  // namespace weir::schema
