(abstract_class_declaration name: (_) @name body: (_) @body) @def.class
(interface_declaration name: (_) @name body: (_) @body) @def.interface
(enum_declaration name: (_) @name body: (_) @body) @def.enum
(type_alias_declaration name: (_) @name) @def.type
(internal_module name: (_) @name body: (_) @body) @def.module
(module name: (_) @name body: (_) @body) @def.module
(public_field_definition name: (_) @name value: [(arrow_function body: (_) @body) (function_expression body: (_) @body)]) @def.method
(abstract_method_signature name: (_) @name) @def.method
(interface_body (method_signature name: (_) @name) @def.method)
(ambient_declaration (function_signature name: (_) @name)) @def.function
(import_statement (import_require_clause source: (string) @module)) @import
