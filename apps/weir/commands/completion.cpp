#include "base/error.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "completion_scripts.hpp"
#include "suite.hpp"

namespace weir::app {
namespace {

class Completion final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("SHELL", shell_, Required::yes, "{}");
    table.words({"bash", "zsh", "fish"});
    table.epilogue(
        "Examples:\n"
        "  weir completion bash >~/.local/share/bash-completion/completions/weir\n"
        "  weir completion fish >~/.config/fish/completions/weir.fish\n");
  }

  ExitStatus run(Context& context) override {
    const std::deque<DescribedCommand> suite = describe_suite(context);
    if (shell_ == "bash") {
      context.out.write(bash_completions(suite));
    } else if (shell_ == "zsh") {
      context.out.write(zsh_completions(suite));
    } else {
      context.out.write(fish_completions(suite));
    }
    return ExitStatus::ok;
  }

 private:
  std::string shell_;
};

}  // namespace

std::unique_ptr<Command> make_completion() {
  return std::make_unique<Completion>();
}

}  // namespace weir::app
