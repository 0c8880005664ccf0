(line_comment) @comment
(block_comment) @comment
(attribute_item) @lead

(function_item name: (_) @name) @def.function
(trait_item body: (declaration_list (function_signature_item name: (_) @name) @def.method))
(struct_item name: (_) @name) @def.struct
(union_item name: (_) @name) @def.struct
(enum_item name: (_) @name) @def.enum
(trait_item name: (_) @name) @def.trait
(mod_item name: (_) @name body: (_)) @def.module
(type_item name: (_) @name) @def.type
(macro_definition name: (_) @name) @def.function
(source_file (const_item name: (_) @name) @def.constant)
(source_file (static_item name: (_) @name) @def.constant)
(mod_item body: (declaration_list (const_item name: (_) @name) @def.constant))
(impl_item body: (declaration_list (const_item name: (_) @name) @def.constant))
(impl_item type: (_) @name) @scope

(use_declaration argument: (_) @module) @import
(mod_item name: (_) @module !body) @import
(extern_crate_declaration name: (_) @module) @import
