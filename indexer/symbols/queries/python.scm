(function_definition name: (identifier) @name) @def.function
(class_definition name: (identifier) @name) @def.class
(decorator) @lead
(comment) @comment

(function_definition name: (identifier) @documented
  body: (block . (comment)* . (expression_statement . (string) @doc .)))
(class_definition name: (identifier) @documented
  body: (block . (comment)* . (expression_statement . (string) @doc .)))
(module . (comment)* . (expression_statement . (string) @about .))

(module (expression_statement (assignment left: (identifier) @name) @def.constant))
(module (expression_statement (assignment left: (pattern_list (identifier) @name)) @def.constant))
(module (if_statement consequence: (block (expression_statement (assignment left: (identifier) @name) @def.constant))))
(class_definition body: (block (expression_statement (assignment left: (identifier) @name) @def.constant)))
(module (type_alias_statement left: (type (identifier) @name)) @def.type)
(module (type_alias_statement left: (type (generic_type . (identifier) @name))) @def.type)

(import_statement name: (dotted_name) @module) @import
(import_statement name: (aliased_import name: (dotted_name) @module)) @import
(import_from_statement module_name: [(dotted_name) (relative_import)] @module name: (dotted_name) @item) @import
(import_from_statement module_name: [(dotted_name) (relative_import)] @module name: (aliased_import name: (dotted_name) @item)) @import
(import_from_statement module_name: [(dotted_name) (relative_import)] @module (wildcard_import)) @import
