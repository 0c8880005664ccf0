"""Queues and topics: who puts messages in and who takes them out, by the names in quotation marks."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from indexer.systems.documents import Lines
from indexer.systems.types import Place

_NAME = r"\s*\[?\{?\s*[\"'`](?P<name>[A-Za-z][\w.:/-]{2,80})[\"'`]"
_PUT = re.compile(
    r"(?:\b(?:rpush|lpush|xadd|RPush|LPush|ListRightPush(?:Async)?|ListLeftPush(?:Async)?|StreamAdd(?:Async)?)\("
    r"|\b\w*(?:[Pp]roducer|[Kk]afka[Tt]emplate|rabbitTemplate|jmsTemplate)\w*(?:\(\))?\.(?:send|produce|sendAsync|convertAndSend|ProduceAsync)"
    r"\((?:\s*\{?\s*topic\s*[:=])?"
    r"|\b(?:send_task|sendToQueue|publish|Publish|PublishAsync|basicPublish|convertAndSend|apply_async_topic)\(|\bemit_event\("
    r"|\brouting_key\s*=|\bproducer\.send\(\s*\{\s*topic:|\bkafka\.Message\{\s*Topic:|\bTopic:\s*)" + _NAME
)  # fmt: skip
_TAKE = re.compile(
    r"(?:\b(?:blpop|brpop|lpop|rpop|xread|BLPop|BRPop|LPop|RPop|ListLeftPop(?:Async)?|ListRightPop(?:Async)?)\("
    r"|@(?:KafkaListener|RabbitListener|JmsListener|StreamListener|SqsListener)\([^)\n]{0,80}?(?:topics|queues|destination|value)?\s*=?"
    r"|\b(?:[Cc]onsumer|channel|ch|sub|subscriber|reader|nc|js|bus|pubsub|client)\w*\.(?:subscribe|Subscribe|consume|Consume|QueueSubscribe|"
    r"assign|psubscribe|SubscribeTopics)\((?:\s*\{?\s*topics?\s*[:=])?"
    r"|\bKafkaConsumer\(|\bbasic_consume\((?:\s*queue\s*=)?|\bqueue\s*=(?=\s*[\"'][\w.-]+[\"']\s*,\s*on_message_callback)"
    r"|@(?:shared_task|app\.task|celery\.task)\([^)\n]{0,60}?name\s*=|@(?:EventPattern|MessagePattern)\()" + _NAME
)  # fmt: skip
_WORDS = ("rpush(", "lpush(", "RPush(", "LPush(", "RightPush", "LeftPush", "xadd(", "StreamAdd", "roducer", "Template.", "send_task(",
    "sendToQueue(", "ublish(", "ublishAsync(", "convertAndSend(", "routing_key", "Topic:", "lpop(", "rpop(", "LPop(", "RPop(", "LeftPop",
    "RightPop", "xread(", "Listener(", "ubscribe(", "onsume(", "onsumer(", "SubscribeTopics(", "_consume(", "_task(", ".task(", "Pattern(",
    "emit_event(")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Message:
    """A place where messages of a name are put in, or taken out."""

    name: str
    place: Place


def messages(path: str, text: str) -> tuple[list[Message], list[Message]]:
    """What a file puts into queues and topics, and what it takes out."""
    if not any(word in text for word in _WORDS):
        return [], []
    lines = Lines(text)

    def all_of(pattern: re.Pattern[str], does: str) -> list[Message]:
        found = ((match["name"], lines.at(match.start("name"))) for match in pattern.finditer(text))
        return [Message(name, Place(path, line, f"{does} {name}")) for name, line in found]

    return all_of(_PUT, "puts into"), all_of(_TAKE, "takes from")


def carried(
    putting: Mapping[str, Iterable[Message]], taking: Mapping[str, Iterable[Message]]
) -> Iterator[tuple[str, str, Message, Message]]:
    """(who puts, who takes, one place of each) for every name that two systems share."""
    takers: dict[str, dict[str, Message]] = defaultdict(dict)
    for system, some in taking.items():
        for message in some:
            takers[message.name].setdefault(system, message)
    for system, some in putting.items():
        for message in some:
            for taker, taken in takers.get(message.name, {}).items():
                if taker != system:
                    yield system, taker, message, taken
