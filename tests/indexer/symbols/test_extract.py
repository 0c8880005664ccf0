"""The definitions of every language: qualified names, kinds, signatures and docs."""

from __future__ import annotations

import pytest

from indexer.chunking import parse_file
from indexer.types import Symbol
from tests.indexer.chunking.samples import source


def symbols(path: str, text: str) -> dict[str, Symbol]:
    return {item.qualified: item for item in parse_file(source(path, text)).symbols}


PYTHON = '''import os

LIMIT = 3
type Money = int


class Cart(Base):
    """What is bought."""

    size = 0

    @property
    async def total(self) -> int:
        """Sum of the lines.

        :param x: no
        """
        def inner(): ...
        return 0


# Adds a line.
def add(cart, line): pass
'''
JAVASCRIPT = """const LIMIT = 3;
const add = (cart) => cart;
exports.total = function () {};
/** Send it. @param {x} b */
res.send = function send(b) {};
Cart.prototype.pay = async function () {};
module.exports = { open() {}, close: function () {} };
class Shop extends Base { #p = 1; list = () => 2; get size() {} }
const api = { find: () => 1 };
function* each() {}
module.exports = function render() {};
"""
TYPESCRIPT = """export interface Cart<T> extends Base { id: string; pay(): void }
type Money = string;
enum Kind { A, B }
abstract class Shop<T> { abstract open(): void; list<T>(): void {} find = () => 1 }
namespace Api.V1 { export function get() {} }
declare function set(): void;
export const add = <T,>(x: T) => x;
@Injectable()
export class Service {}
export const Button = React.memo(() => null);
"""
GO = """package cart

// Cart is what is bought.
type Cart struct { lines []Line }
type Payer interface { Pay(sum int) error }
type (
	Money int
	Alias = string
)
const Limit = 3
var A, B int

// Total adds up.
func (c *Cart[T]) Total(a int) (int, error) { return 0, nil }
func (Cart) Len() int { return 0 }
func New() *Cart { return nil }
"""
JAVA = """package shop;
/** What is bought, see {@link Shop}.
 * @param <T> no
 */
@Entity
public class Cart<T> extends Base {
  static final int LIMIT = 1;
  Cart() {}
  @Override
  public int total(int a) { return 1; }
  interface Payer { void pay(); }
  enum Kind { A }
  record Line(int sum) {}
}
"""
RUST = """//! Carts of the shop.
/// What is bought.
#[derive(Debug)]
pub struct Cart<T> { lines: T }
impl<T> fmt::Display for Cart<T> { fn fmt(&self) {} }
impl Cart<u8> { pub fn new() -> Self {} const LIMIT: u8 = 1; }
pub trait Payer { fn pay(&self); fn refund(&self) {} }
enum Kind { A }
type Money = u8;
mod inner { pub fn free() {} }
macro_rules! cart { () => {} }
"""
C = """#define LIMIT 3
#define SQUARE(a) ((a) * (a))
struct cart { int lines; };
typedef struct { int z; } line_t;
typedef int money_t;
enum kind { A };
static const int rate = 1;
/* Adds up. */
static int *total(struct cart *c) { return 0; }
int declared(int);
"""
CPP = """namespace shop::v1 {
class API_EXPORT Cart : public Base {
 public:
  Cart();
  ~Cart();
  int total(int) const;
  template <class T> void add(T line) {}
  bool operator==(const Cart& other) const;
};
}
/// \\brief Adds up.
/// \\param a no
template <typename T>
T* shop::Cart::pay(int a) { return 0; }
std::vector<int>& lines() {}
using Money = int;
enum class Kind { A };
template <class T> class Box<T*> {};
"""
CSHARP = """namespace Shop.Carts;
/// <summary>What is <see cref="T:Bought"/>.</summary>
/// <param name="a">no</param>
[Serializable]
public class Cart<T> : Base {
  const int Limit = 1;
  public Cart() {}
  public int Size { get { return 1; } }
  public async Task<int> Total<U>(int a) => 1;
}
interface IPayer { void Pay(); }
struct Line {}
enum Kind { A }
record Money(int A);
delegate void Done();
"""
RUBY = """# What is bought.
module Shop
  # A cart.
  # @param x no
  class Cart < Base
    LIMIT = 1
    def total(a); end
    def self.open; end
    def <=>(other); end
    class << self
      def close; end
    end
    define_method(:pay) { }
  end
end
class Shop::Line; end
Money = Struct.new(:a)
def top; end
"""
PHP = """<?php
namespace App\\Http;
/** What is bought. @return no */
abstract class Cart extends Base { const LIMIT = 1; public function total(int $a): int {} abstract function pay(); }
interface Payer { function refund(); }
trait Sums {}
enum Kind: string { case A = 'a'; }
function top() {}
define('RATE', 2);
"""
KOTLIN = """package shop

/** What is bought. */
@Entity
data class Cart(val x: Int) : Base() {
    fun total(): Int { return 1 }
    companion object {
        const val LIMIT = 1
        fun open() {}
    }
    constructor(a: String) : this(1) {}
}
interface Payer {
    fun pay()
}
enum class Kind {
    A;
    fun show() {}
}
object Registry {
    fun find() {}
}
fun <T> List<T>.second() = this[1]
fun String.shout(a: Int): String = this
typealias Money = Int
"""
SWIFT = """/// What is bought.
/// - Parameter x: no
public class Cart: Base {
    let x = 1
    init(a: Int) {}
    func total(a: Int) -> Int { return 1 }
    var size: Int { return 1 }
}
struct Line {}
enum Kind {
    case a
    func show() {}
}
protocol Payer {
    func pay()
}
extension Cart: Payer {
    public static func open() {}
}
actor Till {}
typealias Money = Int
let limit = 1
func top() {}
"""


@pytest.mark.parametrize(("path", "text", "expected"), [
    ("a.py", PYTHON,
     "constant LIMIT, type Money, class Cart, constant Cart.size, method Cart.total, function Cart.total.inner, "
     "function add"),
    ("a.js", JAVASCRIPT,
     "constant LIMIT, function add, function total, method res.send, method Cart.pay, method open, method close, class "
     "Shop, method Shop.list, method Shop.size, constant api, method api.find, function each, function render"),
    ("a.ts", TYPESCRIPT,
     "interface Cart, method Cart.pay, type Money, enum Kind, class Shop, method Shop.open, method Shop.list, method "
     "Shop.find, module Api.V1, function Api.V1.get, function set, function add, class Service, function Button"),
    ("a.tsx", "export function Page() { return <p/> }\nconst Row = () => <i/>\n",
     "function Page, function Row"),
    ("a.go", GO,
     "struct Cart, interface Payer, method Payer.Pay, type Money, type Alias, constant Limit, constant A, constant B, "
     "method Cart.Total, method Cart.Len, function New"),
    ("A.java", JAVA,
     "class Cart, constant Cart.LIMIT, method Cart.Cart, method Cart.total, interface Cart.Payer, method "
     "Cart.Payer.pay, enum Cart.Kind, class Cart.Line"),
    ("a.rs", RUST,
     "struct Cart, method Cart.fmt, method Cart.new, constant Cart.LIMIT, trait Payer, method Payer.pay, method "
     "Payer.refund, enum Kind, type Money, module inner, function inner.free, function cart"),
    ("a.c", C,
     "constant LIMIT, function SQUARE, struct cart, struct line_t, type money_t, enum kind, constant rate, function "
     "total"),
    ("a.cpp", CPP,
     "class shop.v1.Cart, method shop.v1.Cart.Cart, method shop.v1.Cart.~Cart, method shop.v1.Cart.total, method "
     "shop.v1.Cart.add, method shop.v1.Cart.operator==, method shop.Cart.pay, function lines, type Money, enum Kind, "
     "class Box"),
    ("a.cs", CSHARP,
     "class Cart, constant Cart.Limit, method Cart.Cart, method Cart.Size, method Cart.Total, interface IPayer, method "
     "IPayer.Pay, struct Line, enum Kind, class Money, type Done"),
    ("a.rb", RUBY,
     "module Shop, class Shop.Cart, constant Shop.Cart.LIMIT, method Shop.Cart.total, method Shop.Cart.open, method "
     "Shop.Cart.<=>, method Shop.Cart.close, method Shop.Cart.pay, class Shop.Line, class Money, function top"),
    ("a.php", PHP,
     "class Cart, constant Cart.LIMIT, method Cart.total, method Cart.pay, interface Payer, method Payer.refund, trait "
     "Sums, enum Kind, function top, constant RATE"),
    ("a.kt", KOTLIN,
     "class Cart, method Cart.total, constant Cart.LIMIT, method Cart.open, method Cart.constructor, interface Payer, "
     "method Payer.pay, enum Kind, method Kind.show, class Registry, method Registry.find, method List.second, method "
     "String.shout, type Money"),
    ("a.swift", SWIFT,
     "class Cart, method Cart.init, method Cart.total, method Cart.size, struct Line, enum Kind, method Kind.show, "
     "interface Payer, method Payer.pay, method Cart.open, class Till, type Money, constant limit, function top"),
])
def test_definitions_have_qualified_names_and_kinds(path: str, text: str, expected: str) -> None:
    assert [f"{item.kind} {item.qualified}" for item in parse_file(source(path, text)).symbols] == expected.split(", ")


@pytest.mark.parametrize(("path", "text", "name", "signature", "doc"), [
    ("a.py", PYTHON, "Cart.total", "async def total(self) -> int", "Sum of the lines."),
    ("a.py", PYTHON, "add", "def add(cart, line)", "Adds a line."),
    ("a.py", PYTHON, "Cart", "class Cart(Base)", "What is bought."),
    ("a.js", JAVASCRIPT, "res.send", "res.send = function send(b)", "Send it."),
    ("a.ts", TYPESCRIPT, "Cart", "interface Cart<T> extends Base", ""),
    ("a.go", GO, "Cart.Total", "func (c *Cart[T]) Total(a int) (int, error)", "Total adds up."),
    ("A.java", JAVA, "Cart.total", "public int total(int a)", ""),
    ("A.java", JAVA, "Cart", "public class Cart<T> extends Base", "What is bought, see Shop."),
    ("a.rs", RUST, "Cart", "pub struct Cart<T>", "What is bought."),
    ("a.c", C, "total", "static int *total(struct cart *c)", "Adds up."),
    ("a.cpp", CPP, "shop.Cart.pay", "T* shop::Cart::pay(int a)", "Adds up."),
    ("a.cs", CSHARP, "Cart", "public class Cart<T> : Base", "What is Bought."),
    ("a.rb", RUBY, "Shop.Cart", "class Cart < Base", "A cart."),
    ("a.php", PHP, "Cart", "abstract class Cart extends Base", "What is bought."),
    ("a.kt", KOTLIN, "Cart", "data class Cart(val x: Int) : Base()", "What is bought."),
    ("a.swift", SWIFT, "Cart", "public class Cart: Base", "What is bought."),
])
def test_signature_and_doc(path: str, text: str, name: str, signature: str, doc: str) -> None:
    found = symbols(path, text)[name]
    assert (found.signature, found.doc) == (signature, doc)


def test_a_doc_that_is_no_doc_of_this_is_left_out() -> None:
    assert symbols("a.c", "/* Copyright 2020 me, all rights reserved. */\nint f(void) { return 0; }\n")["f"].doc == ""
    assert symbols("a.rs", RUST)["Cart"].doc == "What is bought."
    assert parse_file(source("a.rs", RUST)).about == "Carts of the shop."


def test_a_definition_stands_where_its_name_stands() -> None:
    assert symbols("A.java", "class A {\n  @Override\n  @Fast\n  public int total() {\n  }\n}\n")["A.total"].start_line == 4
    assert symbols("a.py", "@cached\ndef total():\n    pass\n")["total"].start_line == 2
    (head, total) = parse_file(source("A.java", "class A {\n" + "  int x;\n" * 16 + "  /** Sum. */\n  @Fast\n  int total() {\n"
                                      + "    x++;\n" * 16 + "  }\n}\n")).chunks
    assert (head.symbol, total.symbol, total.start_line) == ("A", "A.total", 18)


def test_operators_of_cpp_have_their_names() -> None:
    found = symbols("cart.cc", """struct Cart {
  operator bool() const noexcept { return true; }
  operator std::string() { return name; }
  void operator()(int line) {}
};
bool Cart::operator<(const Cart& other) const { return false; }
void* Cart::operator new(size_t size) { return 0; }
""")
    assert list(found) == ["Cart", "Cart.operator bool", "Cart.operator std::string", "Cart.operator()", "Cart.operator<",
                           "Cart.operator new"]


def test_directives_between_attributes_are_no_signature() -> None:
    found = symbols("Cart.cs", """class Cart {
    [Theory]
#pragma warning disable xUnit1042 // untyped rows
    [MemberData(nameof(Lines))]
#pragma warning restore xUnit1042
    public async Task Adds(int line)
    {
    }
}
""")
    assert found["Cart.Adds"].signature == "public async Task Adds(int line)"
