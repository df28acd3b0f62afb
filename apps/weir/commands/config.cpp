#include "base/text.hpp"
#include "commands.hpp"
#include "compose/config_view.hpp"

namespace weir::app {
namespace {

constexpr const char* k_epilogue =
    "Examples:\n"
    "  weir config                      the settings that `weir run .` would use\n"
    "  weir config . -profile test --flat\n"
    "  weir config --value process.cpus\n\n"
    "Exit status: 0 printed; 2 the configuration is wrong; 7 no such setting.\n";

class ConfigCommand final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("PROJECT", question_.settings.script, Required::no,
                     "a script, the folder of a pipeline or the name of a repository (default: "
                     "this folder)");
    table.option("--profile", profiles_, "NAMES", "configuration profiles, separated by commas");
    table.option("-c,--config", question_.settings.config_files, "FILE",
                 "a configuration file on top of the others");
    table.option("-C,--only-config", question_.settings.only_config, "FILE",
                 "a configuration file instead of all others");
    table.flag("-a,--show-profiles", question_.settings.show_profiles,
               "print all profiles, apply none");
    table.option("-o,--output", format_, "FORMAT", "{}");
    table.words(engine::config_style_words());
    table.flag("--flat", flat_, "one line for each setting: -o flat");
    table.flag("--properties", properties_, "as Java properties: -o properties");
    table.flag("--json", json_, "as one JSON document: -o json");
    table.flag("--sort", question_.form.sorted, "by name instead of in the order of the files");
    declare_source(table, question_.source);
    table.option("--value", question_.value, "NAME", "print this setting alone");
    table.epilogue(k_epilogue);
  }

  ExitStatus run(Context& context) override {
    for (const std::string_view name : base::split(profiles_, ',')) {
      if (!name.empty()) question_.settings.profiles.emplace_back(name);
    }
    if (!format_.empty()) question_.form.style = engine::config_style(format_);
    if (flat_) question_.form.style = engine::ConfigStyle::flat;
    if (properties_) question_.form.style = engine::ConfigStyle::properties;
    if (json_) question_.form.style = engine::ConfigStyle::json;
    return print_configuration(context, std::move(question_));
  }

 private:
  ConfigQuestion question_;
  std::string profiles_;
  std::string format_;
  bool flat_ = false;
  bool properties_ = false;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> make_config() {
  return std::make_unique<ConfigCommand>();
}

}  // namespace weir::app
