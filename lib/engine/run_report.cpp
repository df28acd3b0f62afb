#include "engine/run_report.hpp"

#include "base/clock.hpp"
#include "base/text.hpp"
#include "dataflow/graph.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace weir::engine {
namespace {

constexpr std::string_view k_style =
    "<style>body{font:14px sans-serif;margin:2em}table{border-collapse:collapse}td,th{padding:.2em "
    ".7em;"
    "text-align:left;border-bottom:1px solid "
    "#ddd}td.n{text-align:right}.FAILED{color:#b00}.bar{height:1em;"
    "background:#59a}.row{display:grid;grid-template-columns:22em 1fr;gap:.5em;margin:.15em "
    "0}</style>";

std::string escape_html(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&': result += "&amp;"; break;
      case '<': result += "&lt;"; break;
      case '>': result += "&gt;"; break;
      case '"': result += "&quot;"; break;
      default: result += c;
    }
  }
  return result;
}

std::string page(const std::string& title, const std::string& body) {
  return fmt::format(
      "<!doctype html>\n<html><head><meta "
      "charset=\"utf-8\"><title>{0}</title>{1}</head>\n<body><h1>{0}</h1>\n{2}</body></html>\n",
      escape_html(title), k_style, body);
}

std::string duration_text(std::int64_t millis) {
  return base::format_duration(std::chrono::milliseconds(millis));
}

std::string summary(const ReportFacts& facts) {
  std::string text = fmt::format(
      "<p>Run <b>{}</b> {}. Started {}, took {}.</p>\n<p><code>{}</code></p>\n",
      escape_html(facts.run_name), facts.success ? "succeeded" : "<b class=FAILED>failed</b>",
      base::to_rfc3339(base::from_millis(facts.start_ms)),
      duration_text(facts.complete_ms - facts.start_ms), escape_html(facts.command_line));
  if (!facts.error.empty()) text += "<pre>" + escape_html(facts.error) + "</pre>\n";
  return text;
}

std::string_view status_word(TaskEvent::Kind kind) {
  switch (kind) {
    case TaskEvent::Kind::completed: return "COMPLETED";
    case TaskEvent::Kind::cached: return "CACHED";
    case TaskEvent::Kind::stored: return "STORED";
    case TaskEvent::Kind::failed: return "FAILED";
    case TaskEvent::Kind::aborted: return "ABORTED";
    default: return "";
  }
}

std::string label_text(std::string_view text) {
  std::string result;
  for (const char c : text) result += c == '"' ? '\'' : c;
  return "\"" + result + "\"";
}

/// The edges of a graph, nodes numbered in order of creation.
struct Edges {
  explicit Edges(const dataflow::Graph& graph) {
    std::map<const dataflow::Node*, std::size_t> numbers;
    for (const auto& node : graph.nodes()) numbers.emplace(node.get(), numbers.size());
    for (const auto& node : graph.nodes()) {
      for (std::size_t i = 0; i < node->output_count(); ++i) {
        for (const dataflow::Node* const reader : node->output(i)->readers()) {
          list.emplace_back(numbers.at(node.get()), numbers.at(reader));
        }
      }
    }
  }
  std::vector<std::pair<std::size_t, std::size_t>> list;
};

std::string mermaid(const dataflow::Graph& graph) {
  std::string text = "flowchart TB\n";
  std::size_t number = 0;
  for (const auto& node : graph.nodes())
    text += fmt::format("  n{}[{}]\n", number++, label_text(node->name()));
  for (const auto& [from, to] : Edges(graph).list) text += fmt::format("  n{} --> n{}\n", from, to);
  return text;
}

std::string dot(const dataflow::Graph& graph) {
  std::string text = "digraph pipeline {\n";
  std::size_t number = 0;
  for (const auto& node : graph.nodes())
    text += fmt::format("  n{} [label={}];\n", number++, label_text(node->name()));
  for (const auto& [from, to] : Edges(graph).list) text += fmt::format("  n{} -> n{};\n", from, to);
  return text + "}\n";
}

}  // namespace

void RunReport::on_task(const TaskEvent& event) {
  const std::string_view status = status_word(event.kind);
  if (status.empty()) return;
  rows_.push_back({event.id, std::string(event.name), short_hash(event.hash), std::string(status),
                   event.exit_status, event.resources.cpus, event.resources.memory_bytes,
                   event.usage});
}

std::string RunReport::report(const ReportFacts& facts) const {
  std::string body = summary(facts);
  body +=
      "<h2>Tasks</h2>\n<table><tr><th>task</th><th>name</th><th>hash</th><th>status</th><th>exit</"
      "th><th>cpus</th>"
      "<th>memory</th><th>time</th><th>CPU time</th><th>peak memory</th></tr>\n";
  for (const Row& row : rows_) {
    body += fmt::format(
        "<tr><td class=n>{}</td><td>{}</td><td>{}</td><td class={}>{}</td><td class=n>{}</td>"
        "<td class=n>{}</td><td class=n>{}</td><td class=n>{}</td><td class=n>{}</td><td "
        "class=n>{}</td></tr>\n",
        row.id, escape_html(row.name), row.hash, row.status, row.status,
        row.exit_status < 0 ? "-" : fmt::format("{}", row.exit_status), row.cpus,
        row.memory_bytes == 0 ? "-" : base::format_bytes(row.memory_bytes),
        duration_text(row.usage.realtime_ms),
        duration_text((row.usage.user_us + row.usage.system_us) / 1000),
        base::format_bytes(row.usage.peak_rss_bytes));
  }
  return page("Run report", body + "</table>\n");
}

std::string RunReport::timeline(const ReportFacts& facts) const {
  const double whole =
      static_cast<double>(std::max<std::int64_t>(1, facts.complete_ms - facts.start_ms));
  const auto share = [&](std::int64_t millis) {
    return 100.0 * static_cast<double>(millis) / whole;
  };
  std::string body = summary(facts) + "<h2>Timeline</h2>\n";
  for (const Row& row : rows_) {
    const std::int64_t begin = std::max<std::int64_t>(0, row.usage.submit_ms - facts.start_ms);
    const std::int64_t end = std::max(begin, row.usage.complete_ms - facts.start_ms);
    if (row.usage.submit_ms == 0) continue;
    body += fmt::format(
        "<div class=row><span>{} <small>{}</small></span><div><div class=bar "
        "style=\"margin-left:{:.2f}%;"
        "width:{:.2f}%\"></div></div></div>\n",
        escape_html(row.name), duration_text(end - begin), share(begin),
        std::max(0.2, share(end - begin)));
  }
  return page("Timeline", body);
}

std::string graph_text(const dataflow::Graph& graph, const std::string& file_name,
                       const std::string& title) {
  if (file_name.ends_with(".dot")) return dot(graph);
  if (file_name.ends_with(".mmd")) return mermaid(graph);
  return page(title, "<pre class=\"mermaid\">\n" + escape_html(mermaid(graph)) + "</pre>\n");
}

}  // namespace weir::engine
