#include "engine/internal/packed_spec.hpp"

#include <doctest/doctest.h>

using namespace weir;
using engine::PackedSpec;
using engine::TaskSpec;

TEST_SUITE_BEGIN("packed specs");

namespace {

TaskSpec plain(int number) {
  const std::string text = std::to_string(number);
  TaskSpec spec;
  spec.process = 3;
  spec.name = "ALIGN (sample_" + text + ")";
  spec.tag = "sample_" + text;
  spec.index = number;
  spec.script = "bwa mem -t 4 genome.fa sample_" + text + ".fq.gz | samtools sort -o out.bam";
  spec.inputs = {{"/data/genome.fa", "genome.fa"}, {"/data/s" + text + ".fq.gz", "s.fq.gz"}};
  spec.environment = {{"A", "1"}, {"NUMBER", text}};
  spec.path_outputs.resize(1);
  spec.path_outputs[0].patterns = {"out.bam"};
  spec.key = {{"process", "ALIGN", false}, {"input reads", "/data/s" + text + ".fq.gz", true}};
  return spec;
}

/// Every field another value than `plain` has.
TaskSpec full() {
  TaskSpec spec = plain(70000);
  spec.attempt = 3;
  spec.source_place = "main.nf:12";
  spec.shell = {"/bin/sh"};
  spec.stdin_text = "typed\n";
  spec.stage_in_mode = engine::StageMode::copy;
  spec.remote = {{"/scratch/fetched/ab/x.bam", "s3://data/x.bam"}};
  spec.secrets = {{"TOKEN", "x"}};
  spec.before_script = "module load";
  spec.after_script = "echo done";
  spec.store_dir = "/store";
  spec.scratch = "ram-disk";
  spec.queue = "long";
  spec.stage_out_mode = engine::StageOutMode::move;
  spec.stage_bytes_max = 5;
  engine::PathOutput output;
  output.patterns = {"*.bai", "*.csi"};
  output.hidden = output.optional = true;
  output.glob = false;
  output.type = engine::PathOutput::Type::directory;
  output.max_depth = 4;
  output.arity = engine::Arity{.min = 0, .max = -1};
  spec.path_outputs.push_back(output);
  spec.env_outputs = {"VERSION"};
  spec.eval_outputs = {{"nxf_out_eval_1", "bwa 2>&1"}};
  spec.stdout_output = spec.debug = true;
  spec.resources = {2.5, std::int64_t{1} << 40, -1, 2, "gpu", std::chrono::milliseconds(90000)};
  spec.valid_exits = {0, 1, -7};
  spec.cache = engine::CacheMode::deep;
  spec.context = std::string("\0\x1f\xff", 3);
  spec.container = "quay.io/x:1";
  spec.container_options = "--shm-size 1g";
  spec.container_platform = "linux/arm64";
  spec.image_pull = "pull";
  spec.conda = "/envs/x";
  spec.conda_setup = "conda activate";
  spec.modules = {"bwa/0.7", "samtools"};
  return spec;
}

/// Against an empty spec everything stands in the bytes, so equal sizes both ways and equal fields
/// are the same spec.
void check_same(const TaskSpec& left, const TaskSpec& right) {
  CHECK(left.process == right.process);
  CHECK(left.name == right.name);
  CHECK(left.tag == right.tag);
  CHECK(left.index == right.index);
  CHECK(left.attempt == right.attempt);
  CHECK(left.script == right.script);
  CHECK(left.shell == right.shell);
  CHECK(left.stdin_text == right.stdin_text);
  CHECK(left.environment == right.environment);
  CHECK(left.secrets == right.secrets);
  CHECK(left.env_outputs == right.env_outputs);
  CHECK(left.valid_exits == right.valid_exits);
  CHECK(left.modules == right.modules);
  CHECK(left.context == right.context);
  CHECK(left.cache == right.cache);
  CHECK(left.stage_in_mode == right.stage_in_mode);
  CHECK(left.resources.cpus == right.resources.cpus);
  CHECK(left.resources.memory_bytes == right.resources.memory_bytes);
  CHECK(left.resources.disk_bytes == right.resources.disk_bytes);
  CHECK(left.resources.time == right.resources.time);
  REQUIRE(left.inputs.size() == right.inputs.size());
  for (std::size_t i = 0; i < left.inputs.size(); ++i) {
    CHECK(left.inputs[i].source == right.inputs[i].source);
    CHECK(left.inputs[i].stage_name == right.inputs[i].stage_name);
  }
  REQUIRE(left.remote.size() == right.remote.size());
  for (std::size_t i = 0; i < left.remote.size(); ++i) {
    CHECK(left.remote[i].copy == right.remote[i].copy);
    CHECK(left.remote[i].uri == right.remote[i].uri);
  }
  REQUIRE(left.key.size() == right.key.size());
  for (std::size_t i = 0; i < left.key.size(); ++i) {
    CHECK(left.key[i].name == right.key[i].name);
    CHECK(left.key[i].text == right.key[i].text);
    CHECK(left.key[i].has_files == right.key[i].has_files);
  }
  REQUIRE(left.path_outputs.size() == right.path_outputs.size());
  for (std::size_t i = 0; i < left.path_outputs.size(); ++i) {
    CHECK(left.path_outputs[i].patterns == right.path_outputs[i].patterns);
    CHECK(left.path_outputs[i].type == right.path_outputs[i].type);
    CHECK(left.path_outputs[i].max_depth == right.path_outputs[i].max_depth);
    CHECK(left.path_outputs[i].arity.has_value() == right.path_outputs[i].arity.has_value());
  }
  const auto empty = PackedSpec::pattern_of(TaskSpec());
  CHECK(PackedSpec(left, empty).size_bytes() == PackedSpec(right, empty).size_bytes());
}

}  // namespace

TEST_CASE("a spec is the same after it was packed, whatever it is compared with") {
  const std::vector<TaskSpec> specs{TaskSpec(), plain(1), plain(99), full()};
  for (const TaskSpec& like : specs) {
    for (const TaskSpec& spec : specs)
      check_same(PackedSpec(spec, PackedSpec::pattern_of(like)).unpack(), spec);
  }
}

TEST_CASE("tasks that are alike take few bytes") {
  const auto pattern = PackedSpec::pattern_of(plain(1));
  CHECK(PackedSpec(plain(4711), pattern).size_bytes() < 300);
}

TEST_CASE("callables and rules for publishing go through whole") {
  TaskSpec spec = plain(1);
  spec.native = [](const std::string& folder) { return folder + "!"; };
  spec.publish.resize(1);
  spec.publish[0].folder = "/results";
  spec.publish[0].save_as = [](const std::string& name) { return "x" + name; };
  const auto pattern = PackedSpec::pattern_of(spec);
  CHECK_FALSE(pattern->native);
  PackedSpec packed(std::move(spec), pattern);
  const TaskSpec back = packed.unpack();
  CHECK(back.native("f") == "f!");
  REQUIRE(back.publish.size() == 1);
  CHECK(back.publish[0].save_as("y") == "xy");
}

TEST_SUITE_END();
