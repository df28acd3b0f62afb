#include "repos/pipeline_name.hpp"

#include "base/error.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace weir;
using namespace weir::repos;

namespace {

const Hubs& hubs() {
  static const Hubs known({{"gitlab", "", "", {"me", "token"}},
                           {"ours", "https://git.example.org", "", {}},
                           {"shelf", "", "/srv/repositories", {}}});
  return known;
}

PipelineName parse(const std::string& text, const std::string& hub = "",
                   std::vector<std::string> pulled = {}) {
  return parse_pipeline_name(text, {.hubs = &hubs(),
                                    .hub = hub,
                                    .organization = "",
                                    .pulled = [pulled = std::move(pulled)](std::string_view name) {
                                      std::vector<std::string> found;
                                      for (const std::string& one : pulled) {
                                        if (one.substr(one.find('/') + 1).starts_with(name))
                                          found.push_back(one);
                                      }
                                      return found;
                                    }});
}

std::string refusal(const std::string& text, const std::string& hub = "",
                    std::vector<std::string> pulled = {}) {
  try {
    static_cast<void>(parse(text, hub, std::move(pulled)));
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    return std::string(error.what()) + " | " + error.hint();
  }
  return "";
}

}  // namespace

TEST_CASE("what names a repository, and where it is") {
  struct Row {
    const char* text;
    const char* hub;
    const char* project;
    const char* clone_url;
    const char* web_url;
    const char* main_script;
  };
  const Row rows[] = {
      {"nf-core/rnaseq", "", "nf-core/rnaseq", "https://github.com/nf-core/rnaseq.git",
       "https://github.com/nf-core/rnaseq", ""},
      {"hello", "", "nextflow-io/hello", "https://github.com/nextflow-io/hello.git",
       "https://github.com/nextflow-io/hello", ""},
      {"lab/demo", "gitlab", "lab/demo", "https://gitlab.com/lab/demo.git",
       "https://gitlab.com/lab/demo", ""},
      {"lab/demo", "ours", "lab/demo", "https://git.example.org/lab/demo.git",
       "https://git.example.org/lab/demo", ""},
      {"lab/demo", "shelf", "lab/demo", "file:///srv/repositories/lab/demo",
       "/srv/repositories/lab/demo", ""},
      {"lab/demo/sub/two.nf", "", "lab/demo", "https://github.com/lab/demo.git",
       "https://github.com/lab/demo", "sub/two.nf"},
      {"https://github.com/lab/demo", "", "lab/demo", "https://github.com/lab/demo",
       "https://github.com/lab/demo", ""},
      {"https://me@host.org/lab/demo.git/", "", "lab/demo", "https://me@host.org/lab/demo.git",
       "https://host.org/lab/demo", ""},
      {"https://gitlab.com/a/group/demo", "", "a/group/demo", "https://gitlab.com/a/group/demo",
       "https://gitlab.com/a/group/demo", ""},
      {"git@host.org:lab/demo.git", "", "lab/demo", "git@host.org:lab/demo.git",
       "git@host.org:lab/demo", ""},
      {"ssh://git@host.org:22/lab/demo", "", "lab/demo", "ssh://git@host.org:22/lab/demo",
       "ssh://host.org:22/lab/demo", ""},
      {"file:/data/demo.git", "", "local/demo", "file:///data/demo", "/data/demo", ""},
      {"file:///data/demo", "", "local/demo", "file:///data/demo", "/data/demo", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const PipelineName name = parse(row.text, row.hub);
    CHECK(name.project == row.project);
    CHECK(name.clone_url == row.clone_url);
    CHECK(name.web_url == row.web_url);
    CHECK(name.main_script == row.main_script);
  }
  CHECK(parse("https://gitlab.com/lab/demo").credentials.password == "token");
  CHECK(parse("lab/demo", "gitlab").credentials.user == "me");
  CHECK(parse("lab/demo").credentials.password.empty());
}

TEST_CASE("a name without an owner is that of a pulled project, where one fits") {
  CHECK(parse("demo", "", {"lab/demo", "lab/demo-two"}).project == "lab/demo");
  CHECK(parse("dem", "", {"lab/demo"}).project == "lab/demo");
  CHECK(parse("dem/other.nf", "", {"lab/demo"}).main_script == "other.nf");
  CHECK(refusal("demo", "", {"lab/demo", "other/demo"}) ==
        "'demo' may be several pipelines | which one: lab/demo, other/demo");
}

TEST_CASE("what is no name is refused") {
  for (const std::string text :
       {"lab/../demo", "lab/.git", "-lab/demo", "a/b/c", "lab/de mo", "https://host.org/demo",
        "file:demo", "https://host.org/lab/--upload-pack=x", "git@host.org"}) {
    CAPTURE(text);
    CHECK(refusal(text).starts_with("'" + text + "' is not the name of a pipeline"));
  }
  CHECK(refusal("https://host.org/lab/demo/main.nf").ends_with("by `-main-script`"));
  CHECK(refusal("lab/demo", "gitlib") ==
        "unknown repository provider 'gitlib' | did you mean 'gitlab'?");
  CHECK_THROWS_WITH_AS(Hubs({{"mine", "", "", {}}}),
                       "the repository provider 'mine' has no `server`", Error);
}

TEST_CASE("what can only be a path") {
  for (const char* const text : {"", ".", "..", "-", "/a/b", "./a/b", "../a", "main.nf", "~/x"})
    CHECK(is_path_like(text));
  for (const char* const text : {"a/b", "a", "a/b/main.nf", "https://h/a/b"})
    CHECK_FALSE(is_path_like(text));
}
