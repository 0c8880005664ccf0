(comment) @comment

(function_definition declarator: (_) @declarator) @def.function
(struct_specifier name: (_) @name body: (_)) @def.struct
(union_specifier name: (_) @name body: (_)) @def.struct
(enum_specifier name: (_) @name body: (_)) @def.enum
(type_definition declarator: (_) @declarator) @def.type
(type_definition type: (struct_specifier body: (_)) declarator: (type_identifier) @name) @def.struct
(type_definition type: (union_specifier body: (_)) declarator: (type_identifier) @name) @def.struct
(type_definition type: (enum_specifier body: (_)) declarator: (type_identifier) @name) @def.enum
(preproc_function_def name: (_) @name) @def.function
(preproc_def name: (_) @name value: (_)) @def.constant
(translation_unit (declaration declarator: (init_declarator declarator: (_) @declarator)) @def.constant)

(preproc_include path: [(string_literal) (system_lib_string)] @module) @import
