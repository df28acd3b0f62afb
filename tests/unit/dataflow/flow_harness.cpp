#include "flow_harness.hpp"

#include "base/error.hpp"
#include "lang/semantics.hpp"

namespace weir::dataflow::test {
namespace {

class NoFiles final : public lang::SourceLoader {
 public:
  std::optional<std::string> read(const std::string&) override { return std::nullopt; }
};

}  // namespace

void FlowHarness::run(const std::string& script) {
  lang::Diagnostics diagnostics;
  NoFiles loader;
  program_ = lang::load_program({sources_, ast_, diagnostics, loader}, {{"main.nf", script}});
  if (diagnostics.has_errors())
    throw Error(ErrorKind::input, lang::render(diagnostics, sources_, lang::Colour::no));
  interpreter_ = std::make_unique<lang::Interpreter>(ast_, sources_, *this);
  flow_ = std::make_unique<Flow>(graph, *interpreter_, *this);
  const lang::WorkflowDecl& entry = *program_->main().entry;
  frame_ = std::make_unique<lang::Frame>(entry.frame_size);
  interpreter_->run(*entry.main, *frame_);
  flow_->finish_wiring();
  graph.run();
}

std::optional<Value> FlowHarness::global(lang::Interpreter&, std::string_view name) {
  if (name == "channel" || name == "Channel") return make_channel_namespace(*flow_);
  return std::nullopt;
}

std::optional<Value> FlowHarness::call_global(lang::Interpreter&, std::string_view name,
                                              const lang::Arguments& arguments) {
  if (name == "groupKey")
    return Value(lang::make<GroupKeyObject>(arguments[0], arguments[1].as_int64()));
  if (name == "branchCriteria" || name == "multiMapCriteria") return arguments[0];
  return std::nullopt;
}

void FlowHarness::exit(int status, std::string_view message) {
  throw Error(ErrorKind::failed, "exit " + std::to_string(status) + " " + std::string(message));
}

Place FlowHarness::here() {
  const lang::Span at = interpreter_->call_site();
  if (!at.known()) return {};
  const lang::LineColumn position = sources_.position(at.file, at.begin);
  return {std::string(sources_.name(at.file)), position.line, position.column};
}

std::vector<Value> FlowHarness::match_paths(const Value& pattern, const lang::MapObject*) {
  return {lang::make_path(memory.absolute(lang::to_text(pattern)))};
}

}  // namespace weir::dataflow::test
