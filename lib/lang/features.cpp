#include "lang/features.hpp"

#include "lang/ast_visitor.hpp"
#include "lang/codes.hpp"
#include "lang/vocabulary.hpp"

#include <fmt/format.h>

namespace weir::lang {
namespace {

std::string_view text_of(InputKind kind) {
  switch (kind) {
    case InputKind::val: return "val";
    case InputKind::path: return "path";
    case InputKind::file: return "file";
    case InputKind::env: return "env";
    case InputKind::standard_input: return "stdin";
    case InputKind::tuple: return "tuple";
    case InputKind::each: return "each";
    case InputKind::typed: return "typed";
  }
  return "";
}

std::string_view text_of(OutputKind kind) {
  switch (kind) {
    case OutputKind::val: return "val";
    case OutputKind::path: return "path";
    case OutputKind::file: return "file";
    case OutputKind::env: return "env";
    case OutputKind::eval: return "eval";
    case OutputKind::standard_output: return "stdout";
    case OutputKind::tuple: return "tuple";
    case OutputKind::typed: return "typed";
  }
  return "";
}

class Collector final : public AstVisitor {
 public:
  explicit Collector(const Names& names) : names_(names) {}
  using AstVisitor::visit;

  void visit(const Expr& node) override {
    if (node.kind == ExprKind::closure) {
      ++closures_;
      AstVisitor::visit(node);
      --closures_;
      return;
    }
    if (node.kind == ExprKind::call) call(node.as<CallExpr>());
    if (node.kind == ExprKind::variable &&
        node.as<VariableExpr>().binding.kind == BindingKind::channel_operator) {
      add(FeatureKind::channel_operator, names_.text(node.as<VariableExpr>().name), node.span);
    }
    AstVisitor::visit(node);
  }

  void visit(const Directive& node) override {
    add(in_output_ ? FeatureKind::output_directive : FeatureKind::directive, names_.text(node.name),
        node.name_span);
    AstVisitor::visit(node);
  }

  void visit(const ProcessInput& node) override {
    add(FeatureKind::input_qualifier, text_of(node.kind), node.span);
    AstVisitor::visit(node);
  }

  void visit(const ProcessOutput& node) override {
    add(FeatureKind::output_qualifier, text_of(node.kind), node.span);
    AstVisitor::visit(node);
  }

  void visit(const Declaration& node) override {
    switch (node.kind) {
      case DeclKind::include:
        if (const auto& include = node.as<IncludeDecl>(); !include.plugin.empty()) {
          for (const IncludeEntry& entry : include.entries) {
            features_.push_back({FeatureKind::plugin_function, names_.text(entry.name), entry.span,
                                 include.plugin});
          }
        }
        break;
      case DeclKind::params_block: add(FeatureKind::block, "params", node.name_span); break;
      case DeclKind::output_block: add(FeatureKind::block, "output", node.name_span); break;
      case DeclKind::record: add(FeatureKind::block, "record", node.name_span); break;
      case DeclKind::enumeration: add(FeatureKind::block, "enum", node.name_span); break;
      case DeclKind::process: process_sections(node.as<ProcessDecl>()); break;
      case DeclKind::workflow: workflow_sections(node.as<WorkflowDecl>()); break;
      default: break;
    }
    in_workflow_ = node.kind == DeclKind::workflow;
    in_output_ = node.kind == DeclKind::output_block;
    AstVisitor::visit(node);
  }

  std::vector<Feature> take() { return std::move(features_); }

 private:
  void add(FeatureKind kind, std::string_view name, Span span) {
    features_.push_back({kind, name, span});
  }

  void call(const CallExpr& node) {
    const std::string_view name = names_.text(node.name);
    if (node.object == nullptr) {
      if (node.target.kind == BindingKind::builtin)
        add(FeatureKind::function, name, node.name_span);
      if (node.target.kind == BindingKind::channel_operator)
        add(FeatureKind::channel_operator, name, node.name_span);
      return;
    }
    const bool factory = node.object->kind == ExprKind::variable &&
                         node.object->as<VariableExpr>().binding.kind == BindingKind::implicit &&
                         node.object->as<VariableExpr>().binding.slot ==
                             static_cast<std::uint32_t>(ImplicitName::channel);
    if (factory) {
      add(FeatureKind::channel_factory, name, node.name_span);
    } else if (in_workflow_ && closures_ == 0 && !is_of_numbers(node) &&
               find_function(channel_operators(), name) != nullptr) {
      add(FeatureKind::channel_operator, name, node.name_span);
    }
  }

  /// `3.times { … }`, and not `p.recurse(x).times(3)`.
  [[nodiscard]] bool is_of_numbers(const CallExpr& node) const {
    return names_.text(node.name) == "times" && node.arguments.size() == 1 &&
           node.arguments.front()->kind == ExprKind::closure;
  }

  void process_sections(const ProcessDecl& node) {
    if (node.when != nullptr) add(FeatureKind::section, "when", node.when->span);
    if (node.stub != nullptr) add(FeatureKind::section, "stub", node.stub_span);
    if (node.script_kind == ScriptKind::exec) add(FeatureKind::section, "exec", node.script_span);
    if (node.script_kind == ScriptKind::shell) add(FeatureKind::section, "shell", node.script_span);
    if (!node.stages.empty()) add(FeatureKind::section, "stage", node.stages.front()->span);
    if (!node.topics.empty()) add(FeatureKind::section, "topic", node.topics.front()->span);
  }

  void workflow_sections(const WorkflowDecl& node) {
    if (!node.publishers.empty())
      add(FeatureKind::section, "publish", node.publishers.front().span);
    if (node.on_complete != nullptr)
      add(FeatureKind::section, "onComplete", node.on_complete->span);
    if (node.on_error != nullptr) add(FeatureKind::section, "onError", node.on_error->span);
  }

  const Names& names_;
  std::vector<Feature> features_;
  int closures_ = 0;
  bool in_workflow_ = false;
  bool in_output_ = false;
};

}  // namespace

std::vector<Feature> features_of(const Program& program, const Names& names) {
  Collector collector(names);
  for (const auto& module : program.modules) {
    for (const Declaration* declaration : module->declarations) collector.visit(*declaration);
  }
  return collector.take();
}

std::string_view description_of(FeatureKind kind) {
  switch (kind) {
    case FeatureKind::channel_operator: return "the channel operator";
    case FeatureKind::channel_factory: return "the channel factory";
    case FeatureKind::function: return "the function";
    case FeatureKind::plugin_function: return "the plug-in function";
    case FeatureKind::directive: return "the process directive";
    case FeatureKind::output_directive: return "the output setting";
    case FeatureKind::input_qualifier: return "the input qualifier";
    case FeatureKind::output_qualifier: return "the output qualifier";
    case FeatureKind::section: return "the section";
    case FeatureKind::block: return "the declaration";
  }
  return "";
}

void check_support(const Program& program, const Names& names, const Support& support,
                   Diagnostics& diagnostics) {
  for (const Feature& feature : features_of(program, names)) {
    if (support.supports(feature)) continue;
    Diagnostic& diagnostic =
        diagnostics.error(Code::unsupported_name, feature.span,
                          fmt::format("{} `{}` is not supported by this version of weir",
                                      description_of(feature.kind), feature.name));
    if (feature.kind == FeatureKind::plugin_function) {
      diagnostic.note(fmt::format(
          "the plug-in `{}` needs Java; weir has its own form of nf-schema's functions alone",
          feature.plugin));
    }
  }
  diagnostics.sort();
}

}  // namespace weir::lang
