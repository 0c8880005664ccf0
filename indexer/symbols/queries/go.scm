(comment) @comment

(function_declaration name: (identifier) @name) @def.function
(method_declaration
  receiver: (parameter_list (parameter_declaration type: [
    (type_identifier) @receiver
    (pointer_type (type_identifier) @receiver)
    (generic_type type: (type_identifier) @receiver)
    (pointer_type (generic_type type: (type_identifier) @receiver))]))
  name: (field_identifier) @name) @def.method
(type_spec name: (type_identifier) @name) @def.type
(type_spec name: (type_identifier) @name type: (struct_type)) @def.struct
(type_spec name: (type_identifier) @name type: (interface_type)) @def.interface
(type_alias name: (type_identifier) @name) @def.type
(type_declaration . (type_spec name: (type_identifier) @name) .) @def.type
(interface_type (method_elem name: (field_identifier) @name) @def.method)
(source_file (const_declaration (const_spec name: (identifier) @name) @def.constant))
(source_file (var_declaration (var_spec name: (identifier) @name) @def.constant))
(source_file (var_declaration (var_spec_list (var_spec name: (identifier) @name) @def.constant)))

(import_spec path: (_) @module) @import
