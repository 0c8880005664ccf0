"""The errors of talking to a language model. None of them ends a question: the composed answer takes over, with a notice."""

from __future__ import annotations

from indexer.errors import DocentError


class LLMError(DocentError):
    """The language model named `model` gave no usable answer."""

    def __init__(self, model: str, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.model = model


class LLMUnavailable(LLMError):
    """It cannot be reached, does not accept the request, fails, or speaks nonsense."""


class LLMTimeout(LLMUnavailable):
    """It did not finish within the time set for a whole answer."""


class LLMRateLimited(LLMError):
    """It takes no more requests for now, or the account's quota is used up."""


class LLMRefused(LLMError):
    """It, or the filter in front of it, declined to answer."""


class LLMCutShort(LLMError):
    """It stopped before the end of its answer; what it wrote until then was handed out."""
