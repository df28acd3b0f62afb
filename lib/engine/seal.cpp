#include "engine/seal.hpp"

#include "base/text.hpp"
#include "engine/internal/record_text.hpp"

#include <algorithm>
#include <charconv>
#include <concepts>

namespace weir::engine {
namespace {

using internal::append_escaped;
using internal::append_number;
using internal::unescaped;

/// Puts records together.
class Records {
 public:
  explicit Records(std::string head) : text_(std::move(head)) {}

  template <typename... Fields>
  void add(std::string_view kind, const Fields&... fields) {
    text_ += kind;
    (field(fields), ...);
    text_ += '\n';
  }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  void field(std::string_view text) {
    text_ += '\t';
    append_escaped(text_, text);
  }
  void field(const std::string& text) { field(std::string_view(text)); }
  void field(const base::Hash128& hash) { field(hash.hex()); }
  template <std::integral Number>
  void field(Number number) {
    text_ += '\t';
    append_number(text_, number);
  }

  std::string text_;
};

template <typename Number>
bool parse_number(std::string_view text, Number& number, int radix = 10) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, radix);
  return error == std::errc() && end == text.data() + text.size();
}

bool parse_hash(std::string_view text, base::Hash128& hash) {
  return text.size() == 32 && parse_number(text.substr(0, 16), hash.high, 16) &&
         parse_number(text.substr(16), hash.low, 16);
}

/// The last line: "end", a tab, the hash, a newline.
constexpr std::size_t k_end_bytes = 4 + 32 + 1;

using Fields = std::vector<std::string_view>;

bool read_usage(const Fields& fields, TaskUsage& usage) {
  return fields.size() == 8 && parse_number(fields[1], usage.submit_ms) &&
         parse_number(fields[2], usage.start_ms) && parse_number(fields[3], usage.complete_ms) &&
         parse_number(fields[4], usage.realtime_ms) && parse_number(fields[5], usage.user_us) &&
         parse_number(fields[6], usage.system_us) && parse_number(fields[7], usage.peak_rss_bytes);
}

bool read_file(const Fields& fields, std::vector<SealedFile>& files) {
  SealedFile file;
  const bool good = fields.size() == 6 && parse_number(fields[1], file.output) &&
                    (fields[2] == "f" || fields[2] == "d") &&
                    parse_number(fields[3], file.size_bytes) &&
                    parse_number(fields[4], file.mtime_ns);
  if (!good) return false;
  file.is_folder = fields[2] == "d";
  file.name = unescaped(fields[5]);
  files.push_back(std::move(file));
  return true;
}

bool read_key(const Fields& fields, std::vector<KeyComponent>& key) {
  KeyComponent component;
  if (fields.size() != 4 || !parse_hash(fields[1], component.hash)) return false;
  component.name = unescaped(fields[2]);
  component.shown = unescaped(fields[3]);
  key.push_back(std::move(component));
  return true;
}

bool read_record(const Fields& fields, Seal& seal) {
  const std::string_view kind = fields[0];
  if (kind == "usage") return read_usage(fields, seal.usage);
  if (kind == "file") return read_file(fields, seal.files);
  if (kind == "key") return read_key(fields, seal.key);
  if (kind == "missing" && fields.size() == 1) {
    seal.env.emplace_back();
    return true;
  }
  if (fields.size() != 2) return false;
  if (kind == "attempt") return parse_number(fields[1], seal.attempt);
  if (kind == "exit") return parse_number(fields[1], seal.exit_status);
  if (kind == "declaration") return parse_hash(fields[1], seal.declaration);
  if (kind == "task") seal.task = unescaped(fields[1]);
  if (kind == "context") seal.context = unescaped(fields[1]);
  if (kind == "env") seal.env.emplace_back(unescaped(fields[1]));
  if (kind == "eval") seal.eval.push_back(unescaped(fields[1]));
  return true;  // records that a later minor addition brings are passed over
}

std::string header() {
  return "weir-seal " + std::to_string(k_seal_version);
}

const KeyComponent* find(const std::vector<KeyComponent>& key, const std::string& name) {
  const auto found = std::find_if(key.begin(), key.end(),
                                  [&](const KeyComponent& part) { return part.name == name; });
  return found == key.end() ? nullptr : &*found;
}

}  // namespace

std::string encode_seal(const Seal& seal) {
  const TaskUsage& usage = seal.usage;
  Records records(header() + "\n");
  records.add("task", seal.task);
  records.add("attempt", seal.attempt);
  records.add("exit", seal.exit_status);
  records.add("usage", usage.submit_ms, usage.start_ms, usage.complete_ms, usage.realtime_ms,
              usage.user_us, usage.system_us, usage.peak_rss_bytes);
  records.add("declaration", seal.declaration);
  for (const SealedFile& file : seal.files) {
    records.add("file", file.output, std::string_view(file.is_folder ? "d" : "f"), file.size_bytes,
                file.mtime_ns, file.name);
  }
  for (const auto& value : seal.env) value ? records.add("env", *value) : records.add("missing");
  for (const std::string& value : seal.eval) records.add("eval", value);
  if (!seal.context.empty()) records.add("context", seal.context);
  for (const KeyComponent& part : seal.key) records.add("key", part.hash, part.name, part.shown);
  const std::string text = records.take();
  return text + "end\t" + base::fast_hash(text).hex() + "\n";
}

bool is_whole_seal(std::string_view bytes) {
  return bytes.size() >= k_end_bytes && bytes.ends_with('\n') &&
         bytes.substr(bytes.size() - k_end_bytes).starts_with("end\t");
}

std::optional<Seal> decode_seal(std::string_view bytes) {
  // The last line's hash covers all before it: a file that was cut short or changed does not fit.
  if (bytes.size() < k_end_bytes || !bytes.ends_with('\n')) return std::nullopt;
  const std::string_view body = bytes.substr(0, bytes.size() - k_end_bytes);
  const std::string_view end = bytes.substr(body.size(), k_end_bytes - 1);
  if (end != "end\t" + base::fast_hash(body).hex()) return std::nullopt;

  Seal seal;
  bool first = true;
  for (const std::string_view line : base::split(body, '\n')) {
    if (first) {
      if (line != header()) return std::nullopt;
      first = false;
    } else if (!line.empty() && !read_record(base::split(line, '\t'), seal)) {
      return std::nullopt;
    }
  }
  return seal;
}

base::Hash128 declaration_hash(const TaskSpec& spec) {
  base::FastHasher hasher;
  const auto add_number = [&](std::int64_t number) {
    hasher.update_u64(static_cast<std::uint64_t>(number));
  };
  for (const PathOutput& output : spec.path_outputs) {
    add_number(static_cast<std::int64_t>(output.patterns.size()));
    for (const std::string& pattern : output.patterns) hasher.update_sized(pattern);
    const std::uint64_t flags = (output.glob ? 1U : 0U) | (output.hidden ? 2U : 0U) |
                                (output.follow_links ? 4U : 0U) |
                                (output.include_inputs ? 8U : 0U) | (output.optional ? 16U : 0U);
    hasher.update_u64(flags);
    add_number(output.type ? static_cast<std::int64_t>(*output.type) : -1);
    add_number(output.max_depth);
    const Arity arity = output.arity.value_or(Arity{.min = -1, .max = -1});
    add_number(arity.min);
    add_number(arity.max);
  }
  for (const std::string& name : spec.env_outputs) hasher.update_sized(name);
  for (const EvalOutput& output : spec.eval_outputs) hasher.update_sized(output.name);
  return hasher.finish();
}

std::vector<KeyDifference> compare_keys(const std::vector<KeyComponent>& before,
                                        const std::vector<KeyComponent>& after) {
  std::vector<KeyDifference> differences;
  for (const KeyComponent& part : before) {
    const KeyComponent* now = find(after, part.name);
    if (now == nullptr) {
      differences.push_back({part.name, part.shown, ""});
    } else if (now->hash != part.hash) {
      differences.push_back({part.name, part.shown, now->shown});
    }
  }
  for (const KeyComponent& part : after) {
    if (find(before, part.name) == nullptr) differences.push_back({part.name, "", part.shown});
  }
  return differences;
}

}  // namespace weir::engine
