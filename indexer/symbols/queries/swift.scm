(comment) @comment
(multiline_comment) @comment

(class_declaration declaration_kind: ["class" "actor"] name: (_) @name) @def.class
(class_declaration declaration_kind: "struct" name: (_) @name) @def.struct
(class_declaration declaration_kind: "enum" name: (_) @name) @def.enum
(class_declaration declaration_kind: "extension" name: (_) @name) @scope
(protocol_declaration name: (_) @name) @def.interface
(function_declaration . (modifiers)? . "func" . name: (_) @name) @def.function
(protocol_function_declaration . (modifiers)? . "func" . name: (_) @name) @def.method
(init_declaration "init" @name) @def.method
(deinit_declaration "deinit" @name) @def.method
(subscript_declaration "subscript" @name) @def.method
(property_declaration name: (pattern bound_identifier: (_) @name) computed_value: (_)) @def.method
(typealias_declaration . (modifiers)? . "typealias" . name: (_) @name) @def.type
(source_file (property_declaration name: (pattern bound_identifier: (_) @name)) @def.constant)

(import_declaration (identifier) @module) @import
