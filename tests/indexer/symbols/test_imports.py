"""Import statements as written, and the repository's own files that they mean."""

from __future__ import annotations

import pytest

from indexer.chunking import parse_file
from indexer.languages import detect_language
from indexer.symbols.imports import ImportResolver
from indexer.types import Import
from tests.indexer.chunking.samples import source


@pytest.mark.parametrize(("path", "text", "expected"), [
    ("a.py", "import os.path as p\nfrom . import a, b\nfrom ..x import (y as z, w)\nfrom v import *\n",
     ["os.path", ".a", ".b", "..x", "v"]),
    ("a.js", "import d, { e as g } from './x';\nexport * from './y';\nconst q = require('z');\nimport('./dyn');\n",
     ["./x", "./y", "z", "./dyn"]),
    ("a.ts", "import x = require('y');\nimport type { Z } from '@a/z';\n", ["y", "@a/z"]),
    ("a.go", 'package a\nimport (\n\t"fmt"\n\tx "a/b"\n)\n', ["fmt", "a/b"]),
    ("A.java", "import a.b.C;\nimport static a.b.C.d;\nimport x.y.*;\n", ["a.b.C", "a.b.C.d", "x.y.*"]),
    ("a.rs", "use crate::a::{b, c::{self, d as e}};\nmod m;\nextern crate serde;\n",
     ["crate::a::b", "crate::a::c", "crate::a::c::d", "self::m", "serde"]),
    ("a.rs", '#[cfg(unix)]\n#[path = "unix.rs"]\nmod os;\nmod tests {\n    use super::*;\n    use super::super::b::B;\n}\nuse super::c;\n',
     ["./unix.rs", "self::*", "super::b::B", "super::c"]),
    ("a.rs", "mod outer {\n    mod inner {\n        use super::{A, super::B, super::super::C};\n    }\n}\n",
     ["self::A", "self::B", "super::C"]),
    ("a.c", '#include "a/b.h"\n#include <stdio.h>\n', ["a/b.h", "stdio.h"]),
    ("a.cs", "using System.IO;\nusing static A.B;\nusing X = Y.Z;\n", ["System.IO", "A.B", "Y.Z"]),
    ("a.rb", "require 'a/b'\nrequire_relative 'c'\n", ["a/b", "./c"]),
    ("a.php", "<?php\nuse A\\B\\C as D;\nuse A\\{E, F as G};\nrequire_once __DIR__ . '/x.php';\n",
     ["A\\B\\C", "A\\E", "A\\F", "./x.php"]),
    ("a.kt", "package p\nimport a.b.C as D\nimport a.b.*\n", ["a.b.C", "a.b.*"]),
    ("a.swift", "import Foundation\n@testable import Shop\n", ["Foundation", "Shop"]),
])
def test_imports_are_read_as_written(path: str, text: str, expected: list[str]) -> None:
    assert [item.module for item in parse_file(source(path, text)).imports] == expected


def test_an_import_knows_its_line_and_names() -> None:
    found = parse_file(source("a.py", "import os\n\nfrom shop.cart import Cart, Line\n")).imports[1]
    assert found == Import("a.py", 3, "shop.cart", ("Cart", "Line"))


MANIFESTS = {
    "go.mod": "module example.com/shop\n\ngo 1.22\n",
    "package.json": '{"name": "root", "workspaces": ["packages/*"]}',
    "packages/core/package.json": '{"name": "@shop/core", "main": "./src/main.ts"}',
    "web/tsconfig.json": '{\n  // paths\n  "compilerOptions": {"baseUrl": ".", "paths": {"@/*": ["./src/*"], "@ui": ["./src/ui.ts"]}},\n}',
    "admin/tsconfig.json": '{"files": [], "references": [{"path": "./tsconfig.app.json"}]}',
    "admin/tsconfig.app.json": '{"compilerOptions": {"paths": {"#/*": ["./src/*"]}}}',
    "composer.json": '{"autoload": {"psr-4": {"App\\\\": "app/"}}}',
    "rust/Cargo.toml": '[package]\nname = "shop-core"\n',
    "cli/Cargo.toml": '[package]\nname = "cli"\n',
    "broken/package.json": "{",
    "broken/Cargo.toml": "[",
}
FILES = """
    src/shop/__init__.py src/shop/cart.py src/shop/pay/__init__.py src/shop/pay/card.py src/shop/util.py
    tests/test_cart.py tests/helpers.py cart/cart.go cart/line.go cart/cart_test.go cart/doc.go main.go
    packages/core/src/main.ts packages/core/src/money.ts web/src/app.tsx web/src/lib/index.ts web/src/lib/date.ts
    web/src/old.js index.js java/src/main/java/shop/Cart.java java/src/main/kotlin/shop/Line.kt
    java/src/test/java/shop/CartTest.java rust/src/lib.rs rust/src/cart.rs rust/src/pay/mod.rs rust/src/pay/card.rs
    cli/src/main.rs native/include/shop/cart.h native/src/cart.c native/src/local.h Shop.Core/Carts/Cart.cs
    Shop.Web/Program.cs lib/shop/cart.rb lib/shop.rb spec/spec_helper.rb app/Http/Cart.php public/index.php
    web/src/ui.ts admin/src/main.ts admin/src/menu.ts src/shop/json.py src/shop/__main__.py
    java/src/main/java/shop/pay/Card.java java/src/main/java/shop/pay/package-info.java java/src/main/java/util/List.java
    rust/tests/all.rs rust/tests/money.rs rust/benches/speed.rs rust/benches/util/mod.rs rust/src/bin/tool.rs rust/src/bin/args.rs
    rust/examples/demo/main.rs rust/examples/demo/screen.rs rust/src/unix.rs
"""


@pytest.fixture(scope="module")
def resolver() -> ImportResolver:
    return ImportResolver({path: detect_language(path).name for path in FILES.split()}, MANIFESTS)


@pytest.mark.parametrize(("path", "module", "names", "target"), [
    ("src/shop/cart.py", ".", ("util",), "src/shop/util.py"),
    ("src/shop/cart.py", ".util", ("x",), "src/shop/util.py"),
    ("src/shop/pay/card.py", "..", ("VERSION",), "src/shop/__init__.py"),
    ("src/shop/pay/card.py", "..cart", ("Cart",), "src/shop/cart.py"),
    ("tests/test_cart.py", "shop.pay", ("card",), "src/shop/pay/card.py"),
    ("tests/test_cart.py", "shop.pay", ("refund",), "src/shop/pay/__init__.py"),
    ("tests/test_cart.py", "helpers", (), "tests/helpers.py"),
    ("tests/test_cart.py", "os.path", (), None),
    ("src/shop/__main__.py", "json", (), None),  # inside a package, the standard library's
    ("src/shop/__main__.py", "util", (), "src/shop/util.py"),
    ("src/shop/__main__.py", ".json", (), "src/shop/json.py"),
    ("main.go", "example.com/shop/cart", (), "cart/cart.go"),
    ("main.go", "fmt", (), None),
    ("web/src/app.tsx", "./lib", (), "web/src/lib/index.ts"),
    ("web/src/app.tsx", "@/lib/date", (), "web/src/lib/date.ts"),
    ("web/src/app.tsx", "./lib/date.js", (), "web/src/lib/date.ts"),
    ("web/src/app.tsx", "src/old", (), "web/src/old.js"),
    ("web/src/app.tsx", "@shop/core", (), "packages/core/src/main.ts"),
    ("web/src/app.tsx", "@shop/core/money", (), "packages/core/src/money.ts"),
    ("web/src/app.tsx", "react", (), None),
    ("web/src/app.tsx", "@ui", (), "web/src/ui.ts"),
    ("web/src/app.tsx", "@ui/button", (), None),  # a pattern without a star is one name
    ("admin/src/main.ts", "#/menu", (), "admin/src/menu.ts"),
    ("web/src/app.tsx", "../..", (), "index.js"),
    ("java/src/test/java/shop/CartTest.java", "shop.Cart", (), "java/src/main/java/shop/Cart.java"),
    ("java/src/test/java/shop/CartTest.java", "shop.Cart.open", (), "java/src/main/java/shop/Cart.java"),
    ("java/src/main/java/shop/Cart.java", "shop.Line", (), "java/src/main/kotlin/shop/Line.kt"),
    ("java/src/main/java/shop/Cart.java", "java.util.List", (), None),
    ("java/src/main/java/shop/Cart.java", "java.util.*", (), None),
    ("java/src/main/java/shop/Cart.java", "shop.pay.*", (), "java/src/main/java/shop/pay/package-info.java"),
    ("java/src/main/java/shop/pay/Card.java", "org.shop.*", (), None),
    ("rust/src/lib.rs", "self::pay", (), "rust/src/pay/mod.rs"),
    ("rust/src/cart.rs", "crate::pay::card::Card", (), "rust/src/pay/card.rs"),
    ("rust/src/pay/card.rs", "super::super::cart::Cart", (), "rust/src/cart.rs"),
    ("rust/tests/all.rs", "self::money", (), "rust/tests/money.rs"),
    ("rust/tests/all.rs", "shop_core::cart::Cart", (), "rust/src/cart.rs"),
    ("rust/benches/speed.rs", "self::util", (), "rust/benches/util/mod.rs"),
    ("rust/src/bin/tool.rs", "self::args", (), "rust/src/bin/args.rs"),
    ("rust/examples/demo/main.rs", "self::screen", (), "rust/examples/demo/screen.rs"),
    ("rust/examples/demo/screen.rs", "crate::screen::Line", (), None),
    ("rust/src/cart.rs", "self::*", (), None),
    ("rust/src/cart.rs", "./unix.rs", (), "rust/src/unix.rs"),
    ("cli/src/main.rs", "shop_core::cart::Cart", (), "rust/src/cart.rs"),
    ("cli/src/main.rs", "std::io", (), None),
    ("native/src/cart.c", "shop/cart.h", (), "native/include/shop/cart.h"),
    ("native/src/cart.c", "local.h", (), "native/src/local.h"),
    ("native/src/cart.c", "stdio.h", (), None),
    ("Shop.Web/Program.cs", "Shop.Core.Carts", (), "Shop.Core/Carts/Cart.cs"),
    ("Shop.Web/Program.cs", "System.IO", (), None),
    ("spec/spec_helper.rb", "shop/cart", (), "lib/shop/cart.rb"),
    ("lib/shop.rb", "./shop/cart", (), "lib/shop/cart.rb"),
    ("lib/shop.rb", "json", (), None),
    ("public/index.php", "App\\Http\\Cart", (), "app/Http/Cart.php"),
    ("public/index.php", "./../app/Http/Cart.php", (), "app/Http/Cart.php"),
    ("public/index.php", "Psr\\Log\\LoggerInterface", (), None),
    ("unknown.py", "shop", (), None),
])
def test_imports_resolve_to_files(
    resolver: ImportResolver, path: str, module: str, names: tuple[str, ...], target: str | None,
) -> None:
    assert resolver.resolve(Import(path, 1, module, names)) == target
