#pragma once

#include "lang/diagnostics.hpp"

#include <cstdint>
#include <string_view>

namespace weir::lang {

/// Numbers of diagnostics. They are printed ("NF0123"), documented and searched for: a number keeps
/// its meaning for ever, and new ones are added at the end of their group.
enum class Code : std::uint16_t {
  // Characters and literals.
  unexpected_character = 1,
  invalid_utf8 = 2,
  unterminated_string = 3,
  unterminated_comment = 4,
  invalid_escape = 5,
  invalid_number = 6,
  bare_dollar = 7,
  slashy_interpolation = 8,
  unclosed_bracket = 9,
  unmatched_bracket = 10,
  misplaced_shebang = 11,
  slashy_lines = 12,

  // Syntax.
  unexpected_token = 100,
  expected_name = 102,
  expected_type = 103,
  invalid_assignment = 104,
  mixed_list_and_map = 105,
  misplaced_label = 106,
  section_order = 107,
  repeated_section = 108,
  missing_body = 109,
  invalid_declaration = 110,
  mixed_statements = 111,
  repeated_block = 112,
  invalid_directive = 113,
  invalid_input = 114,
  invalid_output = 115,
  invalid_emit = 116,
  invalid_take = 117,
  feature_flag_value = 118,
  section_not_here = 119,
  invalid_param = 121,
  invalid_include = 122,

  // Legacy code: was Groovy or an older Nextflow.
  legacy_import = 200,
  legacy_class = 201,
  legacy_loop = 202,
  legacy_switch = 203,
  legacy_increment = 204,
  legacy_channel_binding = 205,  ///< from, into
  legacy_missing_script = 206,
  legacy_env_name = 207,
  legacy_include_params = 208,
  legacy_include_form = 209,
  legacy_cast = 210,
  legacy_assign_expression = 211,
  legacy_spread = 212,
  legacy_operator = 213,
  legacy_string = 214,
  legacy_finally = 215,
  legacy_annotation = 216,
  legacy_this = 217,
  legacy_keyword = 218,
  legacy_directive_statement = 219,
  legacy_config_statement = 220,
  legacy_declaration = 221,
  legacy_set_input = 222,
  legacy_publish = 223,

  // Names.
  undefined_variable = 300,
  undefined_function = 301,
  undefined_type = 302,
  already_declared = 303,
  undeclared_assignment = 304,
  repeated_name = 305,
  underscore_reserved = 306,
  assign_to_constant = 307,
  abstract_type = 308,

  // Rules.
  call_outside_workflow = 400,
  call_in_closure = 401,
  argument_count = 402,
  named_arguments = 403,
  unknown_directive = 404,
  unknown_qualifier = 405,
  unknown_option = 406,
  repeated_emit = 407,
  missing_emit_name = 408,
  output_before_call = 409,
  unknown_emit = 410,
  unknown_feature_flag = 411,
  params_twice = 412,
  repeated_call = 414,
  unknown_output = 415,
  recursive_call = 417,
  typed_only = 418,
  untyped_only = 419,

  // Includes.
  include_not_found = 500,
  include_name_missing = 501,
  include_remote = 503,

  // Configuration.
  config_invalid_statement = 600,
  config_unknown_selector = 601,
  config_selector_place = 602,
  config_incomplete = 603,
  config_include_place = 604,

  // What weir does not do, or not in the given place.
  unsupported_agent = 700,
  unsupported_name = 701,

  // Deprecated, still working.
  deprecated_channel_type = 800,
  deprecated_implicit_it = 801,
  deprecated_shell_section = 802,
  deprecated_selector = 803,
  not_strict = 804,  ///< understood here, refused by Nextflow

  // Limits.
  source_too_large = 900,
  nesting_too_deep = 901,
  too_many_captures = 902,
};

}  // namespace weir::lang
