(template_parameter_list) @lead

(class_specifier name: (_) @name body: (_)) @def.class
(namespace_definition name: (_) @name body: (_)) @namespace
(alias_declaration name: (_) @name) @def.type
(concept_definition name: (_) @name) @def.type
(field_declaration_list (field_declaration declarator: (function_declarator declarator: (field_identifier)) @declarator) @def.method)
(field_declaration_list (field_declaration declarator: (pointer_declarator declarator: (function_declarator declarator: (field_identifier))) @declarator) @def.method)
(field_declaration_list (field_declaration declarator: (reference_declarator (function_declarator declarator: (field_identifier))) @declarator) @def.method)
(field_declaration_list (field_declaration declarator: (function_declarator declarator: (operator_name)) @declarator) @def.method)
(field_declaration_list (declaration declarator: (function_declarator) @declarator) @def.method)
(declaration_list (declaration declarator: (init_declarator declarator: (_) @declarator)) @def.constant)
