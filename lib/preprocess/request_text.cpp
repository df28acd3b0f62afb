#include "preprocess/internal/request_text.hpp"

#include "base/error.hpp"
#include "preprocess/internal/options_text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace weir::preprocess {
namespace {

using nlohmann::json;

constexpr int k_request_version = 1;

[[noreturn]] void bad(std::string_view field) {
  throw Error(ErrorKind::failed,
              fmt::format("the job's record holds a '{}' that this weir does not know", field))
      .with_code("bad_request")
      .with_hint("it was put into the queue by another version; ask for the file again");
}

std::string_view word_of(genomics::LinePolicy policy) {
  switch (policy) {
    case genomics::LinePolicy::normal: return "normal";
    case genomics::LinePolicy::strict: return "strict";
    case genomics::LinePolicy::lenient: return "lenient";
  }
  return "normal";
}

std::string_view word_of(genomics::Codec codec) {
  return codec == genomics::Codec::isal ? "isal" : "libdeflate";
}
std::string_view word_of(genomics::IndexType type) {
  return genomics::name_of(type);
}
std::string_view word_of(PlaceMode mode) {
  return mode == PlaceMode::copy ? "copy" : "link";
}

template <typename Value, std::size_t Count>
Value parse_word(const json& object, const char* field, const Value (&values)[Count]) {
  const std::string word = object.at(field).get<std::string>();
  for (const Value value : values) {
    if (word_of(value) == word) return value;
  }
  bad(field);
}

template <typename Value>
void put_if(json& object, const char* field, const std::optional<Value>& value) {
  if (value.has_value()) object[field] = *value;
}

template <typename Value>
std::optional<Value> get_if(const json& object, const char* field) {
  const auto found = object.find(field);
  if (found == object.end()) return std::nullopt;
  return found->get<Value>();
}

void read(const json& object, Request& request) {
  using genomics::Codec;
  using genomics::IndexType;
  using genomics::LinePolicy;
  if (object.value("version", 0) != k_request_version) bad("version");
  request.source = object.at("source").get<std::string>();
  request.name = object.at("name").get<std::string>();
  if (const auto url = get_if<std::string>(object, "url")) request.remote = net::parse_url(*url);
  request.claims.md5 = get_if<std::string>(object, "md5");
  request.claims.sha256 = get_if<std::string>(object, "sha256");
  request.claims.size_bytes = get_if<std::int64_t>(object, "size");
  request.claims.md5_may_differ = object.value("md5_may_differ", false);
  request.keep_rejected = object.value("keep_rejected", false);
  if (const auto word = get_if<std::string>(object, "format")) {
    request.format = genomics::parse_format(*word);
    if (!request.format.has_value()) bad("format");
  }
  request.codec = parse_word(object, "codec", {Codec::libdeflate, Codec::isal});
  request.level = object.at("level").get<int>();
  request.index = parse_word(
      object, "index",
      {IndexType::automatic, IndexType::bai, IndexType::tbi, IndexType::csi, IndexType::crai});
  request.policy =
      parse_word(object, "policy", {LinePolicy::normal, LinePolicy::strict, LinePolicy::lenient});
  request.allow_empty = object.at("allow_empty").get<bool>();
  request.accept_missing_eof = object.value("accept_missing_eof", false);
  request.want_gzi = object.value("gzi", false);
  request.expanded_bytes_max = object.value("expanded_max", request.expanded_bytes_max);
  request.line_bytes_max = object.value("line_max", request.line_bytes_max);
  if (object.contains("options")) request.options = parse_options(object["options"]);
  if (const auto folder = get_if<std::string>(object, "deliver_to")) {
    request.delivery =
        Delivery{*folder, parse_word(object, "deliver_as", {PlaceMode::link, PlaceMode::copy})};
  }
}

}  // namespace

std::string text_of(const Request& request) {
  json object{{"version", k_request_version},
              {"source", request.source.string()},
              {"name", request.name},
              {"codec", word_of(request.codec)},
              {"level", request.level},
              {"index", word_of(request.index)},
              {"policy", word_of(request.policy)},
              {"allow_empty", request.allow_empty},
              {"accept_missing_eof", request.accept_missing_eof},
              {"gzi", request.want_gzi},
              {"expanded_max", request.expanded_bytes_max},
              {"line_max", request.line_bytes_max},
              {"options", json_of(request.options)}};
  if (request.remote.has_value()) object["url"] = request.remote->text();
  put_if(object, "md5", request.claims.md5);
  put_if(object, "sha256", request.claims.sha256);
  put_if(object, "size", request.claims.size_bytes);
  if (request.claims.md5_may_differ) object["md5_may_differ"] = true;
  if (request.keep_rejected) object["keep_rejected"] = true;
  if (request.format.has_value()) object["format"] = genomics::name_of(*request.format);
  if (request.delivery.has_value()) {
    object["deliver_to"] = request.delivery->folder.string();
    object["deliver_as"] = word_of(request.delivery->mode);
  }
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

Request parse_request(const std::string& request_json) {
  const json document = json::parse(request_json, nullptr, false);
  if (!document.is_object() || !document.contains("request")) bad("request");
  Request request;
  try {
    read(document["request"], request);
  } catch (const json::exception&) {
    bad("request");
  }
  return request;
}

}  // namespace weir::preprocess
