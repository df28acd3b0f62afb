#include "lang/diagnostics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace weir::lang {

Diagnostic& Diagnostic::label(Span at, std::string text) {
  labels.push_back({at, std::move(text)});
  return *this;
}

Diagnostic& Diagnostic::note(std::string text) {
  notes.push_back(std::move(text));
  return *this;
}

Diagnostic& Diagnostic::edit(Span at, std::string replacement) {
  edits.push_back({at, std::move(replacement)});
  return *this;
}

Diagnostic& Diagnostics::add(Severity severity, Code code, Span span, std::string message) {
  ++(severity == Severity::error ? errors_ : warnings_);
  // Errors always find room among warnings: a script full of warnings must not hide why it is
  // refused; nor may one script full of errors hide those of the next.
  Kept& kept = kept_[span.file];
  const bool is_error = severity == Severity::error;
  const bool room = kept.items < k_limit || (is_error && kept.errors < k_limit);
  Diagnostic diagnostic{code, severity, span, std::move(message), {}, {}, {}};
  if (!room) return overflow_ = std::move(diagnostic);
  ++kept.items;
  if (is_error) ++kept.errors;
  return items_.emplace_back(std::move(diagnostic));
}

Diagnostic& Diagnostics::error(Code code, Span span, std::string message) {
  return add(Severity::error, code, span, std::move(message));
}

Diagnostic& Diagnostics::warning(Code code, Span span, std::string message) {
  return add(Severity::warning, code, span, std::move(message));
}

void Diagnostics::sort() {
  const auto before = [](const Diagnostic& a, const Diagnostic& b) {
    const auto key = [](const Diagnostic& d) {
      return std::tuple(d.span.file, d.span.begin, d.severity, d.code);
    };
    return key(a) < key(b);
  };
  // One file after the other is checked and sorted: what is in order already is left alone.
  const auto added = items_.begin() + static_cast<std::ptrdiff_t>(sorted_);
  std::stable_sort(added, items_.end(), before);
  auto first = added;  // from here on there may be repetitions
  if (sorted_ > 0 && added != items_.end()) {
    --first;
    if (before(*added, *first)) {
      first = items_.begin();
      std::inplace_merge(first, added, items_.end(), before);
    }
  }
  const auto same = [](const Diagnostic& a, const Diagnostic& b) {
    return a.code == b.code && a.span == b.span && a.message == b.message;
  };
  const auto end = std::unique(first, items_.end(), [&](const Diagnostic& a, const Diagnostic& b) {
    if (!same(a, b)) return false;
    --(b.severity == Severity::error ? errors_ : warnings_);
    return true;
  });
  items_.erase(end, items_.end());
  sorted_ = items_.size();
}

std::string code_text(Code code) {
  return fmt::format("NF{:04}", static_cast<unsigned>(code));
}

}  // namespace weir::lang
