#pragma once

#include "lang/callable.hpp"

#include <memory>
#include <optional>
#include <string_view>

namespace weir::lang {

/// Takes a text or file apart, holding no more of it than the part it is at.
class Splitter {
 public:
  virtual ~Splitter() = default;
  /// The next part: a text, a row, a record, or a list of these; nothing at the end. Throws
  /// ScriptException for content that is not of its format.
  [[nodiscard]] virtual std::optional<Value> next() = 0;
};

/// What `content.METHOD(options)` goes over, for splitCsv, splitFasta, splitFastq, splitJson and
/// splitText. `options` may be null and must live as long as what is made. Throws ScriptException
/// for wrong options, and when the content is neither text nor file.
[[nodiscard]] std::unique_ptr<Splitter> make_splitter(Interpreter& interpreter,
                                                      std::string_view method, const Value& content,
                                                      const MapObject* options);

}  // namespace weir::lang
