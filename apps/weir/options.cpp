#include "options.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <deque>
#include <utility>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

namespace weir::app {

struct OptionTable::State {
  /// Tells CLI11 of a row: its names separated by commas.
  using Declare = std::function<void(CLI::App& app, const std::string& names)>;
  /// One of `one` and `many` is where it goes.
  struct Positional {
    Required required = Required::no;
    std::string* one = nullptr;
    std::vector<std::string>* many = nullptr;
    std::string name;
  };

  CLI::App app;
  std::vector<Row> rows;
  std::vector<Positional> positionals;
  /// One for each row, called for those that the arguments name: telling CLI11 of sixty options
  /// takes longer than many a command.
  std::vector<Declare> declarations;
  std::string summary;
  std::string epilogue;
  std::string group = "Options";
  bool hidden = false;
  std::vector<std::string>* rest = nullptr;
  std::string rest_name;
  std::vector<std::string>* unknown = nullptr;
  std::vector<std::string> given;
  // Values that CLI11 writes as text and that are moved to their typed targets after the parse.
  std::vector<std::function<void()>> deliveries;
  std::deque<std::string> texts;

  State(std::string program, std::string text)
      : app("", std::move(program)), summary(std::move(text)) {
    app.set_help_flag("-h,--help", "print this help");
    app.allow_extras(false);
  }

  void add_row(const std::string& names, const std::string& value, const std::string& help,
               bool positional, Declare declare) {
    Row row;
    for (const std::string_view name : base::split(names, ','))
      row.names.emplace_back(base::trim(name));
    row.value = value;
    row.help = help;
    row.group = group;
    row.hidden = hidden;
    row.positional = positional;
    rows.push_back(std::move(row));
    declarations.push_back(std::move(declare));
  }

  void declare(std::size_t row) {
    const Declare declare = std::exchange(declarations[row], nullptr);
    if (declare) declare(app, base::join(rows[row].names, ","));
  }

  void declare(const Row& row) { declare(static_cast<std::size_t>(&row - rows.data())); }

  void add_positional(const std::string& name, const std::string& label, const std::string& help,
                      Positional positional) {
    add_row(label, "", help, true, nullptr);
    rows.back().repeated = positional.many != nullptr;
    rows.back().required = positional.required;
    positional.name = name;
    positionals.push_back(std::move(positional));
  }

  [[nodiscard]] static Error bad_word(const std::string& name, std::string_view word,
                                      const std::vector<std::string>& words) {
    return Error(ErrorKind::usage, name + " cannot be '" + base::printable(word) + "'")
        .with_hint(base::nearest_hint(word, words, "one of " + base::join(words, ", ")));
  }

  /// Refuses a value that is none of the row's words.
  static void check_words(const Row& row, const std::string& name, std::string_view value) {
    if (row.words.empty() || row.rule >= WordRule::open) return;
    const auto check = [&](std::string_view word) {
      if (std::find(row.words.begin(), row.words.end(), word) == row.words.end())
        throw bad_word(name, word, row.words);
    };
    if (row.rule == WordRule::one) return check(value);
    for (const std::string_view word : base::split(value, ',')) check(word);
  }

  [[nodiscard]] const Row& positional_row(const std::string& name) const {
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const Row& one) {
      return one.positional && (one.names[0] == name || one.names[0] == name + "...");
    });
    WEIR_ASSERT(row != rows.end());
    return *row;
  }

  /// In the order of their declaration; CLI11 would make two of "[a,b]".
  void deliver_positionals(const std::vector<std::string>& words) const {
    std::size_t next = 0;
    for (const Positional& positional : positionals) {
      if (next >= words.size() && positional.required == Required::yes)
        throw usage_error("argument " + positional.name + " is missing");
      if (next < words.size() && positional.one != nullptr) {
        check_words(positional_row(positional.name), positional.name, words[next]);
        *positional.one = words[next++];
      }
      if (positional.many != nullptr) {
        positional.many->assign(words.begin() + static_cast<std::ptrdiff_t>(next), words.end());
        next = words.size();
      }
    }
    if (next < words.size()) throw usage_error("unexpected argument '" + words[next] + "'");
  }

  [[nodiscard]] Error usage_error(const std::string& message) const {
    return Error(ErrorKind::usage, message).with_hint("see `" + app.get_name() + " --help`");
  }

  /// In base ten: CLI11 would read 010 as eight.
  void add_number(const std::string& names, std::function<void(std::int64_t)> take) {
    std::string& text = texts.emplace_back();
    const CLI::Option* option = app.add_option(names, text);
    deliveries.emplace_back([this, option, &text, take = std::move(take)] {
      if (option->count() == 0) return;
      const std::optional<std::int64_t> number = base::parse_int64(text);
      if (!number.has_value())
        throw usage_error("option '" + option->get_name() + "' needs a number, not '" + text + "'");
      take(*number);
    });
  }

  [[nodiscard]] std::vector<std::string> all_names() const {
    std::vector<std::string> names{"--help", "-h"};
    for (const Row& row : rows) {
      if (!row.positional && !row.hidden)
        names.insert(names.end(), row.names.begin(), row.names.end());
    }
    return names;
  }

  [[nodiscard]] const Row* find(const std::string& name) const {
    for (const Row& row : rows) {
      if (!row.positional && std::find(row.names.begin(), row.names.end(), name) != row.names.end())
        return &row;
    }
    return nullptr;
  }
};

namespace {

template <typename Target>
auto one_value(Target& target) {
  return [&target](CLI::App& app, const std::string& names) { app.add_option(names, target); };
}

}  // namespace

OptionTable::OptionTable(std::string program, std::string summary)
    : state_(std::make_unique<State>(std::move(program), std::move(summary))) {}
OptionTable::~OptionTable() = default;

void OptionTable::flag(const std::string& names, bool& target, const std::string& help) {
  state_->add_row(names, "", help, false,
                  [&target](CLI::App& app, const std::string& all) { app.add_flag(all, target); });
}

void OptionTable::option(const std::string& names, std::string& target, const std::string& value,
                         const std::string& help) {
  state_->add_row(names, value, target.empty() ? help : help + " [" + target + "]", false,
                  one_value(target));
}

void OptionTable::option(const std::string& names, std::optional<std::string>& target,
                         const std::string& value, const std::string& help) {
  state_->add_row(names, value, help, false, one_value(target));
}

void OptionTable::option(const std::string& names, std::vector<std::string>& target,
                         const std::string& value, const std::string& help) {
  state_->add_row(names, value, help, false, [&target](CLI::App& app, const std::string& all) {
    app.add_option(all, target)->allow_extra_args(false)->expected(1)->take_all();
  });
}

void OptionTable::option(const std::string& names, std::int64_t& target, const std::string& value,
                         const std::string& help) {
  state_->add_row(names, value, fmt::format("{} [{}]", help, target), false,
                  [state = state_.get(), &target](CLI::App&, const std::string& all) {
                    state->add_number(all, [&target](std::int64_t n) { target = n; });
                  });
}

void OptionTable::option(const std::string& names, std::optional<std::int64_t>& target,
                         const std::string& value, const std::string& help) {
  state_->add_row(names, value, help, false,
                  [state = state_.get(), &target](CLI::App&, const std::string& all) {
                    state->add_number(all, [&target](std::int64_t n) { target = n; });
                  });
}

void OptionTable::option_with_default(const std::string& names, std::optional<std::string>& target,
                                      const std::string& value, const std::string& help) {
  state_->add_row(names, "[" + value + "]", help, false,
                  [state = state_.get(), &target](CLI::App& app, const std::string& all) {
                    std::string& text = state->texts.emplace_back();
                    const CLI::Option* option = app.add_option(all, text)->expected(0, 1);
                    state->deliveries.emplace_back([option, &text, &target] {
                      if (option->count() > 0) target = text;
                    });
                  });
}

void OptionTable::positional(const std::string& name, std::string& target, Required required,
                             const std::string& help) {
  state_->add_positional(name, name, help, {.required = required, .one = &target});
}

void OptionTable::positional(const std::string& name, std::vector<std::string>& target,
                             Required required, const std::string& help) {
  state_->add_positional(name, name + "...", help, {.required = required, .many = &target});
}

void OptionTable::words(std::span<const std::string_view> words, WordRule rule) {
  Row& row = state_->rows.back();
  row.words.assign(words.begin(), words.end());
  row.rule = rule;
  std::string listed;
  for (std::size_t i = 0; i < row.words.size(); ++i) {
    if (i != 0) listed += i + 1 == row.words.size() ? " or " : ", ";
    listed += row.words[i];
  }
  row.help = base::replace_all(row.help, "{}", listed);
  for (const std::string& word : row.words) WEIR_ASSERT(base::contains(row.help, word));
}

void OptionTable::rest(const std::string& name, std::vector<std::string>& target, Required required,
                       const std::string& help) {
  state_->add_row(name + "...", "", help, true, nullptr);
  state_->rows.back().repeated = true;
  state_->rows.back().required = required;
  state_->rest = &target;
  state_->rest_name = name + "...";
}

void OptionTable::unknown_options(std::vector<std::string>& target) {
  state_->unknown = &target;
}
void OptionTable::group(const std::string& title) {
  state_->hidden = false;
  state_->group = title;
}
void OptionTable::hidden() {
  state_->hidden = true;
}
void OptionTable::epilogue(const std::string& text) {
  state_->epilogue = text;
}
const std::vector<std::string>& OptionTable::given() const {
  return state_->given;
}
const std::vector<OptionTable::Row>& OptionTable::rows() const {
  for (const Row& row : state_->rows) {
    for (const std::string& name : row.names)
      WEIR_ASSERT(row.positional || state_->find(name) == &row);
  }
  return state_->rows;
}

namespace {

/// A message of CLI11 in our words.
std::string reworded(const std::string& text) {
  constexpr std::string_view k_twice = ": At Most 1 required but received ";
  if (const std::size_t at = text.find(k_twice); at != std::string::npos)
    return "option '" + text.substr(0, at) + "' is given more than once";
  return base::to_lower_ascii(text.substr(0, 1)) + (text.empty() ? "" : text.substr(1));
}

bool looks_like_option(const std::string& argument) {
  return argument.size() > 1 && argument[0] == '-' && !(argument[1] >= '0' && argument[1] <= '9');
}

/// `-reusme` is a long option written wrong, not `-r` with the value "eusme".
bool is_misspelt(const std::string& word, const std::vector<std::string>& names) {
  constexpr std::size_t k_letters_min = 5;
  const bool is_word = word.size() > k_letters_min && word[1] != '-' &&
                       std::all_of(word.begin() + 1, word.end(),
                                   [](char c) { return c == '-' || (c >= 'a' && c <= 'z'); });
  return is_word && base::nearest("-" + word, names).has_value();
}

}  // namespace

/// One pass over the arguments that sorts them out, so that CLI11 has nothing to guess at.
///
/// Deviation from CLI11: options it does not know are found before it sees them, since it would
/// break a single-dash long option (`-profile`) into letters and has no near names to offer; and a
/// value is never empty, since it would take the argument behind in its place.
class OptionTable::Reading {
 public:
  Reading(State& state, const std::vector<std::string>& arguments)
      : state_(state), arguments_(arguments) {}

  /// False: help was asked for.
  bool read() {
    for (; at_ < arguments_.size(); ++at_) {
      const std::string& argument = arguments_[at_];
      if (argument == "--") {
        end_options();
        return true;
      }
      if (argument == "-h" || argument == "-help" || argument == "--help") return false;
      if (!looks_like_option(argument)) {
        words_.push_back(argument);
      } else if (argument.starts_with("--")) {
        read_long(argument);
      } else if (!read_short(argument)) {
        return false;
      }
    }
    return true;
  }

  /// For CLI11: options, each with its value in one text, or none.
  [[nodiscard]] const std::vector<std::string>& options() const { return options_; }
  /// What is no option.
  [[nodiscard]] const std::vector<std::string>& words() const { return words_; }

 private:
  void end_options() {
    const auto behind = arguments_.begin() + static_cast<std::ptrdiff_t>(at_) + 1;
    if (state_.rest != nullptr) {
      state_.rest->assign(behind, arguments_.end());
    } else {
      words_.insert(words_.end(), behind, arguments_.end());
    }
  }

  void read_long(const std::string& argument) {
    const std::size_t equals = argument.find('=');
    const std::string name = argument.substr(0, equals);
    if (const Row* row = state_.find(name); row != nullptr) {
      take(*row, name, behind(argument, equals));
    } else if (state_.unknown != nullptr) {
      pass_on(argument);
    } else {
      refuse_unknown(name, name);
    }
  }

  /// As `read`.
  bool read_short(const std::string& argument) {
    const std::size_t equals = argument.find('=');
    const std::string name = argument.substr(0, equals);
    // `-resume`, `-profile=x`: upstream's single-dash spelling of a long option.
    const Row* single_dash = argument.size() == 2 ? nullptr : state_.find("-" + name);
    if (single_dash != nullptr) {
      take(*single_dash, "-" + name, behind(argument, equals));
      return true;
    }
    const bool known = state_.find(argument.substr(0, 2)) != nullptr;
    if (known && !is_misspelt(name, state_.all_names())) {
      return read_letters(argument);
    } else if (state_.unknown != nullptr && name.find('.') != std::string::npos) {
      pass_on("-" + argument);  // `-process.cpus 2`, too: what has a dot is no option.
    } else {
      refuse_unknown(name, "-" + name);
    }
    return true;
  }

  /// `-qn`, `-qo DIR`, `-oDIR`, `-o=DIR`; false for `-qh`.
  bool read_letters(const std::string& argument) {
    for (std::size_t at = 1; at < argument.size(); ++at) {
      const std::string name = {'-', argument[at]};
      const Row* row = state_.find(name);
      const bool last = at + 1 == argument.size();
      if (name == "-h" && last) return false;
      if (row == nullptr) refuse_unknown(name, name);
      const bool equals = !last && argument[at + 1] == '=';
      if (row->value.empty() && !equals) {
        take(*row, name, std::nullopt);
        continue;
      }
      take(*row, name, behind(argument, last ? std::string::npos : (equals ? at + 1 : at)));
      break;
    }
    return true;
  }

  /// What is written behind the character at `at` of the same argument, if that is there.
  static std::optional<std::string> behind(const std::string& argument, std::size_t at) {
    if (at == std::string::npos) return std::nullopt;
    return argument.substr(at + 1);
  }

  void take(const Row& row, const std::string& name, std::optional<std::string> value) {
    state_.declare(row);
    state_.given.push_back(row.names.back());
    if (row.value.empty()) {
      if (value.has_value()) throw state_.usage_error("option '" + name + "' takes no value");
      options_.push_back(name);
      return;
    }
    const bool last = at_ + 1 >= arguments_.size();
    const bool may_be_left_out = row.value.starts_with('[');
    if (!value.has_value() && may_be_left_out &&
        (last || arguments_[at_ + 1] == "--" || looks_like_option(arguments_[at_ + 1]))) {
      options_.push_back(name);
      return;
    }
    // The value belongs to its option even when it begins with a dash.
    if (!value.has_value() && !last) value = arguments_[++at_];
    if (!value.has_value())
      throw state_.usage_error("option '" + name + "' needs a value: " + row.value);
    if (value->empty()) throw state_.usage_error("the value of option '" + name + "' is empty");
    State::check_words(row, name, *value);
    options_.push_back(name.starts_with("--") ? name + "=" + *value : name + *value);
  }

  /// An option of somebody else's, with its value if one follows.
  void pass_on(const std::string& argument) {
    state_.unknown->push_back(argument);
    const bool has_value = argument.find('=') == std::string::npos && at_ + 1 < arguments_.size() &&
                           !looks_like_option(arguments_[at_ + 1]);
    if (has_value) state_.unknown->push_back(arguments_[++at_]);
  }

  [[noreturn]] void refuse_unknown(const std::string& shown, const std::string& looked_for) const {
    if (shown == "-h" || shown == "--help")
      throw state_.usage_error("option '" + shown + "' takes no value");
    const std::string see = "see `" + state_.app.get_name() + " --help`";
    // Without the dashes, which make everything alike; a letter is near to any other.
    std::vector<std::string> names;
    for (const std::string& name : state_.all_names()) {
      if (name.starts_with("--")) names.push_back(name.substr(2));
    }
    const std::optional<std::string> near =
        looked_for.starts_with("--") ? base::nearest(looked_for.substr(2), names) : std::nullopt;
    throw Error(ErrorKind::usage, "unknown option '" + shown + "'")
        .with_hint(near.has_value() ? "did you mean '--" + *near + "'?" : see);
  }

  State& state_;
  const std::vector<std::string>& arguments_;
  std::size_t at_ = 0;
  std::vector<std::string> options_;
  std::vector<std::string> words_;
};

bool OptionTable::parse(const std::vector<std::string>& arguments) {
  State& state = *state_;
  Reading reading(state, arguments);
  if (!reading.read()) return false;
  std::vector<std::string> options(reading.options().rbegin(), reading.options().rend());
  try {
    state.app.parse(options);
  } catch (const CLI::ParseError& error) {
    throw state.usage_error(reworded(error.what()));
  }
  state.deliver_positionals(reading.words());
  for (const auto& deliver : state.deliveries) deliver();
  return true;
}

namespace {

void append_wrapped(std::string& text, std::string_view words, std::size_t indent,
                    std::size_t column) {
  constexpr std::size_t k_width = 96;
  for (const std::string_view word : base::split(words, ' ')) {
    if (column + word.size() > k_width && column > indent) {
      while (text.ends_with(' ')) text.pop_back();
      text += "\n" + std::string(indent, ' ');
      column = indent;
    }
    text.append(word).append(" ");
    column += word.size() + 1;
  }
  while (text.ends_with(' ')) text.pop_back();
  text += '\n';
}

std::string label_of(const OptionTable::Row& row) {
  std::string label = base::join(row.names, ", ");
  if (!row.value.empty()) label += " " + row.value;
  return label;
}

}  // namespace

std::string OptionTable::usage() const {
  const State& state = *state_;
  std::string text = state.app.get_name() + " [OPTIONS]";
  for (const Row& row : state.rows) {
    if (!row.positional || row.hidden) continue;
    const bool is_rest = state.rest != nullptr && row.names[0] == state.rest_name;
    const std::string shown = (is_rest ? "-- " : "") + row.names[0];
    text += row.required == Required::yes ? " " + shown : " [" + shown + "]";
  }
  return text;
}

std::string OptionTable::help() const {
  const State& state = *state_;
  std::string text = "Usage: " + usage() + "\n\n";
  append_wrapped(text, state.summary, 0, 0);
  constexpr std::size_t k_label_columns = 30;
  std::string group;
  const auto print = [&](const Row& row, const std::string& title) {
    if (title != group) text += "\n" + title + ":\n";
    group = title;
    const std::string label = "  " + label_of(row);
    text += label;
    if (label.size() + 2 > k_label_columns) {
      text += "\n" + std::string(k_label_columns, ' ');
    } else {
      text.append(k_label_columns - label.size(), ' ');
    }
    append_wrapped(text, row.help, k_label_columns, k_label_columns);
  };
  for (const Row& row : state.rows) {
    if (row.positional) print(row, "Arguments");
  }
  for (const Row& row : state.rows) {
    if (!row.positional && !row.hidden) print(row, row.group);
  }
  if (!state.epilogue.empty())
    text += "\n" + state.epilogue + (state.epilogue.ends_with('\n') ? "" : "\n");
  return text;
}

}  // namespace weir::app
