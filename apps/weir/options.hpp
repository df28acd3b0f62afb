#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::app {

enum class Required { no, yes };

/// What a value may be that has words of its own.
enum class WordRule {
  one,        ///< one of them
  list,       ///< one of them, or several separated by commas
  open,       ///< one of them, or something else that the command itself judges
  open_list,  ///< a list whose words may be others, too
};

/// The options of one command: the only statement of them. Parsing, help, completions and the man
/// page's synopsis are all made from it (CLI11 underneath, in options.cpp alone).
///
/// Names are given as users type them: "-o,--output-dir". Targets keep their value as the default
/// shown in help.
class OptionTable {
 public:
  OptionTable(std::string program, std::string summary);
  ~OptionTable();
  OptionTable(const OptionTable&) = delete;
  OptionTable& operator=(const OptionTable&) = delete;

  void flag(const std::string& names, bool& target, const std::string& help);
  void option(const std::string& names, std::string& target, const std::string& value,
              const std::string& help);
  void option(const std::string& names, std::optional<std::string>& target,
              const std::string& value, const std::string& help);
  /// May be given several times; one value each time.
  void option(const std::string& names, std::vector<std::string>& target, const std::string& value,
              const std::string& help);
  void option(const std::string& names, std::int64_t& target, const std::string& value,
              const std::string& help);
  void option(const std::string& names, std::optional<std::int64_t>& target,
              const std::string& value, const std::string& help);
  /// An option whose value may be left out: `--resume` and `--resume NAME`. The target becomes ""
  /// without a value.
  void option_with_default(const std::string& names, std::optional<std::string>& target,
                           const std::string& value, const std::string& help);

  void positional(const std::string& name, std::string& target, Required required,
                  const std::string& help);
  void positional(const std::string& name, std::vector<std::string>& target, Required required,
                  const std::string& help);
  /// The words that the value of the row declared last may be: the parser refuses what is none of
  /// them, completions offer them. In the row's help "{}" stands for them; a help without it
  /// names each of them.
  void words(std::span<const std::string_view> words, WordRule rule = WordRule::one);
  void words(std::initializer_list<std::string_view> list, WordRule rule = WordRule::one) {
    words(std::span(list.begin(), list.size()), rule);
  }
  /// Takes every argument from the first one that is not an option of this table, or from `--`,
  /// unparsed. Whether they may be left out is shown, and checked by the command.
  void rest(const std::string& name, std::vector<std::string>& target, Required required,
            const std::string& help);
  /// Long options that this table does not know are handed to `target` as given, with their value
  /// if they have one
  /// (`--name value`, `--name=value`): pipeline parameters.
  void unknown_options(std::vector<std::string>& target);
  /// Starts a titled group in the help.
  void group(const std::string& title);
  /// Hides the options declared from here on from help and completions.
  void hidden();
  /// Examples and exit statuses, printed after the options.
  void epilogue(const std::string& text);

  /// Throws Error (usage) naming the argument, with a near name as hint; also for an option whose
  /// value is empty, which is a variable of a script that was not set. True: go on; false: help was
  /// asked for.
  [[nodiscard]] bool parse(const std::vector<std::string>& arguments);
  /// The options that `parse` met, by the last of their names.
  [[nodiscard]] const std::vector<std::string>& given() const;
  [[nodiscard]] std::string help() const;
  /// "weir jobs wait [OPTIONS] JOB..."; what may be left out has brackets.
  [[nodiscard]] std::string usage() const;

  struct Row {
    std::vector<std::string> names;  ///< "-o", "--output-dir"; a positional has its bare name
    std::string value;               ///< empty for flags
    std::string help;
    std::string group;
    bool hidden = false;
    bool positional = false;
    bool repeated = false;  ///< a positional that takes all that are left
    Required required = Required::no;
    std::vector<std::string> words{};  ///< see OptionTable::words
    WordRule rule = WordRule::one;
  };
  /// For generated completions and man pages.
  [[nodiscard]] const std::vector<Row>& rows() const;

 private:
  struct State;
  class Reading;
  std::unique_ptr<State> state_;
};

}  // namespace weir::app
