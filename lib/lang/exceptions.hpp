#pragma once

#include "base/error.hpp"
#include "lang/objects.hpp"
#include "lang/source.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace weir::lang {

/// An exception of the script language in flight: what `throw` throws and `catch` catches.
///
/// Also how every run-time error of the interpreter and the library arrives, so that scripts can
/// catch it.
class ScriptException final : public Error {
 public:
  explicit ScriptException(Ref<ExceptionObject> object);
  /// `class_name` is one of the table in exceptions.cpp; any other name counts as a
  /// RuntimeException.
  ScriptException(std::string class_name, std::string message);

  [[nodiscard]] const Ref<ExceptionObject>& object() const { return object_; }
  [[nodiscard]] const std::string& class_name() const { return object_->class_name; }
  /// The innermost expression that failed; set by the interpreter, once.
  [[nodiscard]] Span span() const { return span_; }
  void set_span(Span span) {
    if (!span_.known()) span_ = span;
  }
  /// Where the calls that led here stand, innermost first; cut to the innermost k_trace_max.
  [[nodiscard]] const std::vector<Span>& trace() const { return trace_; }
  void add_call(Span span);
  static constexpr std::size_t k_trace_max = 16;

 private:
  Ref<ExceptionObject> object_;
  Span span_;
  std::vector<Span> trace_;
};

/// The exception for `text` of class `class_name`.
[[nodiscard]] ScriptException script_error(std::string class_name, std::string text);

/// "java.lang.IllegalArgumentException" for "IllegalArgumentException"; the name itself when
/// unknown.
[[nodiscard]] std::string qualified_exception_name(std::string_view simple_name);
/// `name` without its package, if it is an exception class of the table; else "".
[[nodiscard]] std::string_view known_exception(std::string_view name);
/// Whether an exception of class `thrown` is caught by `catch (caught e)`. Both are simple or
/// qualified names.
[[nodiscard]] bool is_exception_subclass(std::string_view thrown, std::string_view caught);

}  // namespace weir::lang
