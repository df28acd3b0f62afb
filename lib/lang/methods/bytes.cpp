#include "lang/encodings.hpp"
#include "lang/methods/method.hpp"

#include "base/hash.hpp"

#include <array>

// Methods of arrays of bytes, which are lists of numbers here: what `bytes` of a text or a file
// gives. Declared in method.hpp.

namespace weir::lang {
namespace {

using Call = const MethodCall&;

constexpr std::array k_methods = {
    Method{"digest", 1, 1,
           [](Call call) {
             return Value::string(digest_hex(text_argument(call, 0), bytes_of(call.self)));
           },
           "the bytes' checksum by the named algorithm"},
    Method{"encodeBase64", 0, 0,
           [](Call call) { return Value::string(base64_encode(bytes_of(call.self))); },
           "bytes as a text in base 64"},
    Method{"encodeHex", 0, 0,
           [](Call call) { return Value::string(hex_encode(bytes_of(call.self))); },
           "bytes as a text of hexadecimal digits"},
    Method{"md5", 0, 0, [](Call call) { return Value::string(base::md5_hex(bytes_of(call.self))); },
           "the bytes' MD5 checksum"},
    Method{"sha256", 0, 0,
           [](Call call) { return Value::string(base::sha256_hex(bytes_of(call.self))); },
           "the bytes' SHA-256 checksum"},
};

}  // namespace

MethodTable byte_methods() {
  return k_methods;
}

}  // namespace weir::lang
