(comment) @comment

(class_declaration name: (_) @name) @def.class
(record_declaration name: (_) @name) @def.class
(struct_declaration name: (_) @name) @def.struct
(interface_declaration name: (_) @name) @def.interface
(enum_declaration name: (_) @name) @def.enum
(delegate_declaration name: (_) @name) @def.type
(method_declaration name: (_) @name) @def.method
(constructor_declaration name: (_) @name) @def.method
(local_function_statement name: (_) @name) @def.function
(property_declaration name: (_) @name accessors: (accessor_list (accessor_declaration body: (_)))) @def.method
(field_declaration (modifier "const") (variable_declaration (variable_declarator name: (_) @name))) @def.constant
(field_declaration (modifier "static") (modifier "readonly") (variable_declaration (variable_declarator name: (_) @name))) @def.constant

(using_directive [(qualified_name) (identifier)] @module .) @import
