#include "lang/line_source.hpp"

#include "lang/exceptions.hpp"

#include <utility>

namespace weir::lang {
namespace {

class OnePiece final : public PieceReader {
 public:
  explicit OnePiece(std::string content) : content_(std::move(content)) {}
  std::string_view next() override {
    return std::exchange(is_taken_, true) ? std::string_view() : std::string_view(content_);
  }

 private:
  std::string content_;
  bool is_taken_ = false;
};

constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";

}  // namespace

std::unique_ptr<PieceReader> one_piece(std::string content) {
  return std::make_unique<OnePiece>(std::move(content));
}

bool LineSource::fill() {
  if (rest_.empty()) rest_ = pieces_->next();
  if (after_return_ && !rest_.empty()) {
    after_return_ = false;
    if (rest_.front() == '\n') rest_.remove_prefix(1);
    if (rest_.empty()) return fill();
  }
  return !rest_.empty();
}

std::string LineSource::rest() {
  std::string text;
  while (fill()) text.append(std::exchange(rest_, {}));
  return text;
}

bool LineSource::next(std::string& line) {
  line.clear();
  bool found = false;
  while (fill()) {
    found = true;
    const std::size_t end = rest_.find_first_of("\n\r");
    line.append(rest_.substr(0, end));
    if (line.size() > k_line_bytes_max)
      throw script_error("OutOfMemoryError", "a line of a text to be split is too long");
    if (end == std::string_view::npos) {
      rest_ = {};
      continue;
    }
    after_return_ = rest_[end] == '\r';
    rest_.remove_prefix(end + 1);
    break;
  }
  if (std::exchange(is_first_, false) && line.starts_with(k_byte_order_mark))
    line.erase(0, k_byte_order_mark.size());
  return found;
}

}  // namespace weir::lang
