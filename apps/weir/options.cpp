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
  CLI::App app;
  std::vector<Row> rows;
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

  /// The options whose letters stand together after one dash.
  void declare_letters(const std::string& argument) {
    for (const char letter : std::string_view(argument).substr(1)) {
      if (const Row* row = find(std::string("-") + letter)) declare(*row);
    }
  }

  void declare_positionals() {
    for (const Row& row : rows) {
      if (row.positional) declare(row);
    }
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

template <typename Target>
auto positional_argument(const std::string& name, Target& target, Required required) {
  return [name, &target, required](CLI::App& app, const std::string&) {
    app.add_option(name, target)->required(required == Required::yes);
  };
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
  state_->add_row(names, value, fmt::format("{} [{}]", help, target), false, one_value(target));
}

void OptionTable::option(const std::string& names, std::optional<std::int64_t>& target,
                         const std::string& value, const std::string& help) {
  state_->add_row(names, value, help, false, one_value(target));
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
  state_->add_row(name, "", help, true, positional_argument(name, target, required));
}

void OptionTable::positional(const std::string& name, std::vector<std::string>& target,
                             Required required, const std::string& help) {
  state_->add_row(name + "...", "", help, true, positional_argument(name, target, required));
}

void OptionTable::rest(const std::string& name, std::vector<std::string>& target,
                       const std::string& help) {
  state_->add_row(name, "", help, true, nullptr);
  state_->rest = &target;
  state_->rest_name = name;
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
  constexpr std::string_view k_missing = " is required";
  constexpr std::string_view k_extra = " not expected:";
  constexpr std::string_view k_no_number = "Could not convert: ";
  if (text.ends_with(k_missing))
    return "argument " + text.substr(0, text.size() - k_missing.size()) + " is missing";
  if (const std::size_t at = text.find(k_extra); at != std::string::npos) {
    // It lists the arguments last first; the first one is where the user went wrong.
    const std::string_view words = base::trim(std::string_view(text).substr(at + k_extra.size()));
    return "unexpected argument '" + std::string(base::split(words, ' ').back()) + "'";
  }
  if (const std::size_t at = text.find(" = ");
      text.starts_with(k_no_number) && at != std::string::npos) {
    return "option '" + text.substr(k_no_number.size(), at - k_no_number.size()) +
           "' needs a number, not '" + text.substr(at + 3) + "'";
  }
  return base::to_lower_ascii(text.substr(0, 1)) + (text.empty() ? "" : text.substr(1));
}

[[noreturn]] void refuse(const CLI::ParseError& error, const std::string& program) {
  throw Error(ErrorKind::usage, reworded(error.what())).with_hint("see `" + program + " --help`");
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

/// Deviation from CLI11: options it does not know are found before it sees them, since it would
/// break a single-dash long option (`-profile`) into letters and has no near names to offer.
bool OptionTable::parse(const std::vector<std::string>& arguments) {
  State& state = *state_;
  std::vector<std::string> known;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "--") {
      if (state.rest != nullptr) {
        state.rest->assign(arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1, arguments.end());
        break;
      }
      known.insert(known.end(), arguments.begin() + static_cast<std::ptrdiff_t>(i),
                   arguments.end());
      break;
    }
    if (argument == "-h" || argument == "--help") return false;
    if (!looks_like_option(argument)) {
      known.push_back(argument);
      continue;
    }
    const std::string name = argument.substr(0, argument.find('='));
    const bool is_long = argument.starts_with("--");
    const Row* row = state.find(is_long ? name : argument.substr(0, 2));
    // `-resume`, `-profile=x`: upstream's single-dash spelling of a long option.
    const Row* single_dash = is_long || argument.size() == 2 ? nullptr : state.find("-" + name);
    if (single_dash == nullptr && is_misspelt(name, state.all_names())) row = nullptr;
    if (single_dash != nullptr) {
      row = single_dash;
      state.declare(*row);
      known.push_back("-" + argument);
    } else if (row != nullptr) {
      state.declare(*row);
      if (!is_long && row->value.empty()) state.declare_letters(argument);
      known.push_back(argument);
    } else if (state.unknown != nullptr && (is_long || name.find('.') != std::string::npos)) {
      // `-process.cpus 2`, too: what has a dot is no option.
      state.unknown->push_back(is_long ? argument : "-" + argument);
      const bool has_value = argument.find('=') == std::string::npos && i + 1 < arguments.size() &&
                             !looks_like_option(arguments[i + 1]);
      if (has_value) state.unknown->push_back(arguments[++i]);
      continue;
    } else {
      throw Error(ErrorKind::usage, "unknown option '" + name + "'")
          .with_hint(base::nearest_hint(is_long ? name : "-" + name, state.all_names(),
                                        "see `" + state.app.get_name() + " --help`"));
    }
    // The value belongs to its option even when it begins with a dash.
    const bool wants_value = !row->value.empty() && !row->value.starts_with('[');
    const bool attached = argument.find('=') != std::string::npos ||
                          (!is_long && single_dash == nullptr && argument.size() > 2);
    if (wants_value && !attached) {
      if (i + 1 >= arguments.size()) {
        throw Error(ErrorKind::usage, "option '" + argument + "' needs a value: " + row->value)
            .with_hint("see `" + state.app.get_name() + " --help`");
      }
      if (known.back().starts_with("--")) {
        known.back() += "=" + arguments[++i];
      } else {
        known.back() += arguments[++i];
      }
    }
  }
  state.declare_positionals();
  std::reverse(known.begin(), known.end());
  try {
    state.app.parse(known);
  } catch (const CLI::ParseError& error) {
    refuse(error, state.app.get_name());
  }
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
    if (row.positional)
      text +=
          (state.rest != nullptr && row.names[0] == state.rest_name ? " -- " : " ") + row.names[0];
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
