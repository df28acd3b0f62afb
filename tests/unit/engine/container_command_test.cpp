#include "engine/container_command.hpp"

#include "engine/command_files.hpp"

#include <doctest/doctest.h>

#include <memory>

using namespace weir::engine;
using Words = std::vector<std::string>;

namespace {

ContainerSettings settings_of(ContainerEngine engine) {
  ContainerSettings settings;
  settings.engine = engine;
  settings.cache_dir = "/cache";
  return settings;
}

ContainerTask small_task() {
  ContainerTask task;
  task.image = "quay.io/bio/bwa:1";
  task.mounts = {"/w"};
  task.interpreter = {"/bin/bash", "-ue", "/w/ab/cd/.command.sh"};
  return task;
}

TaskSpec spec_in(ContainerSettings settings, const std::string& image) {
  TaskSpec spec;
  spec.name = "P (1)";
  spec.script = "echo hi";
  spec.container = image_reference(settings, image);
  spec.image_pull = pull_snippet(settings, image);
  spec.container_settings = std::make_shared<const ContainerSettings>(std::move(settings));
  spec.inputs = {{"/data/one/reads.fq", "reads.fq"}, {"/data/two/x/ref.fa", "ref.fa"}};
  return spec;
}

}  // namespace

TEST_SUITE("container command") {
  TEST_CASE("docker: the smallest command") {
    CHECK(container_command(settings_of(ContainerEngine::docker), small_task()) ==
          "docker run -i --cpu-shares 1024 -e \"NXF_TASK_WORKDIR\" -v /w:/w -w \"$PWD\" "
          "--name \"$weir_box\" quay.io/bio/bwa:1 /bin/bash -ue /w/ab/cd/.command.sh");
  }

  TEST_CASE("docker: everything that settings and directives can say, in its place") {
    ContainerSettings settings = settings_of(ContainerEngine::docker);
    settings.sudo = true;
    settings.tty = true;
    settings.engine_options = "--context far";
    settings.run_options = "-u $(id -u):$(id -g)";
    settings.mount_flags = "z";
    settings.temp = "auto";
    settings.forwarded = {"TOKEN"};
    ContainerTask task = small_task();
    task.cpus = 2.5;
    task.memory_bytes = std::int64_t{4} << 30;
    task.platform = "linux/arm64";
    task.options = "--gpus all";
    task.forwarded = {"SECRET"};
    task.in_scratch = true;
    task.exports = "export A='x y'\n";
    CHECK(container_command(settings, task) ==
          "sudo docker --context far run -i --cpu-shares 2560 --memory 4096m --platform "
          "linux/arm64 -t -e \"NXF_TASK_WORKDIR\" -e \"TOKEN\" -e \"SECRET\" -v "
          "\"$(mktemp -d)\":/tmp -v /w:/w:z -v \"$PWD\":\"$PWD\":z -w \"$PWD\" "
          "-u $(id -u):$(id -g) --gpus all --name \"$weir_box\" quay.io/bio/bwa:1 "
          "/bin/sh -c 'export A='\\''x y'\\''\nexec /bin/bash -ue /w/ab/cd/.command.sh'");
  }

  TEST_CASE("docker: cores as a limit, without shares, and inputs that cannot be written to") {
    ContainerSettings settings = settings_of(ContainerEngine::docker);
    settings.cpu_limits = true;
    settings.writable_inputs = false;
    const std::string limited = container_command(settings, small_task());
    CHECK(
        limited.starts_with("docker run -i --cpus 1 -e \"NXF_TASK_WORKDIR\" -v /w:/w:ro -v "
                            "\"$PWD\":\"$PWD\" -w \"$PWD\" "));
    settings.cpu_limits = false;
    settings.legacy = true;
    settings.mount_flags = "Z";
    const std::string old = container_command(settings, small_task());
    CHECK(
        old.starts_with("docker run -i -e \"NXF_TASK_WORKDIR\" -v /w:/w:ro,Z -v "
                        "\"$PWD\":\"$PWD\":Z -w \"$PWD\" "));
  }

  TEST_CASE("singularity in its OCI mode fetches the image itself") {
    ContainerSettings settings = settings_of(ContainerEngine::singularity);
    settings.oci_mode = true;
    settings.resource_limits = true;
    CHECK(image_reference(settings, "x/y:1") == "docker://x/y:1");
    CHECK(image_reference(settings, "/images/y.sif") == "/images/y.sif");
    CHECK(pull_snippet(settings, "x/y:1") == "weir_image=docker://x/y:1\n");
    const std::string text = container_command(settings, small_task());
    CHECK(text.find(" exec --no-home --oci --cpus 1 --pwd \"$PWD\" ") != std::string::npos);
    CHECK(text.find("${XDG_RUNTIME_DIR:+XDG_RUNTIME_DIR=\"$XDG_RUNTIME_DIR\"}") !=
          std::string::npos);
    settings.oci_mode = false;
    settings.oci_auto_pull = true;
    CHECK(image_reference(settings, "x/y:1") == "docker://x/y:1");
    CHECK(container_command(settings, small_task()).find(" --no-home --pid --no-oci ") !=
          std::string::npos);
  }

  TEST_CASE("podman is docker by another name") {
    const std::string text = container_command(settings_of(ContainerEngine::podman), small_task());
    CHECK(text.starts_with("podman run -i --cpu-shares 1024 -e \"NXF_TASK_WORKDIR\" -v /w:/w"));
  }

  TEST_CASE("singularity and apptainer: a clean environment, and the image's file") {
    ContainerTask task = small_task();
    task.forwarded = {"SECRET"};
    CHECK(container_command(settings_of(ContainerEngine::singularity), task) ==
          "env - PATH=\"$PATH\" ${TMP:+SINGULARITYENV_TMP=\"$TMP\"} "
          "${TMPDIR:+SINGULARITYENV_TMPDIR=\"$TMPDIR\"} "
          "${XDG_RUNTIME_DIR:+SINGULARITYENV_XDG_RUNTIME_DIR=\"$XDG_RUNTIME_DIR\"} "
          "SINGULARITYENV_NXF_TASK_WORKDIR=\"$NXF_TASK_WORKDIR\" "
          "${SECRET:+SINGULARITYENV_SECRET=\"$SECRET\"} singularity exec --no-home --pid --pwd "
          "\"$PWD\" -B /w \"$weir_image\" /bin/bash -ue /w/ab/cd/.command.sh");
    const std::string text =
        container_command(settings_of(ContainerEngine::apptainer), small_task());
    CHECK(text.find(" APPTAINERENV_NXF_TASK_WORKDIR=\"$NXF_TASK_WORKDIR\" apptainer exec ") !=
          std::string::npos);
  }

  TEST_CASE("a registry is put before images that name none") {
    ContainerSettings settings = settings_of(ContainerEngine::docker);
    settings.registry = "quay.io";
    CHECK(image_reference(settings, "biocontainers/bwa:1") == "quay.io/biocontainers/bwa:1");
    CHECK(image_reference(settings, "ubuntu") == "quay.io/ubuntu");
    CHECK(image_reference(settings, "docker.io/library/ubuntu") == "docker.io/library/ubuntu");
    CHECK(image_reference(settings, "localhost:5000/x") == "localhost:5000/x");
    settings.registry_override = true;
    CHECK(image_reference(settings, "docker.io/library/ubuntu") == "quay.io/library/ubuntu");
  }

  TEST_CASE("an image file is named by its image and got once, under a lock") {
    const ContainerSettings settings = settings_of(ContainerEngine::singularity);
    CHECK(image_reference(settings, "quay.io/bio/bwa:1") == "/cache/quay.io-bio-bwa-1.img");
    CHECK(image_reference(settings, "https://depot.org/singularity/bwa:1--h5") ==
          "/cache/depot.org-singularity-bwa-1--h5.img");
    CHECK(image_reference(settings, "/images/own.sif") == "/images/own.sif");
    CHECK(image_reference(settings, "file:///images/own.sif") == "/images/own.sif");
    CHECK(pull_snippet(settings, "/images/own.sif") == "weir_image=/images/own.sif\n");
    const std::string text = pull_snippet(settings, "quay.io/bio/bwa:1");
    CHECK(text.find("singularity pull \"$weir_image.part\" docker://quay.io/bio/bwa:1") !=
          std::string::npos);
    CHECK(text.find("flock 9") != std::string::npos);
    CHECK(pull_snippet(settings_of(ContainerEngine::docker), "x").empty());
  }

  TEST_CASE("mounts are the parents of what is read, none twice") {
    CHECK(mount_folders({"/a/b/x", "/a/b/y", "/a/b/c/z", "/d/x"}) == Words{"/a/b", "/d"});
    CHECK(mount_folders({"/x"}) == Words{"/x"});
    std::vector<std::string> many;
    for (int i = 0; i < 200; ++i) many.push_back("/data/run" + std::to_string(i) + "/x");
    many.emplace_back("/ref/x");
    const Words folders = mount_folders(many);
    CHECK(folders.size() <= 48);
    CHECK(folders.back() == "/ref");
  }

  TEST_CASE("the wrapper starts the container, hands signals on and removes it") {
    const CommandFiles files = make_command_files(
        spec_in(settings_of(ContainerEngine::podman), "base:1"), "/w/ab/cdef", "/tmp");
    CHECK(files.argv == Words{"/bin/bash", "/w/ab/cdef/.command.run"});
    CHECK(files.wrapper_stages);
    const auto has = [&](const std::string& text) {
      return files.wrapper.find(text) != std::string::npos;
    };
    CHECK(has("ln -s /data/one/reads.fq ./reads.fq\n"));
    CHECK(has("trap 'podman stop -t 2 \"$weir_box\" > /dev/null 2>&1' TERM INT HUP\n"));
    CHECK(has(" -v /data/one:/data/one -v /data/two/x:/data/two/x -v /w:/w -w \"$PWD\" "));
    CHECK(has("base:1 /bin/bash -ue /w/ab/cdef/.command.sh < /dev/null >&3 3>&- &\n"));
    CHECK(has("podman rm -f \"$weir_box\" > /dev/null 2>&1\n"));
  }
}
