#include "script_runner.hpp"

#include "base/file.hpp"
#include "base/text.hpp"

#include <doctest/doctest.h>
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>

// tests/lang/expressions/*.tsv: an expression (or several statements, separated by ` ;; `), a tab,
// what it prints, or "!Class" of the exception that it throws, a tab, and the statement of the
// documentation that says so: `PAGE#HEADING` of Nextflow's reference (stdlib-types/PAGE or syntax)
// or `package.Class.method` of Java 17 and Groovy 4. tests/lang/sources_test.py looks them up in a
// checkout. \n stands for a new line on both sides. Lines that begin with # are comments.

namespace weir::lang::test {
namespace {

std::string one_line(const std::string& text) {
  return base::replace_all(text, "\n", "\\n");
}

/// An expected error names its class, and may say how its message begins.
bool meets(const std::string& found, const std::string& expected) {
  if (expected.substr(0, 1) != "!") return found == expected;
  return found.compare(0, expected.size(), expected) == 0;
}

TEST_SUITE("expressions") {
  TEST_CASE("every expression prints what its line says") {
    std::size_t count = 0;
    std::set<std::string> sources;
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(WEIR_EXPRESSIONS))
      files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (const std::filesystem::path& file : files) {
      const std::string text = base::read_file(file);
      std::size_t number = 0;
      for (const std::string_view line : base::split(text, '\n')) {
        ++number;
        if (line.empty() || line.front() == '#') continue;
        const std::size_t tab = line.find('\t');
        REQUIRE_MESSAGE(tab != std::string_view::npos, file.filename().string()
                                                           << ":" << number << " has no tab");
        const std::string body = base::replace_all(std::string(line.substr(0, tab)), " ;; ", "\n");
        const std::size_t second = line.find('\t', tab + 1);
        REQUIRE_MESSAGE(second != std::string_view::npos,
                        file.filename().string() << ":" << number << " names no source");
        const std::string expected(line.substr(tab + 1, second - tab - 1));
        const std::string source(line.substr(second + 1));
        CHECK_MESSAGE(!source.empty(), file.filename().string() << ":" << number);
        sources.insert(source);
        const std::string found = one_line(outcome_of(body));
        CHECK_MESSAGE(meets(found, expected),
                      file.filename().string() << ":" << number << ": " << body << "\n  expected: "
                                               << expected << "\n  found:    " << found);
        ++count;
      }
    }
    MESSAGE(count << " expressions by " << sources.size() << " statements of the documentation");
    CHECK(count >= 1'000);
  }
}

}  // namespace
}  // namespace weir::lang::test
