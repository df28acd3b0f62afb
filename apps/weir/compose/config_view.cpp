#include "compose/config_view.hpp"

#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "compose/pipeline_run.hpp"
#include "compose/run_console.hpp"
#include "engine/run_names.hpp"
#include "engine/session.hpp"

#include <fmt/format.h>

namespace weir::app {

ExitStatus print_configuration(Context& context, ConfigQuestion question) {
  if (question.settings.show_profiles && !question.settings.profiles.empty()) {
    throw Error(ErrorKind::usage, "--profile and --show-profiles cannot stand together")
        .with_hint("--show-profiles shows what all profiles say");
  }
  fill_surroundings(context, question.settings);
  find_pipeline(context, question.settings, question.source, context.err, context.quiet);
  base::EventLoop loop;
  RunConsole console(loop, context.out, context.err, RunStyle::weir, context.quiet, nullptr);
  engine::Session session(loop, question.settings, console, engine::make_uuid());
  const std::string text = session.configuration(question.form);
  if (question.value.empty()) {
    context.out.write(text);
    return ExitStatus::ok;
  }
  const auto value = session.configured(question.value);
  if (!value) {
    throw Error(ErrorKind::not_found,
                fmt::format("the configuration has no setting '{}'", question.value));
  }
  context.out.line(*value);
  return ExitStatus::ok;
}

}  // namespace weir::app
