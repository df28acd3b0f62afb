#include "base/error.hpp"
#include "commands.hpp"
#include "suite.hpp"

namespace weir::app {
namespace {

/// `text` with everything that scdoc would read as markup taken literally.
std::string literal(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\' || c == '*' || c == '_') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

/// A paragraph that begins with `text`: its first character must not open a list, table or heading.
std::string paragraph(std::string_view text) {
  constexpr std::string_view k_opens_block = "#-[]|.;`";
  const bool opens = !text.empty() && k_opens_block.find(text.front()) != std::string_view::npos;
  return (opens ? "\\" : "") + literal(text);
}

/// "*-o*, *--output-dir* _DIR_" and its text below, indented.
void append_option(std::string& page, const OptionTable::Row& row) {
  for (std::size_t i = 0; i < row.names.size(); ++i) {
    if (i != 0) page += ", ";
    page += row.positional ? "_" + literal(row.names[i]) + "_" : "*" + literal(row.names[i]) + "*";
  }
  if (!row.value.empty()) {
    // scdoc takes a word's inner marks literally, so the brackets of "[NAME]" stay outside.
    const bool optional = row.value.starts_with('[') && row.value.ends_with(']');
    const std::string value = optional ? row.value.substr(1, row.value.size() - 2) : row.value;
    page += optional ? " [_" + literal(value) + "_]" : " _" + literal(value) + "_";
  }
  page += "\n\t" + paragraph(row.help) + "\n\n";
}

std::string command_page(const DescribedCommand& command) {
  std::string page;
  for (const OptionTable::Row& row : command.positionals()) append_option(page, row);
  std::string group = "Options";
  for (const OptionTable::Row& row : command.options()) {
    if (row.group == k_common_options) continue;
    if (row.group != group) page += literal(row.group) + ":\n\n";
    group = row.group;
    append_option(page, row);
  }
  return page;
}

/// Writes what a man page takes from the option table, as scdoc source: man/make.sh puts it where
/// the page's checked-in text asks for it.
class Manual final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("PART", part_, Required::yes,
                     "synopsis or options of a command, common (options) or commands");
    table.words({"synopsis", "options", "common", "commands"});
    table.positional("COMMAND", words_, Required::no, "the command, such as `jobs list`");
  }

  ExitStatus run(Context& context) override {
    std::deque<DescribedCommand> suite = describe_suite(context);
    if (part_ == "commands") {
      for (const DescribedCommand& command : suite) {
        context.out.line("*weir " + literal(command.name()) + "*");
        context.out.line("\t" + literal(command.row().summary) + "\n");
      }
      return ExitStatus::ok;
    }
    if (part_ == "common") {
      std::string page;
      for (const OptionTable::Row& row : suite.front().options()) {
        if (row.group == k_common_options) append_option(page, row);
      }
      context.out.write(page);
      return ExitStatus::ok;
    }
    const DescribedCommand& command = find(suite);
    if (part_ == "synopsis") {
      context.out.line("*weir " + literal(command.name()) + "*" +
                       literal(command.usage().substr(5 + command.name().size())));
    } else {
      context.out.write(command_page(command));
    }
    return ExitStatus::ok;
  }

 private:
  [[nodiscard]] const DescribedCommand& find(const std::deque<DescribedCommand>& suite) const {
    std::string name;
    for (const std::string& word : words_) name += (name.empty() ? "" : " ") + word;
    for (const DescribedCommand& command : suite) {
      if (command.name() == name) return command;
    }
    throw Error(ErrorKind::usage, "no command 'weir " + name + "'")
        .with_hint("`weir --help` lists the commands");
  }

  std::string part_;
  std::vector<std::string> words_;
};

}  // namespace

std::unique_ptr<Command> make_manual() {
  return std::make_unique<Manual>();
}

}  // namespace weir::app
