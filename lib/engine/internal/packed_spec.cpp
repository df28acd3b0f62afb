#include "engine/internal/packed_spec.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <cstring>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weir::engine {
namespace {

// The fields of what is packed. A structure that gets another field does not compile here before
// the field is named.

auto fields(StagedInput& input) {
  auto& [source, stage_name] = input;
  return std::tie(source, stage_name);
}

auto fields(RemoteInput& input) {
  auto& [copy, uri] = input;
  return std::tie(copy, uri);
}

auto fields(EvalOutput& output) {
  auto& [name, command] = output;
  return std::tie(name, command);
}

auto fields(KeyPart& part) {
  auto& [name, text, has_files] = part;
  return std::tie(name, text, has_files);
}

auto fields(Arity& arity) {
  auto& [min, max] = arity;
  return std::tie(min, max);
}

auto fields(Resources& resources) {
  auto& [cpus, memory, disk, accelerators, accelerator_type, time] = resources;
  return std::tie(cpus, memory, disk, accelerators, accelerator_type, time);
}

auto fields(PathOutput& output) {
  auto& [patterns, glob, hidden, follow_links, include_inputs, optional, type, max_depth, arity] =
      output;
  return std::tie(patterns, glob, hidden, follow_links, include_inputs, optional, type, max_depth,
                  arity);
}

auto fields(TaskSpec& spec) {
  auto& [process, name, tag, index, attempt, source_place, script, native, shell, stdin_text,
         inputs, remote, stage_in_mode, environment, secrets, before_script,
         after_script, store_dir, scratch, queue, stage_out_mode, stage_bytes_max, path_outputs,
         env_outputs, eval_outputs, stdout_output, debug, resources, publish, valid_exits, cache,
         key, context, container, container_settings, container_options, container_platform,
         image_pull, conda, conda_setup, modules] = spec;
  static_cast<void>(native);  // objects, which are kept beside the bytes
  static_cast<void>(publish);
  static_cast<void>(container_settings);
  return std::tie(process, name, tag, index, attempt, source_place, script, shell, stdin_text,
                  inputs, remote, stage_in_mode, environment, secrets, before_script,
                  after_script, store_dir, scratch, queue, stage_out_mode, stage_bytes_max,
                  path_outputs, env_outputs, eval_outputs, stdout_output, debug, resources,
                  valid_exits, cache, key, context, container, container_options,
                  container_platform, image_pull, conda, conda_setup, modules);
}

class Writer {
 public:
  std::uint64_t number(std::uint64_t value, std::uint64_t like) {
    const auto difference = static_cast<std::int64_t>(value - like);
    put((static_cast<std::uint64_t>(difference) << 1) ^
        static_cast<std::uint64_t>(difference >> 63));
    return value;
  }

  void text(const std::string& value, const std::string& like) {
    if (value == like) return put(0);
    const std::size_t shorter = std::min(value.size(), like.size());
    const auto same_end =
        std::mismatch(value.begin(), value.begin() + as_offset(shorter), like.begin());
    const auto begin = static_cast<std::size_t>(same_end.first - value.begin());
    std::size_t end = 0;
    while (end < shorter - begin && value[value.size() - 1 - end] == like[like.size() - 1 - end])
      ++end;
    const std::size_t middle = value.size() - begin - end;
    put(begin + 1);
    put(end);
    put(middle);
    out_.append(value, begin, middle);
  }

  [[nodiscard]] std::string take() {
    out_.shrink_to_fit();
    return std::move(out_);
  }

 private:
  static std::ptrdiff_t as_offset(std::size_t size) { return static_cast<std::ptrdiff_t>(size); }
  void put(std::uint64_t value) {  // seven bits a byte, the lowest first
    for (; value >= 0x80; value >>= 7) out_.push_back(static_cast<char>(value | 0x80));
    out_.push_back(static_cast<char>(value));
  }

  std::string out_;
};

class Reader {
 public:
  explicit Reader(const std::string& bytes) : bytes_(bytes) {}

  std::uint64_t number(std::uint64_t, std::uint64_t like) {
    const std::uint64_t zigzag = get();
    return like + ((zigzag >> 1) ^ (~(zigzag & 1) + 1));
  }

  void text(std::string& value, const std::string& like) {
    const std::uint64_t head = get();
    if (head == 0) {
      value = like;
      return;
    }
    const std::size_t begin = head - 1;
    const std::size_t end = get();
    const std::size_t middle = get();
    value.assign(like, 0, begin);
    value.append(bytes_, at_, middle);
    value.append(like, like.size() - end, end);
    at_ += middle;
  }

 private:
  std::uint64_t get() {
    std::uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes_.at(at_++));
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) == 0) return value;
    }
  }

  const std::string& bytes_;
  std::size_t at_ = 0;
};

/// Takes `value` through a Writer or a Reader, field by field; `like` is the same in both.
template <typename Coder>
class Traversal {
 public:
  explicit Traversal(Coder& coder) : coder_(coder) {}

  void code(std::string& value, std::string& like) { coder_.text(value, like); }

  void code(double& value, double& like) {
    std::uint64_t bits = 0;
    std::uint64_t bits_like = 0;
    std::memcpy(&bits, &value, sizeof bits);
    std::memcpy(&bits_like, &like, sizeof bits_like);
    bits = coder_.number(bits, bits_like);
    std::memcpy(&value, &bits, sizeof bits);
  }

  void code(std::chrono::milliseconds& value, std::chrono::milliseconds& like) {
    auto count = value.count();
    auto count_like = like.count();
    code(count, count_like);
    value = std::chrono::milliseconds(count);
  }

  template <typename T>
  void code(T& value, T& like) {
    if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
      value = static_cast<T>(
          coder_.number(static_cast<std::uint64_t>(value), static_cast<std::uint64_t>(like)));
    } else {
      code_fields(fields(value), fields(like));
    }
  }

  template <typename T>
  void code(std::optional<T>& value, std::optional<T>& like) {
    bool has = value.has_value();
    bool has_like = like.has_value();
    code(has, has_like);
    if (!has) return value.reset();
    if (!value) value.emplace();
    T none{};
    code(*value, like ? *like : none);
  }

  template <typename T>
  void code(std::vector<T>& value, std::vector<T>& like) {
    std::size_t count = value.size();
    std::size_t count_like = like.size();
    code(count, count_like);
    value.resize(count);
    T none{};
    for (std::size_t i = 0; i < count; ++i) code(value[i], i < like.size() ? like[i] : none);
  }

  template <typename Key, typename T>
  void code(std::map<Key, T>& value, std::map<Key, T>& like) {
    std::vector<std::pair<Key, T>> list(value.begin(), value.end());
    std::vector<std::pair<Key, T>> list_like(like.begin(), like.end());
    code(list, list_like);
    value = {std::make_move_iterator(list.begin()), std::make_move_iterator(list.end())};
  }

  template <typename First, typename Second>
  void code(std::pair<First, Second>& value, std::pair<First, Second>& like) {
    code(value.first, like.first);
    code(value.second, like.second);
  }

 private:
  template <typename... T>
  void code_fields(std::tuple<T&...> value, std::tuple<T&...> like) {
    code_each(value, like, std::index_sequence_for<T...>());
  }
  template <typename Fields, std::size_t... I>
  void code_each(Fields& value, Fields& like, std::index_sequence<I...>) {
    (code(std::get<I>(value), std::get<I>(like)), ...);
  }

  Coder& coder_;
};

}  // namespace

PackedSpec::PackedSpec(TaskSpec spec, std::shared_ptr<TaskSpec> like) : like_(std::move(like)) {
  Writer writer;
  Traversal(writer).code(spec, *like_);
  bytes_ = writer.take();
  if (spec.native || !spec.publish.empty() ||
      spec.container_settings != like_->container_settings) {
    objects_ = std::make_unique<Objects>();
    objects_->native = std::move(spec.native);
    objects_->publish = std::move(spec.publish);
    objects_->container_settings = std::move(spec.container_settings);
  }
}

TaskSpec PackedSpec::unpack() {
  TaskSpec spec;
  Reader reader(bytes_);
  Traversal(reader).code(spec, *like_);
  spec.container_settings = like_->container_settings;
  if (objects_) {
    spec.native = std::move(objects_->native);
    spec.publish = std::move(objects_->publish);
    spec.container_settings = std::move(objects_->container_settings);
  }
  return spec;
}

std::shared_ptr<TaskSpec> PackedSpec::pattern_of(const TaskSpec& spec) {
  auto pattern = std::make_shared<TaskSpec>(spec);
  pattern->native = nullptr;
  pattern->publish.clear();
  return pattern;
}

}  // namespace weir::engine
