#include "base/error.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace weir {

Error::Error(ErrorKind kind, std::string message) : kind_(kind), message_(std::move(message)) {
  refresh();
}

Error& Error::with_code(std::string code) {
  code_ = std::move(code);
  return *this;
}

Error& Error::with_hint(std::string hint) {
  hint_ = std::move(hint);
  return *this;
}

Error& Error::at(InputPlace place) {
  place_ = std::move(place);
  refresh();
  return *this;
}

Error& Error::add_context(std::string_view context) {
  message_.insert(0, ": ").insert(0, context);
  refresh();
  return *this;
}

void Error::refresh() {
  what_.clear();
  if (!place_.file.empty()) {
    what_ += place_.file;
    if (place_.line > 0) what_ += ":" + std::to_string(place_.line);
    if (place_.line > 0 && place_.column > 0) what_ += ":" + std::to_string(place_.column);
    what_ += ": ";
  }
  what_ += message_;
}

Error system_error(std::string_view attempted, std::string_view what, int error_number) {
  ErrorKind kind = ErrorKind::failed;
  const char* hint = "";
  switch (error_number) {
    case ENOENT:
    case ENOTDIR:
    case EISDIR:
    case ELOOP:
    case ENAMETOOLONG: kind = ErrorKind::input; break;
    case EACCES:
    case EPERM:
    case EROFS: kind = ErrorKind::not_permitted; break;
    case ENOSPC:
    case EDQUOT:
      kind = ErrorKind::temporary;
      hint = "free some space and try again";
      break;
    case EMFILE:
    case ENFILE:
    case EAGAIN:
    case ENOMEM: kind = ErrorKind::temporary; break;
    default: break;
  }
  std::string message = "cannot ";
  message.append(attempted).append(" '").append(what).append("': ").append(
      std::strerror(error_number));
  Error error(kind, std::move(message));
  error.with_hint(hint);
  if (error_number == ENOSPC || error_number == EDQUOT) error.with_code("no_space");
  return error;
}

ExitStatus exit_status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage: return ExitStatus::usage;
    case ErrorKind::input: return ExitStatus::input_refused;
    case ErrorKind::busy: return ExitStatus::busy;
    case ErrorKind::not_found: return ExitStatus::not_found;
    case ErrorKind::not_permitted: return ExitStatus::not_permitted;
    case ErrorKind::store: return ExitStatus::store_unusable;
    case ErrorKind::cannot_begin: return ExitStatus::cannot_begin;
    case ErrorKind::temporary: return ExitStatus::temporary;
    case ErrorKind::timed_out: return ExitStatus::timed_out;
    case ErrorKind::cancelled: return ExitStatus::cancelled;
    case ErrorKind::failed:
    case ErrorKind::bug: return ExitStatus::failed;
  }
  return ExitStatus::failed;
}

void detail::assertion_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "weir: internal fault: %s (%s:%d)\n", expression, file, line);
  std::abort();
}

}  // namespace weir
