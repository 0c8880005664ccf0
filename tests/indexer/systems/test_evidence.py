"""What single files say of systems; and that odd ones say nothing and break nothing."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.systems.about import entries, first_words, sentence
from indexer.systems.code import code_ties, driver_ties
from indexer.systems.compose import compose_evidence, is_compose
from indexer.systems.documents import yaml_documents
from indexer.systems.kubernetes import is_manifest, kubernetes_evidence, rendered
from indexer.systems.names import hosts_in, hosts_of_setting, image_name, product_of, squeezed
from indexer.systems.queues import messages
from indexer.systems.rollup import Owners, parts
from indexer.systems.routes import called, route_key, served
from indexer.systems.tables import tables_of, users_of
from indexer.systems.types import Evidence, LinkKind, SystemKind
from indexer.systems.workspaces import PRODUCT, manifest_reader
from indexer.types import Import

MANIFESTS = (
    "pyproject.toml", "package.json", "go.mod", "Cargo.toml", "pom.xml", "build.gradle", "a/x.csproj", "a/Dockerfile", "requirements.txt",
    "skaffold.yaml", "src/main/resources/application.yml",
)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(("name", "services", "depends_on", "environment", "image", "build", "dependencies", "kind", "metadata", "spec")),
        inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


def read(path: str, text: str) -> Evidence:
    reader = manifest_reader(path)
    assert reader is not None
    return reader(path, text)


def ties(found: Evidence) -> set[tuple[str, str, int]]:
    return {(tie.source, tie.target, tie.place.line) for tie in found.ties}


@given(st.sampled_from(MANIFESTS), st.text(max_size=200))
def test_any_text_as_a_manifest_breaks_nothing(path: str, text: str) -> None:
    assert isinstance(read(path, text), Evidence)


@given(VALUES)
def test_any_tree_as_a_settings_file_breaks_nothing(value: object) -> None:
    text = json.dumps({"services": value, "kind": "Deployment", "apiVersion": "v1", "metadata": value, "spec": value, **{"name": value}})
    for path in MANIFESTS:
        assert isinstance(read(path, text), Evidence)
    assert isinstance(compose_evidence("compose.yaml", text), Evidence)
    assert isinstance(kubernetes_evidence("deploy.yaml", text), Evidence)


@given(st.text(alphabet="{}[]:-&*<!|>#'\"\n\t a1é", max_size=120))
def test_any_yaml_breaks_nothing_and_keeps_its_lines(text: str) -> None:
    for document in yaml_documents(text):
        assert all(1 <= node.line <= text.count("\n") + 1 for node in document.texts() if node.value)
    assert isinstance(compose_evidence("compose.yml", text), Evidence)
    assert isinstance(kubernetes_evidence("a.yaml", rendered(text, text)), Evidence)


@given(st.text(max_size=300))
def test_any_code_breaks_nothing(text: str) -> None:
    list(code_ties("a.py", text, {"cart"})), list(served("a.py", text)), list(called("a.py", text))
    messages("a.py", text)
    list(tables_of("a.py", text)), list(users_of("a.py", text, {"orders"}))
    list(entries("README.md", text)), first_words("README.md", text)


def test_aliases_that_grow_without_end_are_let_go() -> None:
    layers = ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40))]
    found = yaml_documents("\n".join(layers))
    assert len(list(found[0].texts())) < 6_000
    assert yaml_documents("a: &a [*a]")


def test_a_compose_file_says_what_runs_and_what_depends_on_what() -> None:
    text = """\
x-base: &base
  depends_on: [db]
services:
  api:
    <<: *base
    build: {context: ../api}
    environment: {CACHE_HOST: cache, SECRET_WORD: db, ORDERS: "http://orders.svc.local/v1"}
  db: {image: "registry.example.com:5000/library/postgres:16@sha256:ab"}
"""
    found = compose_evidence("deploy/compose.yaml", text)
    assert [(one.name, one.kind, one.folder, one.product) for one in found.systems] == [
        ("api", SystemKind.SERVICE, "api", ""), ("db", SystemKind.DATASTORE, None, "PostgreSQL"),
    ]  # fmt: skip
    assert ties(found) == {("api", "db", 2), ("api", "cache", 7), ("api", "orders", 7)}
    assert is_compose("docker-compose.prod.yml") and not is_compose("docker-compose.test.yml") and not is_compose("composer.json")


def test_a_chart_is_read_with_its_values() -> None:
    template = """\
{{- if .Values.cart.create }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Values.cart.name }}
spec:
  template:
    spec:
      containers:
      - image: {{ .Values.images.repository }}/cart:{{ .Values.images.tag | default "1" }}
        env:
        - name: STORE_ADDR
          value: "{{ .Values.store.name }}:6379"
{{- end }}
"""
    found = kubernetes_evidence("chart/templates/cart.yaml", template, "cart: {name: cart-service}\nstore: {name: cart-store}\n")
    assert is_manifest(template)
    assert [(one.name, one.place.line) for one in found.systems] == [("cart-service", 5)]
    assert ties(found) == {("cart-service", "cart-store", 13)}


@pytest.mark.parametrize(("path", "text", "name", "target"), [
    ("a/pyproject.toml", '[project]\nname = "a"\ndependencies = ["shop-core>=1"]', "a", "shop-core"),
    ("a/package.json", '{"name": "@acme/a",\n "dependencies": {"@acme/core": "*"}}', "@acme/a", "@acme/core"),
    ("a/go.mod", "module example.com/acme/a/v2\n\nrequire example.com/acme/core v1.0.0", "a", "example.com/acme/core"),
    ("a/Cargo.toml", '[package]\nname = "a"\n[dependencies]\ncore-lib = { path = "../core" }', "a", "core-lib"),
    ("a/pom.xml", "<project><parent><artifactId>all</artifactId></parent><artifactId>a</artifactId><dependencies><dependency>"
     "<groupId>g</groupId><artifactId>core</artifactId></dependency></dependencies></project>", "a", "core"),
    ("a/build.gradle.kts", 'dependencies { implementation(project(":libs:core")) }', "a", "core"),
    ("a/A.csproj", '<Project><ProjectReference Include="..\\Core\\Core.csproj" /></Project>', "A", "Core"),
])  # fmt: skip
def test_a_manifest_names_its_package_and_what_it_depends_on(path: str, text: str, name: str, target: str) -> None:
    found = read(path, text)
    assert [(one.name, one.folder) for one in found.systems] == [(name, "a")]
    assert target in {tie.target for tie in found.ties}


def test_drivers_are_known_in_manifests_and_imports() -> None:
    assert {tie.target for tie in read("requirements.txt", "psycopg2-binary==2.9\nflask\n").ties} == {PRODUCT + "PostgreSQL", "flask"}
    imports = [Import("a.go", 3, "github.com/redis/go-redis/v9"), Import("b.py", 1, "json"), Import("c.py", 2, "pika.spec")]
    found = list(driver_ties(imports))
    assert [(tie.target, tie.kind) for tie in found] == [(PRODUCT + "Redis", LinkKind.DATABASE), (PRODUCT + "RabbitMQ", LinkKind.QUEUE)]
    assert product_of("postgres") and product_of("server") is None


def test_hosts_are_found_in_addresses_only() -> None:
    text = "http://cart:80/x postgres://u:p@db/shop billing.shop.svc:90 at 12:30, a.b.c.example.com:443"
    assert {host for host, _ in hosts_in(text)} == {"cart", "db", "billing"}
    assert hosts_of_setting("CART_HOST", "cart") == {"cart"} and hosts_of_setting("COLOUR", "cart") == set()
    assert image_name("registry.example.com:5000/acme/cart:1@sha256:0") == "cart" and squeezed("Cart Service") == "cartservice"
    code = 'a = "http://cart/x"\n# see http://cart/y\nserver = "cart"\nnames = ["cart"]\n'
    assert [tie.place.line for tie in code_ties("a.py", code, {"cart"})] == [1, 3]


@pytest.mark.parametrize(("path", "text", "key"), [
    ("a.py", '@app.get("/orders/{order_id}")', "/orders/{}"),
    ("a.js", "router.post('/orders/:id/lines', handler)", "/orders/{}/lines"),
    ("A.java", '@RequestMapping("/owners")\npublic class A {\n  @GetMapping("/{id}/pets")', "/owners/{}/pets"),
    ("a.go", 'mux.HandleFunc("/orders/checkout", checkout)', "/orders/checkout"),
    ("urls.py", 'path("orders/<int:pk>/", view)', "/orders/{}"),
    ("A.cs", '[HttpGet("orders/{id}")]', "/orders/{}"),
])  # fmt: skip
def test_routes_are_read_in_the_words_of_frameworks(path: str, text: str, key: str) -> None:
    assert key in {route.key for route in served(path, text)}


def test_calls_are_read_without_their_hosts_and_parameters() -> None:
    assert [one.key for one in called("a.js", "fetch(`${base}/orders/${id}?full=1`)")] == ["/orders/{}"]
    assert [one.key for one in called("a.py", 'httpx.get(f"{URL}/orders/{number}")')] == ["/orders/{}"]
    assert route_key("/health") == "" and route_key("/{id}") == "" and route_key("/api/v1") == ""


def test_tables_are_read_from_migrations_and_classes() -> None:
    assert [one.name for one in tables_of("1.sql", 'CREATE TABLE IF NOT EXISTS public."orders" (id int);\ncreate table lines(x)')] == [
        "orders", "lines"]  # fmt: skip
    assert [one.name for one in tables_of("m.py", 'class Order(models.Model):\n    pass\n')] == ["Order"]
    assert [one.name for one in tables_of("A.java", '@Entity\n@Table(name = "owners")\npublic class Owner {}')] == ["owners"]
    assert [one.name for one in tables_of("s.prisma", "model Cart {\n}")] == ["Cart"]
    assert [one.name for one in users_of("a.go", 'q := "SELECT * FROM orders o JOIN lines"', {"orders", "lines"})] == ["orders", "lines"]
    assert not list(users_of("a.py", "from orders import models", {"orders"}))


def test_a_system_is_told_by_the_readme() -> None:
    text = (
        "# Shop\n\n[![b](x)](y)\n\nThe shop sells **tea** to people. It is old.\n\n"
        "- **Cart Service**: Keeps carts (in `Redis`).\n* A [worker](/jobs)\n"
    )
    told = list(entries("README.md", text))
    assert [(heads, quote.text, quote.place.line) for heads, _, quote in told] == [
        ({"cartservice"}, "Keeps carts (in Redis)", 7), (set(), "A worker", 8),
    ]  # fmt: skip
    assert told[1][1] == {"jobs"}
    first = first_words("README.md", text)
    assert first is not None and (first.text, first.place.line) == ("The shop sells tea to people", 5)
    assert len(sentence("word " * 100)) < 200


def test_a_tree_is_told_by_its_largest_folders() -> None:
    lines = {f"src/acme/{part}/{name}.py": 100 for part in ("pay", "ship", "cart") for name in "abcd"}
    assert parts(lines) == ["src/acme/cart", "src/acme/pay", "src/acme/ship"]
    assert Owners([("a", "one"), ("a/b", "two")]).of("a/b/c.py") == "two" and Owners([("a", "one")]).of("x.py") is None
