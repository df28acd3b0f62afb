#include "base/error.hpp"
#include "commands.hpp"
#include "compose/secrets_view.hpp"

namespace weir::app {
namespace {

constexpr const char* k_epilogue =
    "Secrets are kept in one file that only you can read (~/.nextflow/secrets/store.json, the one "
    "that Nextflow uses, or\n"
    "NXF_SECRETS_FILE). Configuration files and scripts see them as secrets.NAME; a process with "
    "`secret 'NAME'` gets it\n"
    "as a variable of its environment. No file of a task holds them.\n\n"
    "Examples:\n"
    "  weir secrets set API_KEY 8f2c…\n"
    "  weir secrets set API_KEY < key.txt\n"
    "  weir secrets get API_KEY\n\n"
    "Exit status: 0; 2 no good name; 7 no such secret; 9 others can read the file.\n";

class Secrets final : public Command {
 public:
  explicit Secrets(SecretsVerb verb) : verb_(verb) {}
  void declare(OptionTable& table) override {
    if (verb_ != SecretsVerb::list)
      table.positional("NAME", name_, Required::yes, "letters, digits and _");
    if (verb_ == SecretsVerb::set)
      table.positional("VALUE", value_, Required::no, "default: standard input is read");
    table.epilogue(k_epilogue);
  }
  ExitStatus run(Context& context) override {
    if (value_.size() > 1) {
      throw Error(ErrorKind::usage, "more than one value was given")
          .with_hint("put quotes around a value with blanks");
    }
    return answer_secrets(context, verb_, name_,
                          value_.empty() ? std::nullopt : std::optional(value_.front()));
  }

 private:
  SecretsVerb verb_;
  std::string name_;
  std::vector<std::string> value_;
};

}  // namespace

std::unique_ptr<Command> make_secrets_list() {
  return std::make_unique<Secrets>(SecretsVerb::list);
}
std::unique_ptr<Command> make_secrets_get() {
  return std::make_unique<Secrets>(SecretsVerb::get);
}
std::unique_ptr<Command> make_secrets_set() {
  return std::make_unique<Secrets>(SecretsVerb::set);
}
std::unique_ptr<Command> make_secrets_delete() {
  return std::make_unique<Secrets>(SecretsVerb::remove);
}

}  // namespace weir::app
