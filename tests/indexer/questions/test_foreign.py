"""Questions in other languages, turned into plain English words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers.intent import Intent, intent_of
from indexer.questions.foreign import understood
from indexer.questions.foreign_words import LANGUAGES, lexicons
from indexer.questions.query import parse_query

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"

WORDS = {
    "Wie werden Rechnungen an Kunden verschickt?": {"how", "invoice", "customer", "send"},
    "Wo pruefen wir die Kreditkartenzahlung?": {"where", "check", "credit card payment"},
    "Comment un client est-il remboursé quand il annule sa commande ?": {"how", "refund", "cancel", "order"},
    "¿Dónde se guardan las contraseñas de los usuarios?": {"where", "store", "password", "user"},
    "Onde são guardadas as senhas?": {"where", "store", "password"},
    "Dove vengono salvate le password degli utenti?": {"where", "save", "user"},
    "Waar worden de facturen aangemaakt?": {"where", "invoice", "create"},
    "Gdzie są przechowywane hasła użytkowników?": {"where", "store", "password", "user"},
    "Как часто повторяется неудачный запрос?": {"how often", "retry", "request"},
    "パスワードはどこに保存されますか?": {"where", "password", "store"},
    "密码存储在哪里?": {"where", "password", "store"},
}


@pytest.mark.parametrize("question", WORDS)
def test_its_words_are_told_in_english(question: str) -> None:
    found = understood(question)
    assert found is not None and all(word in found.english for word in WORDS[question]), found


@pytest.mark.parametrize(
    "question",
    [
        "Warum wurde die Anmeldung geändert?", "Wann haben wir Python 3.8 entfernt?", "Wer hat die Rückerstattung eingeführt?",
        "Pourquoi le paiement a-t-il été supprimé ?", "¿Por qué se cambió el inicio de sesión?", "Por que o login foi alterado?",
        "Perché è stata rimossa la cache?", "Waarom werd de betaling verwijderd?", "Dlaczego zmieniono logowanie?",
        "Почему изменили авторизацию?", "なぜログイン画面が変更されましたか？", "为什么修改了登录?",
    ],
)  # fmt: skip
def test_a_question_about_history_is_one_in_every_language(question: str) -> None:
    assert parse_query(question).wants_history, parse_query(question).text


@pytest.mark.parametrize(
    "question",
    [
        "Wer ist für die Zahlung verantwortlich?", "Qui est responsable des paiements ?", "¿Quién es el responsable de los pagos?",
        "Кто отвечает за оплату?", "支付由谁负责？", "支払いの担当は誰ですか？",
    ],
)  # fmt: skip
def test_a_question_about_owners_is_one_in_every_language(question: str) -> None:
    text = parse_query(question).text
    assert text.startswith("who is responsible for") and "payment" in text and intent_of(text, wants_history=False) is Intent.PEOPLE


@pytest.mark.parametrize("question", ["Wo wird die Anmeldung geändert?", "Waarom is de server zo traag?", "¿Cómo se cambia la contraseña?"])
def test_and_others_are_none(question: str) -> None:
    assert not parse_query(question).wants_history


def test_names_stay_and_the_notice_says_what_was_understood() -> None:
    query = parse_query("Was macht die Funktion `SessionStore.open` mit dem Passwort? lang:python")
    assert "`SessionStore.open`" in query.text and query.languages == ("python",)
    assert query.understood == (f"Understood the German question as “{query.text}”.",)
    assert "Passwort" in query.terms


@pytest.mark.parametrize(
    "text", ["usuario", "plan limits", "core command execution", "date format", "Grafana", "die hard", "", "???", "a b c"]
)
def test_what_may_be_english_is_left_alone(text: str) -> None:
    assert understood(text) is None


def test_no_english_question_is_touched() -> None:
    questions = [
        json.loads(line)["question"]
        for path in [BENCHMARKS / "lay_commits.jsonl", *sorted((BENCHMARKS / "lay_questions").glob("*.jsonl"))[::4]]
        for line in path.read_text("utf-8").splitlines()
    ]
    assert len(questions) > 500
    assert [question for question in questions if understood(question)] == []


def test_every_language_has_its_words() -> None:
    sizes = {language: len({phrase for phrase, _ in lexicon._entries}) for language, lexicon in lexicons().items()}
    assert set(sizes) == set(LANGUAGES) and min(sizes.values()) > 400, sizes


_LETTERS = st.sampled_from(["wo", "der", "été", "の", "密码", "пароль", "-", "'", "`", "?", "a", "Passwort", "ß", "\u0301", "1", " ", "\n"])


@given(st.one_of(st.text(max_size=100), st.lists(_LETTERS, max_size=40).map(" ".join), st.lists(_LETTERS, max_size=40).map("".join)))
def test_any_text_is_read_without_complaint(text: str) -> None:
    found = understood(text)
    assert found is None or (found.english.strip() and found.language in LANGUAGES.values())
