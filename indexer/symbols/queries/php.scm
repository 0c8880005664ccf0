(comment) @comment

(function_definition name: (_) @name) @def.function
(class_declaration name: (_) @name) @def.class
(interface_declaration name: (_) @name) @def.interface
(trait_declaration name: (_) @name) @def.trait
(enum_declaration name: (_) @name) @def.enum
(method_declaration name: (_) @name) @def.method
(const_declaration (const_element . (name) @name)) @def.constant
(function_call_expression function: (name) @_define arguments: (arguments . (argument (string (string_content) @name)))
  (#eq? @_define "define")) @def.constant

(namespace_use_declaration) @import
(include_expression (_) @require) @import
(include_once_expression (_) @require) @import
(require_expression (_) @require) @import
(require_once_expression (_) @require) @import
