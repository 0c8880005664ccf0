(comment) @comment
(decorator) @lead

(function_declaration name: (_) @name body: (_) @body) @def.function
(generator_function_declaration name: (_) @name body: (_) @body) @def.function
(class_declaration name: (_) @name body: (_) @body) @def.class
(method_definition name: (_) @name body: (_) @body) @def.method

(variable_declarator name: (identifier) @name
  value: [(arrow_function body: (_) @body) (function_expression body: (_) @body) (generator_function body: (_) @body)]) @def.function
(variable_declarator name: (identifier) @name value: (class body: (_) @body)) @def.class
(program (lexical_declaration (variable_declarator name: (identifier) @name
  value: (call_expression arguments: (arguments [(arrow_function body: (_) @body) (function_expression body: (_) @body)])))) @def.function
  (#match? @name "^([A-Z]|use[A-Z])"))
(program (export_statement (lexical_declaration (variable_declarator name: (identifier) @name
  value: (call_expression arguments: (arguments [(arrow_function body: (_) @body) (function_expression body: (_) @body)]))))) @def.function
  (#match? @name "^([A-Z]|use[A-Z])"))

(assignment_expression left: (identifier) @name
  right: [(arrow_function body: (_) @body) (function_expression body: (_) @body) (generator_function body: (_) @body)]) @def.function
(assignment_expression
  left: (member_expression object: [(identifier) (member_expression) (this)] @receiver property: (_) @name)
  right: [(arrow_function body: (_) @body) (function_expression body: (_) @body) (generator_function body: (_) @body)]
  (#not-eq? @name "exports")) @def.function
(assignment_expression right: (assignment_expression
  left: (member_expression object: [(identifier) (member_expression) (this)] @receiver property: (_) @name)
  right: [(arrow_function body: (_) @body) (function_expression body: (_) @body)] (#not-eq? @name "exports"))) @def.function
(assignment_expression left: (member_expression property: (_) @_exports)
  right: (function_expression name: (identifier) @name body: (_) @body) (#eq? @_exports "exports")) @def.function
(assignment_expression left: (member_expression property: (_) @name)
  right: [(function_expression !name body: (_) @body) (arrow_function body: (_) @body)] (#eq? @name "exports")) @def.function
(return_statement (function_expression name: (identifier) @name body: (_) @body)) @def.function
(assignment_expression
  left: (member_expression object: [(identifier) (member_expression) (this)] @receiver property: (_) @name)
  right: (class body: (_) @body)) @def.class
(pair key: [(property_identifier) (string)] @name
  value: [(arrow_function body: (_) @body) (function_expression body: (_) @body)]) @def.method
(arguments (function_expression name: (identifier) @name body: (_) @body) @def.function)

(program (lexical_declaration (variable_declarator name: (identifier) @name value: (_) @_value)) @def.constant
  (#not-match? @_value "^require\\b"))
(program (variable_declaration (variable_declarator name: (identifier) @name value: (_) @_value)) @def.constant
  (#not-match? @_value "^require\\b"))
(program (export_statement (lexical_declaration (variable_declarator name: (identifier) @name value: (_)))) @def.constant)

; Test files are cut at their cases; these are no symbols.
(expression_statement (call_expression function: (identifier) @_test
  arguments: (arguments . (string (string_fragment) @label) [(arrow_function) (function_expression)]))
  (#any-of? @_test "describe" "it" "test" "context" "suite" "specify")) @namespace

(import_statement source: (string) @module) @import
(import_statement (import_clause (named_imports (import_specifier name: (_) @item))) source: (string) @module) @import
(import_statement (import_clause (identifier) @item) source: (string) @module) @import
(export_statement source: (string) @module) @import
(call_expression function: (identifier) @_require arguments: (arguments . (string) @module .) (#eq? @_require "require")) @import
(call_expression function: (import) arguments: (arguments . (string) @module)) @import
