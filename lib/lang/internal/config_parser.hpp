#pragma once

#include "lang/internal/code_parser.hpp"

#include <vector>

namespace weir::lang::internal {

/// The statements of a configuration.
class ConfigParser : public CodeParser {
 public:
  using CodeParser::CodeParser;
  ConfigFile* run();

 private:
  enum class Place : bool { top, block };

  std::vector<ConfigStmt*> body(Place place);
  ConfigStmt* item(Place place);
  ConfigStmt* include();
  ConfigStmt* assignment();
  ConfigStmt* block();
  ConfigStmt* apply_block();
  ConfigStmt* selector(Place place);
  ConfigStmt* incomplete();
  void skip_statement();
  bool invalid_statement();
  [[nodiscard]] bool at_block() const;
  [[nodiscard]] bool at_apply_block() const;
  [[nodiscard]] bool at_path() const;
  Name path_part();
  void note_refused(const Stmt* statement);
  template <typename T>
  T* make_config(ConfigKind kind);

  std::vector<Name> refused_;  ///< what refused statements declare
};

}  // namespace weir::lang::internal
