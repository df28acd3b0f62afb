#include "lang/vocabulary.hpp"

#include <algorithm>
#include <array>

// Sources: the language reference of Nextflow 26.04 (stdlib-namespaces, operator, process
// directives, feature flags). `service` is what upstream proposes for service processes.
namespace weir::lang {
namespace {

constexpr std::array k_implicit = {
    ImplicitRow{"params", ImplicitName::params},
    ImplicitRow{"workflow", ImplicitName::workflow},
    ImplicitRow{"nextflow", ImplicitName::nextflow},
    ImplicitRow{"log", ImplicitName::log},
    ImplicitRow{"channel", ImplicitName::channel},
    ImplicitRow{"Channel", ImplicitName::channel},
    ImplicitRow{"baseDir", ImplicitName::base_dir},
    ImplicitRow{"launchDir", ImplicitName::launch_dir},
    ImplicitRow{"moduleDir", ImplicitName::module_dir},
    ImplicitRow{"projectDir", ImplicitName::project_dir},
    ImplicitRow{"workDir", ImplicitName::work_dir},
    ImplicitRow{"secrets", ImplicitName::secrets},
    ImplicitRow{"args", ImplicitName::args},
};

constexpr std::array k_builtins = {
    FunctionRow{"branchCriteria", 1, 1},
    FunctionRow{"env", 1, 1},
    FunctionRow{"error", 0, 1},
    FunctionRow{"exit", 0, 2},
    FunctionRow{"file", 1, 2},
    FunctionRow{"files", 1, 2},
    FunctionRow{"groupKey", 2, 2},
    FunctionRow{"multiMapCriteria", 1, 1},
    FunctionRow{"print", 1, 1},
    FunctionRow{"printf", 1, k_any_number},
    FunctionRow{"println", 0, 1},
    FunctionRow{"record", 0, 0},
    FunctionRow{"sendMail", 0, 1},
    FunctionRow{"sleep", 1, 1},
    FunctionRow{"sprintf", 1, k_any_number},
    FunctionRow{"tuple", 0, k_any_number},
};

constexpr std::array k_process_functions = {
    FunctionRow{"eval", 1, 1},   FunctionRow{"stageAs", 2, 2},  FunctionRow{"stdin", 1, 1},
    FunctionRow{"stdout", 0, 0}, FunctionRow{"template", 1, 1},
};

constexpr std::array k_config_functions = {
    FunctionRow{"env", 1, 1},
};

constexpr std::array k_factories = {
    FunctionRow{"empty", 0, 0},         FunctionRow{"from", 1, k_any_number, true},
    FunctionRow{"fromFilePairs", 1, 3}, FunctionRow{"fromLineage", 0, 0},
    FunctionRow{"fromList", 1, 1},      FunctionRow{"fromPath", 1, 2},
    FunctionRow{"fromSRA", 1, 1},       FunctionRow{"interval", 1, 2},
    FunctionRow{"of", 0, k_any_number}, FunctionRow{"topic", 1, 1},
    FunctionRow{"value", 0, 1},         FunctionRow{"watchPath", 1, 2},
};

constexpr std::array k_operators = {
    FunctionRow{"branch", 1, 1},
    FunctionRow{"buffer", 0, 3},
    FunctionRow{"chain", 0, 1, true},
    FunctionRow{"collate", 1, 3},
    FunctionRow{"collect", 0, 2},
    FunctionRow{"collectFile", 0, 2},
    FunctionRow{"combine", 0, 2},
    FunctionRow{"concat", 0, k_any_number},
    FunctionRow{"count", 0, 1},
    FunctionRow{"countFasta", 0, 0},
    FunctionRow{"countFastq", 0, 0},
    FunctionRow{"countJson", 0, 0},
    FunctionRow{"countLines", 0, 0},
    FunctionRow{"cross", 1, 2},
    FunctionRow{"distinct", 0, 1},
    FunctionRow{"dump", 0, 2},
    FunctionRow{"filter", 1, 1},
    FunctionRow{"first", 0, 1},
    FunctionRow{"flatMap", 0, 1},
    FunctionRow{"flatten", 0, 0},
    FunctionRow{"groupBy", 0, 1},
    FunctionRow{"groupTuple", 0, 1},
    FunctionRow{"ifEmpty", 1, 1},
    FunctionRow{"join", 1, 2},
    FunctionRow{"last", 0, 0},
    FunctionRow{"map", 1, 1},
    FunctionRow{"max", 0, 1},
    FunctionRow{"mean", 0, 1, true},
    FunctionRow{"merge", 0, k_any_number},
    FunctionRow{"min", 0, 1},
    FunctionRow{"mix", 0, k_any_number},
    FunctionRow{"multiMap", 1, 1},
    FunctionRow{"randomSample", 1, 2},
    FunctionRow{"recurse", 0, k_any_number},
    FunctionRow{"reduce", 1, 2},
    FunctionRow{"scan", 1, k_any_number},
    FunctionRow{"set", 1, 1},
    FunctionRow{"splitCsv", 0, 1},
    FunctionRow{"splitFasta", 0, 1},
    FunctionRow{"splitFastq", 0, 1},
    FunctionRow{"splitJson", 0, 1},
    FunctionRow{"splitText", 0, 1},
    FunctionRow{"subscribe", 0, 1},
    FunctionRow{"sum", 0, 1},
    FunctionRow{"take", 1, 1},
    FunctionRow{"tap", 1, 1},
    FunctionRow{"times", 1, 1},
    FunctionRow{"toInteger", 0, 0, true},
    FunctionRow{"toList", 0, 0},
    FunctionRow{"toSortedList", 0, 1},
    FunctionRow{"transpose", 0, 1},
    FunctionRow{"unique", 0, 1},
    FunctionRow{"until", 1, 1},
    FunctionRow{"view", 0, 2},
};

constexpr std::array k_directives = {
    NameRow{"accelerator"},
    NameRow{"afterScript"},
    NameRow{"arch"},
    NameRow{"array"},
    NameRow{"beforeScript"},
    NameRow{"cache"},
    NameRow{"clusterOptions"},
    NameRow{"conda"},
    NameRow{"container"},
    NameRow{"containerOptions"},
    NameRow{"cpus"},
    NameRow{"debug"},
    NameRow{"disk"},
    NameRow{"errorStrategy"},
    NameRow{"executor"},
    NameRow{"ext"},
    NameRow{"fair"},
    NameRow{"hints"},
    NameRow{"label"},
    NameRow{"machineType"},
    NameRow{"maxErrors"},
    NameRow{"maxForks"},
    NameRow{"maxRetries"},
    NameRow{"maxSubmitAwait"},
    NameRow{"memory"},
    NameRow{"module"},
    NameRow{"penv"},
    NameRow{"pod"},
    NameRow{"publishDir"},
    NameRow{"queue"},
    NameRow{"resourceLabels"},
    NameRow{"resourceLimits"},
    NameRow{"scratch"},
    NameRow{"secret"},
    NameRow{"service"},
    NameRow{"shell"},
    NameRow{"spack"},
    NameRow{"stageInMode"},
    NameRow{"stageOutMode"},
    NameRow{"storeDir"},
    NameRow{"tag"},
    NameRow{"time"},
};

constexpr std::array k_output_directives = {
    NameRow{"contentType"},  NameRow{"enabled"}, NameRow{"ignoreErrors"}, NameRow{"index"},
    NameRow{"label"},        NameRow{"mode"},    NameRow{"overwrite"},    NameRow{"path"},
    NameRow{"storageClass"}, NameRow{"tags"},
};

constexpr std::array k_index_directives = {NameRow{"header"}, NameRow{"path"}, NameRow{"sep"}};

constexpr std::array k_stage_directives = {NameRow{"env"}, NameRow{"stageAs"}, NameRow{"stdin"}};

constexpr std::array k_flags = {
    NameRow{"nextflow.enable.configProcessNamesValidation", true},
    NameRow{"nextflow.enable.dsl", true},
    NameRow{"nextflow.enable.moduleBinaries"},
    NameRow{"nextflow.enable.strict", true},
    NameRow{"nextflow.enable.types"},
    NameRow{"nextflow.preview.output", true},
    NameRow{"nextflow.preview.recursion"},
    NameRow{"nextflow.preview.topic", true},
    NameRow{"nextflow.preview.types", true},
};

// Classes that Groovy and Nextflow import by themselves, as far as pipelines name them.
constexpr std::array k_types = {
    NameRow{"AbstractMethodError"},
    NameRow{"AccessDeniedException"},
    NameRow{"ArithmeticException"},
    NameRow{"ArrayBlockingQueue"},
    NameRow{"ArrayDeque"},
    NameRow{"ArrayIndexOutOfBoundsException"},
    NameRow{"ArrayList"},
    NameRow{"Arrays"},
    NameRow{"AssertionError"},
    NameRow{"Bag"},
    NameRow{"Base64"},
    NameRow{"BigDecimal"},
    NameRow{"BigInteger"},
    NameRow{"BitSet"},
    NameRow{"Boolean"},
    NameRow{"BufferedReader"},
    NameRow{"BufferedWriter"},
    NameRow{"Byte"},
    NameRow{"ByteArrayInputStream"},
    NameRow{"ByteArrayOutputStream"},
    NameRow{"Calendar"},
    NameRow{"Channel"},
    NameRow{"CharSequence"},
    NameRow{"Character"},
    NameRow{"Class"},
    NameRow{"ClassCastException"},
    NameRow{"ClassNotFoundException"},
    NameRow{"Closure"},
    NameRow{"Collection"},
    NameRow{"Collections"},
    NameRow{"Comparable"},
    NameRow{"Comparator"},
    NameRow{"Date"},
    NameRow{"Double"},
    NameRow{"Duration"},
    NameRow{"EOFException"},
    NameRow{"Enum"},
    NameRow{"Error"},
    NameRow{"Exception"},
    NameRow{"File"},
    NameRow{"FileInputStream"},
    NameRow{"FileNotFoundException"},
    NameRow{"FileOutputStream"},
    NameRow{"FileReader"},
    NameRow{"FileWriter"},
    NameRow{"Float"},
    NameRow{"GString"},
    NameRow{"HashMap"},
    NameRow{"HashSet"},
    NameRow{"HttpURLConnection"},
    NameRow{"IOException"},
    NameRow{"IllegalAccessException"},
    NameRow{"IllegalArgumentException"},
    NameRow{"IllegalStateException"},
    NameRow{"IndexOutOfBoundsException"},
    NameRow{"InputStream"},
    NameRow{"InputStreamReader"},
    NameRow{"Integer"},
    NameRow{"InterruptedException"},
    NameRow{"Iterable"},
    NameRow{"Iterator"},
    NameRow{"LinkedHashMap"},
    NameRow{"LinkedHashSet"},
    NameRow{"LinkedList"},
    NameRow{"List"},
    NameRow{"Locale"},
    NameRow{"Long"},
    NameRow{"MalformedURLException"},
    NameRow{"Map"},
    NameRow{"Matcher"},
    NameRow{"Math"},
    NameRow{"MemoryUnit"},
    NameRow{"MissingMethodException"},
    NameRow{"MissingPropertyException"},
    NameRow{"NoSuchElementException"},
    NameRow{"NoSuchFileException"},
    NameRow{"NullPointerException"},
    NameRow{"Number"},
    NameRow{"NumberFormatException"},
    NameRow{"Object"},
    NameRow{"Objects"},
    NameRow{"Optional"},
    NameRow{"OutputStream"},
    NameRow{"Path"},
    NameRow{"Pattern"},
    NameRow{"PrintStream"},
    NameRow{"PrintWriter"},
    NameRow{"Process"},
    NameRow{"ProcessBuilder"},
    NameRow{"Properties"},
    NameRow{"Random"},
    NameRow{"Reader"},
    NameRow{"Record"},
    NameRow{"Runtime"},
    NameRow{"RuntimeException"},
    NameRow{"Scanner"},
    NameRow{"SecurityException"},
    NameRow{"Set"},
    NameRow{"Short"},
    NameRow{"SortedMap"},
    NameRow{"SortedSet"},
    NameRow{"Stack"},
    NameRow{"StackOverflowError"},
    NameRow{"String"},
    NameRow{"StringBuffer"},
    NameRow{"StringBuilder"},
    NameRow{"StringReader"},
    NameRow{"StringTokenizer"},
    NameRow{"StringWriter"},
    NameRow{"System"},
    NameRow{"Thread"},
    NameRow{"Throwable"},
    NameRow{"TimeZone"},
    NameRow{"Timer"},
    NameRow{"TreeMap"},
    NameRow{"TreeSet"},
    NameRow{"Tuple"},
    NameRow{"URI"},
    NameRow{"URL"},
    NameRow{"URLConnection"},
    NameRow{"URLDecoder"},
    NameRow{"URLEncoder"},
    NameRow{"UUID"},
    NameRow{"UncheckedIOException"},
    NameRow{"UnknownHostException"},
    NameRow{"UnsupportedOperationException"},
    NameRow{"Value"},
    NameRow{"Vector"},
    NameRow{"VersionNumber"},
    NameRow{"Void"},
    NameRow{"Writer"},
};

constexpr std::array k_abstract_types = {
    NameRow{"Calendar"},     NameRow{"CharSequence"}, NameRow{"Collection"},
    NameRow{"Comparable"},   NameRow{"Comparator"},   NameRow{"Enum"},
    NameRow{"InputStream"},  NameRow{"Iterable"},     NameRow{"Iterator"},
    NameRow{"List"},         NameRow{"Map"},          NameRow{"Number"},
    NameRow{"OutputStream"}, NameRow{"Path"},         NameRow{"Process"},
    NameRow{"Reader"},       NameRow{"Set"},          NameRow{"SortedMap"},
    NameRow{"SortedSet"},    NameRow{"TimeZone"},     NameRow{"URLConnection"},
    NameRow{"Writer"},
};

constexpr std::array<std::string_view, 3> k_path_input_options = {"arity", "name", "stageAs"};
constexpr std::array<std::string_view, 2> k_common_output_options = {"optional", "topic"};
constexpr std::array<std::string_view, 9> k_path_output_options = {
    "arity",    "followLinks", "glob",     "hidden", "includeInputs",
    "maxDepth", "type",        "optional", "topic"};

}  // namespace

std::span<const ImplicitRow> implicit_names() {
  return k_implicit;
}
std::span<const FunctionRow> builtin_functions() {
  return k_builtins;
}
std::span<const FunctionRow> process_functions() {
  return k_process_functions;
}
std::span<const FunctionRow> config_functions() {
  return k_config_functions;
}
std::span<const FunctionRow> channel_factories() {
  return k_factories;
}
std::span<const FunctionRow> channel_operators() {
  return k_operators;
}
std::span<const NameRow> process_directives() {
  return k_directives;
}
std::span<const NameRow> output_directives() {
  return k_output_directives;
}
std::span<const NameRow> index_directives() {
  return k_index_directives;
}
std::span<const NameRow> stage_directives() {
  return k_stage_directives;
}
std::span<const NameRow> feature_flags() {
  return k_flags;
}
std::span<const NameRow> type_names() {
  return k_types;
}

std::span<const NameRow> abstract_types() {
  return k_abstract_types;
}

const ImplicitRow* find_implicit(std::string_view name) {
  const auto* const found = std::find_if(k_implicit.begin(), k_implicit.end(),
                                         [&](const ImplicitRow& row) { return row.name == name; });
  return found == k_implicit.end() ? nullptr : &*found;
}

// Tables are sorted by name (a test checks it).
const FunctionRow* find_function(std::span<const FunctionRow> rows, std::string_view name) {
  const auto found =
      std::lower_bound(rows.begin(), rows.end(), name,
                       [](const FunctionRow& row, std::string_view key) { return row.name < key; });
  return found != rows.end() && found->name == name ? &*found : nullptr;
}

const NameRow* find_name(std::span<const NameRow> rows, std::string_view name) {
  const auto found =
      std::lower_bound(rows.begin(), rows.end(), name,
                       [](const NameRow& row, std::string_view key) { return row.name < key; });
  return found != rows.end() && found->name == name ? &*found : nullptr;
}

bool is_primitive_name(std::string_view name) {
  return name == "int" || name == "long" || name == "short" || name == "byte" || name == "char" ||
         name == "float" || name == "double" || name == "boolean";
}

const NameRow* find_directive(std::string_view name) {
  return find_name(k_directives, name);
}

std::span<const std::string_view> input_options(std::string_view qualifier) {
  if (qualifier == "path" || qualifier == "file") return k_path_input_options;
  return {};
}

std::span<const std::string_view> output_options(std::string_view qualifier) {
  if (qualifier == "path" || qualifier == "file") return k_path_output_options;
  return k_common_output_options;
}

}  // namespace weir::lang
