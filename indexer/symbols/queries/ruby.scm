(comment) @comment

(method name: (_) @name) @def.function
(singleton_method object: (_) @receiver name: (_) @name) @def.method
(class name: (_) @name) @def.class
(module name: (_) @name) @def.module
(assignment left: (constant) @name right: (call receiver: (constant) @_class method: (identifier) @_new)
  (#any-of? @_class "Struct" "Class" "Data" "Module") (#any-of? @_new "new" "define")) @def.class
(call method: (identifier) @_define arguments: (argument_list . (simple_symbol) @name) block: (_)
  (#any-of? @_define "define_method" "define_singleton_method")) @def.method
(program (assignment left: (constant) @name) @def.constant)
(body_statement (assignment left: (constant) @name) @def.constant)

; Specs are cut at their cases; these are no symbols.
(call method: (identifier) @_test arguments: (argument_list . [(string (string_content) @label) (constant) @label (scope_resolution) @label])
  block: (_) (#any-of? @_test "describe" "context" "it" "specify" "feature" "scenario" "shared_examples" "test" "namespace" "task")) @namespace

(call !receiver method: (identifier) @require arguments: (argument_list . (string) @module)
  (#any-of? @require "require" "require_relative" "load" "autoload")) @import
(call !receiver method: (identifier) @require arguments: (argument_list . (simple_symbol) @item . (string) @module)
  (#eq? @require "autoload")) @import
