"""Names: of hosts in settings and code, of products behind images and drivers, and when two names mean the same."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.systems.types import SystemKind

_URL = re.compile(r"\b[a-z][a-z0-9+.:-]{1,30}://(?:[^\s@/\"'`]*@)?([a-zA-Z0-9][\w.-]*)")
_HOST_PORT = re.compile(r"(?<![\w.:/@-])([a-z][\w-]*(?:\.[\w-]+)*):\d{2,5}(?![\w.:])")
_HOST_SETTING = re.compile(r"(?:^|_)(?:HOST|HOSTNAME|ADDR|ADDRESS|URL|URI|SERVER|SERVICE|ENDPOINT|BROKER|UPSTREAM)S?$", re.IGNORECASE)
_BARE = re.compile(r"^[a-z][a-z0-9_-]*(?:\.[a-z0-9_.-]+)?$")
_NOBODY = frozenset(("localhost", "example", "127", "0", "host", "www"))

# What runs in an image, or is spoken to by a driver: (pattern of the name, product, kind).
_PRODUCTS: tuple[tuple[str, str, SystemKind], ...] = (
    (r"postgres(?:ql)?|postgis|timescaledb(?:-ha)?|pgvector|pg|psycopg[23]?(?:-binary)?|asyncpg|npgsql(?:\..*)?|pgx|pq|postgresql-client|"
     r"tokio-postgres|langchain-google-alloydb-pg", "PostgreSQL", SystemKind.DATASTORE),
    (r"mysql(?:-server|2|client)?|mysql-connector-(?:j|java|python)|pymysql|go-sql-driver|mysqlclient|mysqlconnector", "MySQL",
     SystemKind.DATASTORE),
    (r"mariadb|mariadb-java-client", "MariaDB", SystemKind.DATASTORE),
    (r"mongo(?:db)?|mongoose|pymongo|motor|mongo-driver|mongodb\.driver|mongo-express-driver|mongodb-community-server", "MongoDB",
     SystemKind.DATASTORE),
    (r"redis(?:-stack(?:-server)?|py)?|valkey|keydb|ioredis|go-redis|redigo|stackexchange\.redis|jedis|lettuce-core|"
     r"spring-boot-starter-data-redis|microsoft\.extensions\.caching\.stackexchangeredis", "Redis", SystemKind.DATASTORE),
    (r"memcached|pymemcache|gomemcache", "Memcached", SystemKind.DATASTORE),
    (r"elasticsearch|go-elasticsearch|elastic|@elastic/elasticsearch", "Elasticsearch", SystemKind.DATASTORE),
    (r"opensearch(?:-py)?", "OpenSearch", SystemKind.DATASTORE),
    (r"cassandra|scylla|cassandra-driver|gocql", "Cassandra", SystemKind.DATASTORE),
    (r"clickhouse(?:-server|-driver|-connect|-go)?", "ClickHouse", SystemKind.DATASTORE),
    (r"neo4j|neo4j-driver", "Neo4j", SystemKind.DATASTORE),
    (r"minio", "MinIO", SystemKind.DATASTORE),
    (r"influxdb(?:-client)?", "InfluxDB", SystemKind.DATASTORE),
    (r"(?:mssql-)?sqlserver|mssql(?:-server)?|azure-sql-edge|mssql-jdbc|microsoft\.data\.sqlclient", "SQL Server", SystemKind.DATASTORE),
    (r"cockroach(?:db)?", "CockroachDB", SystemKind.DATASTORE),
    (r"qdrant(?:-client)?", "Qdrant", SystemKind.DATASTORE),
    (r"google\.cloud\.spanner\.data|google-cloud-spanner", "Cloud Spanner", SystemKind.DATASTORE),
    (r"hsqldb", "HSQLDB (in memory)", SystemKind.DATASTORE),
    (r"rabbitmq|pika|amqplib|amqp091-go|spring-boot-starter-amqp|rabbitmq\.client|aio-pika", "RabbitMQ", SystemKind.EXTERNAL),
    (r"(?:cp-)?kafka|kafkajs|kafka-python|confluent-kafka|kafka-go|sarama|spring-kafka|confluent\.kafka|redpanda|aiokafka", "Kafka",
     SystemKind.EXTERNAL),
    (r"(?:cp-)?zookeeper", "ZooKeeper", SystemKind.EXTERNAL),
    (r"nats(?:-streaming|-server|\.go|-py)?", "NATS", SystemKind.EXTERNAL),
    (r"activemq(?:-artemis)?|pulsar", "a message broker", SystemKind.EXTERNAL),
    (r"stripe(?:-java|-go|\.net)?|@stripe/stripe-node", "Stripe", SystemKind.EXTERNAL),
    (r"openai|spring-ai-starter-model-openai|langchain-openai|@langchain/openai|go-openai", "OpenAI", SystemKind.EXTERNAL),
    (r"anthropic|@anthropic-ai/sdk", "Anthropic", SystemKind.EXTERNAL),
    (r"google-generativeai|google-genai|langchain-google-genai", "Gemini", SystemKind.EXTERNAL),
    (r"twilio", "Twilio", SystemKind.EXTERNAL),
    (r"sendgrid|@sendgrid/mail", "SendGrid", SystemKind.EXTERNAL),
    (r"paypalrestsdk|@paypal/.*", "PayPal", SystemKind.EXTERNAL),
    (r"braintree", "Braintree", SystemKind.EXTERNAL),
    (r"slack-bolt|slack-sdk|@slack/bolt|@slack/web-api", "Slack", SystemKind.EXTERNAL),
)  # fmt: skip
_COMPILED = tuple((re.compile(pattern), product, kind) for pattern, product, kind in _PRODUCTS)
BROKERS = frozenset(("RabbitMQ", "Kafka", "NATS", "a message broker"))


def squeezed(name: str) -> str:
    """A name as it is compared: letters and digits alone, in lower case."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def image_name(image: str) -> str:
    """The last part of an image's name, without its registry, tag and digest."""
    name = image.strip().split("@")[0].rsplit("/", 1)[-1]
    return name.split(":")[0]


def product_of(name: str) -> tuple[str, SystemKind] | None:
    """What an image or a driver's package is of: a product and its kind; None for what is not known."""
    name = name.lower().strip()
    return next(((product, kind) for pattern, product, kind in _COMPILED if pattern.fullmatch(name)), None)


def hosts_in(text: str) -> Iterator[tuple[str, int]]:
    """The first labels of the hosts that a text names in addresses ("http://cart:80/x", "cart.shop.svc:80"), and where they stand."""
    for pattern in (_URL, _HOST_PORT):
        for found in pattern.finditer(text):
            host = found[1].split(".")[0].lower()
            if host and host not in _NOBODY and (pattern is _URL or "." not in found[1] or ".svc" in found[1] or found[1].count(".") == 1):
                yield host, found.start(1)


def hosts_of_setting(key: str, value: str) -> set[str]:
    """The hosts that a setting's value means; a bare word counts where the setting's name says that it is one."""
    found = {host for host, _ in hosts_in(value)}
    for part in value.split(","):
        part = part.strip()
        if _HOST_SETTING.search(key) and _BARE.match(part) and part.split(".")[0] not in _NOBODY:
            found.add(part.split(".")[0])
    return found
