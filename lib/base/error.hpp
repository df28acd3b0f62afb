#pragma once

#include "base/exit_status.hpp"

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// Whom an error concerns, and so the exit status a command ends with.
enum class ErrorKind {
  usage,          ///< the command line or the configuration is wrong
  input,          ///< data or a script that somebody gave is refused
  busy,           ///< somebody else holds a lock, lane or job
  not_found,      ///< a named job, key, service does not exist
  not_permitted,  ///< the system refused access
  store,          ///< the state store cannot be used
  cannot_begin,   ///< a program is missing, a service never became ready
  temporary,      ///< trying again later may work: disk full, no descriptors
  timed_out,      ///< a time limit passed
  cancelled,      ///< somebody asked for the end
  failed,         ///< what was run failed
  bug,            ///< weir itself is wrong
};

/// Where in an input something was found. Fields that do not apply keep their default.
struct InputPlace {
  std::string file;               ///< as the user named it
  std::int64_t line = 0;          ///< 1-based; 0: unknown
  std::int64_t column = 0;        ///< 1-based; 0: unknown
  std::int64_t byte_offset = -1;  ///< 0-based in the uncompressed stream; -1: unknown
};

/// A failure that ends the operation in hand: what was attempted, on what, why, and what to do
/// next.
///
/// Thrown by value. Callers add context with `add_context` and rethrow with a bare `throw;`.
/// Messages are lower case without a final stop. Absence, misses and refused locks are not errors
/// and are returned, not thrown.
class Error : public std::exception {
 public:
  Error(ErrorKind kind, std::string message);

  /// Stable machine-readable name of the cause, such as `bgzf_truncated`; empty when there is none.
  Error& with_code(std::string code);
  /// The next step for the user: one clause, such as "run `samtools reheader` first".
  Error& with_hint(std::string hint);
  Error& at(InputPlace place);
  /// Puts "context: " before the message; the outermost context comes first.
  Error& add_context(std::string_view context);

  [[nodiscard]] ErrorKind kind() const { return kind_; }
  [[nodiscard]] const std::string& message() const { return message_; }
  [[nodiscard]] const std::string& code() const { return code_; }
  [[nodiscard]] const std::string& hint() const { return hint_; }
  [[nodiscard]] const InputPlace& place() const { return place_; }
  /// "file:line:column: context: message" as far as known; without the hint.
  [[nodiscard]] const char* what() const noexcept override { return what_.c_str(); }

 private:
  void refresh();

  ErrorKind kind_;
  std::string message_;
  std::string code_;
  std::string hint_;
  InputPlace place_;
  std::string what_;
};

/// An error from `errno` (`error_number`): "cannot ATTEMPTED 'WHAT': reason". The kind follows from
/// the number: no access is `not_permitted`; a full disk or no more descriptors is `temporary`; a
/// missing file is `input`.
[[nodiscard]] Error system_error(std::string_view attempted, std::string_view what,
                                 int error_number);

/// The status that a command ending with an error of this kind exits with.
[[nodiscard]] ExitStatus exit_status_of(ErrorKind kind);

namespace detail {
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);
}

}  // namespace weir

/// Stops the program when `expression` is false, in every build. For states that cannot be; never
/// for input.
#define WEIR_ASSERT(expression)        \
  ((expression) ? static_cast<void>(0) \
                : ::weir::detail::assertion_failed(#expression, __FILE__, __LINE__))
