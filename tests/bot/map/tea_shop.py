"""A small shop of several services, as companies have them: a repository whose map is known."""

from __future__ import annotations

from tests.git_repo import ADA, BOB, GitRepo

COMPOSE = """\
services:
  web:
    build: ./web
    depends_on: [orders]
    environment:
      ORDERS_URL: http://orders:8000
  orders:
    build: {context: services/orders}
    depends_on:
      db:
        condition: service_healthy
    environment:
      - DATABASE_URL=postgresql://shop:${PASSWORD}@db:5432/shop
      - BROKER=amqp://queue:5672
  billing:
    build: services/billing
    environment: {BROKER_HOST: queue}
  db:
    image: postgres:16
  queue:
    image: docker.io/library/rabbitmq:4-management
"""
README = """\
# Tea shop

[![Build](https://example.com/badge.svg)](https://example.com)

The tea shop sells tea to people who like it. It is made of three services.

| Service | Language | What it does |
| --- | --- | --- |
| [web](/web) | TypeScript | Shows the shop to customers and takes their orders. |
| **orders** | Python | Keeps orders and their state. |
"""
WEB = """\
import axios from "axios";
import { price } from "@tea/money";

export async function place(cart) {
  const answer = await axios.post(`${process.env.ORDERS_URL}/orders/checkout`, { cart, total: price(cart) });
  return answer.data;
}
"""
ORDERS = '''\
"""The API of orders."""

from fastapi import FastAPI

from orders.messages import announce

app = FastAPI()


@app.post("/orders/checkout")
def checkout(cart: dict) -> dict:
    announce(cart)
    return {"state": "placed"}
'''
MESSAGES = '''\
"""Tells others what happened to an order."""

import pika


def announce(order):
    channel = pika.BlockingConnection().channel()
    channel.basic_publish(exchange="", routing_key="orders.placed", body=str(order))
'''
MODELS = '''\
"""What is kept of orders."""

from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"


class Line(Base):
    __tablename__ = "order_lines"
'''
BILLING = """\
// Package main writes invoices for orders that were placed.
package main

import "example.com/tea/billing/store"

func main() {
	messages, _ := channel.Consume("orders.placed", "", true, false, false, false, nil)
	for message := range messages {
		store.Invoice(message.Body)
	}
}
"""
STORE = """\
// Package store keeps invoices.
package store

const unpaid = "SELECT o.id FROM orders o WHERE o.paid = false"

func Invoice(order []byte) {}
"""
FILES = {
    "README.md": README,
    "docker-compose.yml": COMPOSE,
    "docker-compose.test.yml": "services:\n  sut: {image: alpine, depends_on: [web]}\n",
    "package.json": '{"private": true, "workspaces": ["web", "packages/*"]}\n',
    "web/Dockerfile": "FROM node:22\n",
    "web/package.json": '{\n  "name": "@tea/web",\n  "dependencies": {\n    "@tea/money": "workspace:*",\n    "stripe": "^17"\n  }\n}\n',
    "web/src/place.ts": WEB,
    "packages/money/package.json": '{"name": "@tea/money", "description": "Adds up prices without rounding errors"}\n',
    "packages/money/src/index.ts": "export function price(cart) {\n  return cart.total;\n}\n",
    "packages/money/index.ts": 'export { price } from "./src/index";\n',
    "services/orders/pyproject.toml": '[project]\nname = "orders"\ndependencies = ["fastapi", "psycopg[binary]>=3", "pika"]\n',
    "services/orders/orders/__init__.py": "",
    "services/orders/orders/api.py": ORDERS,
    "services/orders/orders/messages.py": MESSAGES,
    "services/orders/orders/models.py": MODELS,
    "services/orders/tests/test_api.py": 'URL = "http://billing/nowhere"\n',
    "services/billing/README.md": "Billing\n=======\n\nWrites an invoice for every order that was placed. Sends it by mail.\n",
    "services/billing/go.mod": "module example.com/tea/billing\n\ngo 1.23\n",
    "services/billing/main.go": BILLING,
    "services/billing/store/store.go": STORE,
    ".github/CODEOWNERS": "/services/billing/ @tea/money\n",
}


def build(repo: GitRepo) -> GitRepo:
    repo.commit({path: text for path, text in FILES.items() if "billing" not in path}, message="Begin the shop", author=ADA)
    repo.commit({path: text for path, text in FILES.items() if "billing" in path}, message="Write invoices", author=BOB)
    return repo
