"""Which language a file is in, what kind of thing it holds, and the grammar that reads it.

Grammars are single wheels, imported when their language is first met: a repository of Go files never loads the C++ tables.
"""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath

from tree_sitter import Language as Grammar

from indexer.types import Kind


@dataclass(frozen=True, slots=True)
class Language:
    """One language: how its files are recognised and how they are cut.

    `cut` is "tree" (by syntax tree), "markdown", "rst", "asciidoc", "notebook" or "lines"; `grammar` names the module and the
    function in it that give the grammar. `extensions` are in lower case, without the dot.
    """

    name: str
    kind: Kind
    cut: str
    extensions: tuple[str, ...]
    filenames: tuple[str, ...] = ()
    shebangs: tuple[str, ...] = ()
    grammar: tuple[str, str] | None = None


def _tree(name: str, extensions: str, filenames: str = "", shebangs: str = "", *, module: str = "",
          function: str = "language") -> Language:
    return Language(name, Kind.CODE, "tree", tuple(extensions.split()), tuple(filenames.split()), tuple(shebangs.split()),
                    (f"tree_sitter_{module or name}", function))


def _plain(name: str, kind: Kind, extensions: str, filenames: str = "", shebangs: str = "", *, cut: str = "lines") -> Language:
    return Language(name, kind, cut, tuple(extensions.split()), tuple(filenames.split()), tuple(shebangs.split()))


_TABLE = (
    _tree("python", "py pyi pyw wsgi bzl star", "SConstruct SConscript BUILD.bazel wscript", "python python2 python3 pypy pypy3"),
    _tree("javascript", "js jsx mjs cjs es6 gs", "Jakefile", "node deno bun"),
    _tree("typescript", "ts mts cts", shebangs="ts-node tsx", function="language_typescript"),
    _tree("tsx", "tsx", module="typescript", function="language_tsx"),
    _tree("go", "go"),
    _tree("java", "java"),
    _tree("rust", "rs"),
    _tree("c", "c"),
    _tree("cpp", "cc cpp cxx c++ hpp hh hxx h++ ipp inl tpp cu cuh ino"),
    _tree("csharp", "cs csx", module="c_sharp"),
    _tree("ruby", "rb rake gemspec ru podspec jbuilder",
          "Rakefile Gemfile Guardfile Capfile Vagrantfile Podfile Fastfile Brewfile", "ruby jruby rake"),
    _tree("php", "php phtml php5 php7 inc", shebangs="php", function="language_php"),
    _tree("kotlin", "kt kts"),
    _tree("swift", "swift", shebangs="swift"),
    _plain("markdown", Kind.DOC, "md markdown mdx mdown mkd qmd rmd mdc", cut="markdown"),
    _plain("rst", Kind.DOC, "rst rest", cut="rst"),
    _plain("asciidoc", Kind.DOC, "adoc asciidoc asc", cut="asciidoc"),
    _plain("text", Kind.DOC, "txt text log org tex textile pod man 1 3 5 7 8 me",
           "README CHANGELOG CHANGES HISTORY NEWS AUTHORS CONTRIBUTORS MAINTAINERS CONTRIBUTING LICENSE LICENCE COPYING NOTICE"
           " INSTALL TODO THANKS CODE_OF_CONDUCT SECURITY HACKING CREDITS"),
    _plain("notebook", Kind.DOC, "ipynb", cut="notebook"),
    _plain("html", Kind.DOC, "html htm xhtml"),
    _plain("template", Kind.CODE,
           "erb ejs hbs handlebars mustache j2 jinja jinja2 tmpl gotmpl tpl twig haml slim pug jade cshtml razor jsp liquid njk"
           " vm ftl ftlh stg mjml jspx"),
    _plain("css", Kind.CODE, "css scss sass less styl pcss"),
    _plain("vue", Kind.CODE, "vue"),
    _plain("svelte", Kind.CODE, "svelte"),
    _plain("astro", Kind.CODE, "astro"),
    _plain("sql", Kind.CODE, "sql psql ddl plsql pks pkb"),
    _plain("shell", Kind.CODE, "sh bash zsh fish ksh bats command", ".bashrc .profile .zshrc PKGBUILD APKBUILD configure",
           "sh bash zsh dash ksh fish bats"),
    _plain("powershell", Kind.CODE, "ps1 psm1 psd1", shebangs="pwsh"),
    _plain("batch", Kind.CODE, "bat cmd"),
    _plain("protobuf", Kind.CODE, "proto"),
    _plain("thrift", Kind.CODE, "thrift avdl fbs capnp"),
    _plain("graphql", Kind.CODE, "graphql gql graphqls"),
    _plain("scala", Kind.CODE, "scala sc sbt"),
    _plain("groovy", Kind.CODE, "groovy gradle", "Jenkinsfile", "groovy"),
    _plain("dart", Kind.CODE, "dart"),
    _plain("lua", Kind.CODE, "lua luau", shebangs="lua luajit"),
    _plain("perl", Kind.CODE, "pl pm t", shebangs="perl"),
    _plain("r", Kind.CODE, "r", shebangs="Rscript"),
    _plain("julia", Kind.CODE, "jl", shebangs="julia"),
    _plain("elixir", Kind.CODE, "ex exs eex heex", shebangs="elixir"),
    _plain("erlang", Kind.CODE, "erl hrl", shebangs="escript"),
    _plain("haskell", Kind.CODE, "hs lhs purs elm", shebangs="runhaskell"),
    _plain("ocaml", Kind.CODE, "ml mli re rei"),
    _plain("fsharp", Kind.CODE, "fs fsx fsi"),
    _plain("visualbasic", Kind.CODE, "vb vbs bas cls"),
    _plain("clojure", Kind.CODE, "clj cljs cljc edn"),
    _plain("lisp", Kind.CODE, "el lisp lsp scm rkt ss"),
    _plain("zig", Kind.CODE, "zig"),
    _plain("objc", Kind.CODE, "m mm"),
    _plain("assembly", Kind.CODE, "s asm nasm"),
    _plain("fortran", Kind.CODE, "f for f90 f95 f03 f08"),
    _plain("pascal", Kind.CODE, "pas pp dpr"),
    _plain("cobol", Kind.CODE, "cob cbl cpy"),
    _plain("solidity", Kind.CODE, "sol"),
    _plain("verilog", Kind.CODE, "v sv svh vhd vhdl"),
    _plain("tcl", Kind.CODE, "tcl exp", shebangs="tclsh expect"),
    _plain("jq", Kind.CODE, "jq", shebangs="jq"),
    _plain("yacc", Kind.CODE, "y yy ypp lalrpop"),
    _plain("lex", Kind.CODE, "l ll lpp lex"),
    _plain("grammar", Kind.CODE, "g4 peg pegjs pest ebnf jison"),
    _plain("shader", Kind.CODE, "glsl frag vert comp hlsl wgsl wesl metal shader"),
    _plain("prisma", Kind.CODE, "prisma"),
    _plain("policy", Kind.CODE, "rego cedar"),
    _plain("jsonnet", Kind.CODE, "jsonnet libsonnet cue dhall"),
    _plain("coffeescript", Kind.CODE, "coffee litcoffee"),
    _plain("gdscript", Kind.CODE, "gd"),
    _plain("gleam", Kind.CODE, "gleam"),
    _plain("nushell", Kind.CODE, "nu"),
    _plain("awk", Kind.CODE, "awk", shebangs="awk gawk"),
    _plain("nim", Kind.CODE, "nim"),
    _plain("crystal", Kind.CODE, "cr"),
    _plain("nix", Kind.CODE, "nix"),
    _plain("cython", Kind.CODE, "pyx pxd pxi"),
    _plain("vimscript", Kind.CODE, "vim", ".vimrc"),
    _plain("cmake", Kind.CODE, "cmake", "CMakeLists.txt"),
    _plain("makefile", Kind.CODE, "mk mak make", "Makefile makefile GNUmakefile Justfile justfile", "make"),
    _plain("dockerfile", Kind.CONFIG, "dockerfile containerfile", "Dockerfile Containerfile"),
    _plain("terraform", Kind.CONFIG, "tf tfvars hcl nomad"),
    _plain("yaml", Kind.CONFIG, "yml yaml cff", ".clang-format .clang-tidy"),
    _plain("toml", Kind.CONFIG, "toml", "Pipfile"),
    _plain("json", Kind.CONFIG, "json jsonc json5 jsonl ndjson geojson webmanifest avsc har",
           ".babelrc .eslintrc .prettierrc .jshintrc"),
    _plain("xml", Kind.CONFIG,
           "xml xsd xsl xslt wsdl csproj vbproj fsproj props targets plist resx storyboard xib pom svg xaml rss nuspec"),
    _plain("csv", Kind.CONFIG, "csv tsv psv"),
    _plain("ini", Kind.CONFIG, "ini cfg conf properties env editorconfig service timer desktop rc mod work in gitmodules sln",
           ".env .gitignore .gitattributes .dockerignore .npmrc .editorconfig .flake8 .pylintrc .mailmap .npmignore .eslintignore"
           " .prettierignore CODEOWNERS MANIFEST.in Procfile go.mod go.work"),
)
LANGUAGES = {language.name: language for language in _TABLE}
_BY_EXTENSION = {extension: language for language in reversed(_TABLE) for extension in language.extensions}
_BY_FILENAME = {name: language for language in _TABLE for name in language.filenames}
_BY_SHEBANG = {name: language for language in _TABLE for name in language.shebangs}
_TEXT = LANGUAGES["text"]

_SHEBANG = re.compile(r"^#!\s*(?:\S*/)?(?:env\s+(?:-\S+\s+|\w+=\S*\s+)*)?(?:\S*/)?([A-Za-z][\w.+-]*)")
_CPP_HEADER = re.compile(
    r"^\s*(?:class\s+\w|namespace\b|template\s*<|using\s+\w|(?:public|private|protected)\s*:|#\s*include\s*<(?:c?[a-z_]+)>\s*$|extern\s+\"C\+\+\")"
    r"|\bstd::|\bconstexpr\b|\bnoexcept\b|\boverride\b|\bvirtual\b|\bnullptr\b", re.MULTILINE)


def detect_language(path: str, text: str = "") -> Language:
    """The language of a file by name, then extension, then its `#!` line; plain text where nothing says otherwise."""
    name = PurePosixPath(path).name
    if name in _BY_FILENAME:
        return _BY_FILENAME[name]
    stem, dot, extension = name.rpartition(".")
    extension = extension.lower()
    if dot and extension == "h":
        return LANGUAGES["cpp" if _CPP_HEADER.search(text[:20_000]) else "c"]
    if dot and extension in ("sample", "example", "dist", "template", "tmpl", "tpl", "j2", "in") and "." in stem.lstrip("."):
        return detect_language(stem, text)
    if stem in ("Dockerfile", "Containerfile") or name.startswith("Dockerfile"):
        return LANGUAGES["dockerfile"]
    if dot and extension in _BY_EXTENSION:
        return _refined(_BY_EXTENSION[extension], extension, text)
    if (shebang := _SHEBANG.match(text[:200])) and (found := _by_shebang(shebang[1])):
        return found
    return _TEXT


def _by_shebang(program: str) -> Language | None:
    return _BY_SHEBANG.get(program) or _BY_SHEBANG.get(program.rstrip("0123456789."))


def _refined(language: Language, extension: str, text: str) -> Language:
    """Extensions that several languages share are decided by what stands in the file."""
    if extension == "inc" and "<?php" not in text[:2_000]:
        return LANGUAGES["cpp" if _CPP_HEADER.search(text[:20_000]) else "text"]
    if extension == "ts" and text.lstrip().startswith(("<?xml", "<!DOCTYPE TS")):  # Qt's translation files
        return LANGUAGES["xml"]
    if extension in ("v", "t", "s", "f", "m", "r", "re", "pp", "cls", "1", "3", "5", "7", "8") and not text.strip():
        return _TEXT
    return language


@cache
def grammar(name: str) -> Grammar | None:
    """The tree-sitter grammar of a language, loaded once; None where the language is cut without one."""
    entry = LANGUAGES[name].grammar if name in LANGUAGES else None
    if entry is None:
        return None
    module, function = entry
    return Grammar(getattr(importlib.import_module(module), function)())
