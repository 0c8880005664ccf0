(line_comment) @comment
(block_comment) @comment

(class_declaration name: (_) @name) @def.class
(class_declaration "interface" name: (_) @name) @def.interface
(class_declaration (modifiers (class_modifier "enum")) name: (_) @name) @def.enum
(object_declaration name: (_) @name) @def.class
(companion_object name: (_) @name) @scope
(function_declaration name: (_) @name) @def.function
(function_declaration (user_type) @receiver . "." name: (_) @name) @def.function
(secondary_constructor "constructor" @name) @def.method
(type_alias type: (_) @name) @def.type
(source_file (property_declaration (variable_declaration . (identifier) @name)) @def.constant)
(property_declaration (modifiers (property_modifier "const")) (variable_declaration . (identifier) @name)) @def.constant

(import) @import
