"""One answering model behind llama-index's interface: streams, and keeps to its time, its size, its budget and its place."""

from __future__ import annotations

import hashlib
import json
import os
import random
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from typing import Final

from medrag.backends.breaker import Breaker
from medrag.backends.call import Call, Outcome
from medrag.backends.config import ModelSettings
from medrag.backends.counting import Ledger, Spent, bound_tokens, count_exactly
from medrag.backends.failures import Failure
from medrag.backends.listen import Deadline, TookTooLong, hear
from medrag.backends.wire import Line, resolves_here
from medrag.errors import ModelUnavailable, Place
from medrag.protocols import Message

__all__ = ["OpenModel"]

#: Characters of a token, at most, over a whole reply: what is longer than its tokens allow is cut.
LETTERS_A_TOKEN: Final = 16
#: The part of a wait that is not left to chance; the rest keeps callers from coming back together.
STEADY: Final = 0.5


class OpenModel:
    """An :class:`~medrag.protocols.AnswerModel` over an endpoint. Thread-safe; every call has a connection of its own."""

    def __init__(self, name: str, settings: ModelSettings, breaker: Breaker) -> None:
        self._name = name
        self._breaker = breaker
        self._ledger = Ledger(settings.cost_in, settings.cost_out)
        self._loopback: bool | None = None
        self.settings: Final = settings

    @property
    def name(self) -> str:
        return self._name

    @property
    def fingerprint(self) -> str:
        """sha256 of the endpoint, the model there and how it is asked."""
        told = json.dumps([self.model, self.settings.answer_depends_on()], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(told.encode("utf-8")).hexdigest()

    @property
    def model(self) -> str:
        """The model's name at its endpoint."""
        return self.settings.model or self.name

    @property
    def context_tokens(self) -> int:
        return self.settings.context_tokens

    @property
    def reply_tokens(self) -> int:
        """Tokens of the context that are kept for the reply."""
        return self.settings.reply_tokens

    @property
    def loopback(self) -> bool:
        """Whether every address of the host is this machine's own; a name that cannot be resolved is not. Looked up once;
        the address that a call then connects to is looked at too."""
        if self._loopback is None:
            self._loopback = resolves_here(self.settings.host)
        return self._loopback

    @property
    def on_this_machine(self) -> bool:
        return self.loopback if self.settings.local is None else self.settings.local

    def count_tokens(self, text: str) -> int:
        """By the model's own ``tokenizer``, else an upper bound by characters. Raises ModelUnavailable (its file)."""
        file = self.settings.tokenizer
        return bound_tokens(text) if file is None else count_exactly(file, text)

    def spent(self) -> Spent:
        """What calls have taken since this object was made."""
        return self._ledger.spent()

    def key(self) -> str:
        """The key, from its variable or the settings; empty when none is wanted. Raises ModelUnavailable naming the
        variable that is not set."""
        variable = self.settings.key_env
        if not variable:
            return self.settings.key.get_secret_value()
        key = os.environ.get(variable, "").strip()
        if not key:
            raise self.unavailable(Failure(f"its key is missing: {variable} is not set", f"Set {variable}"))
        return key

    def unavailable(self, failure: Failure) -> ModelUnavailable:
        return ModelUnavailable(
            f"the model {self.name}: {failure.problem}",
            place=Place(field=f"models.{self.name}"),
            remedy=failure.remedy,
        )

    def write(
        self, messages: Sequence[Message], seconds: float, stop: threading.Event | None = None
    ) -> Iterator[str]:
        """The reply piece by piece, within ``seconds`` and the model's own ``total_s``, whichever is less, counted from the
        first piece asked for. Tries again only before the first words. When ``stop`` is set, or the iterator is closed, the
        connection is closed and the iterator ends with what there is.

        Raises ModelUnavailable.
        """
        whole = time.monotonic() + min(seconds, self.settings.total_s)
        stop = threading.Event() if stop is None else stop
        key = self.key()
        sent = self.check_budget(messages)
        for attempt in range(self.settings.retries + 1):
            outcome = Outcome()
            with closing(self.guarded(messages, key, whole, stop, outcome)) as pieces:
                yield from pieces
            if outcome.begun:
                self._ledger.add(*outcome.tokens(sent))
            if outcome.failure is None or stop.is_set():
                return
            if not self.try_again(outcome, attempt, whole, stop):
                break
        if outcome.failure is not None and not stop.is_set():
            raise self.unavailable(outcome.failure)

    def check_budget(self, messages: Sequence[Message]) -> int:
        """Tokens to be sent, at most. Raises ModelUnavailable when the call could not be answered or paid for."""
        sent = sum(self.count_tokens(message.content) for message in messages)
        most = sent + self.reply_tokens
        cost = self._ledger.cost(sent, self.reply_tokens)
        limits = self.settings
        for over, what in (
            (most > limits.context_tokens, f"its context of {limits.context_tokens:,}"),
            (0 < limits.budget_tokens < most, f"the budget of {limits.budget_tokens:,} a question"),
            (0 < limits.budget_cost < cost, f"what a question may cost, {limits.budget_cost:g}"),
        ):
            if over:
                told = f"the call may take {most:,} tokens, which is over {what}"
                raise self.unavailable(Failure(told, "Send less evidence, or raise it in the settings"))
        return sent

    def guarded(
        self, messages: Sequence[Message], key: str, whole: float, stop: threading.Event, outcome: Outcome
    ) -> Generator[str, None, None]:
        """One try, if the breaker allows it; tells the breaker how it ended."""
        if not self._breaker.allow():
            wait = f"it failed several times and is left alone, for {self._breaker.left():.0f} s more"
            outcome.failure = Failure(wait)
            return
        done = False
        try:
            yield from self.attempt(messages, key, whole, stop, outcome)
            done = not stop.is_set()
        finally:
            self.tell_breaker(outcome.failure, done)

    def tell_breaker(self, failure: Failure | None, done: bool) -> None:
        """A call that its caller ended says nothing of the endpoint; one it refused for what was asked neither."""
        if not done or (failure is not None and not failure.counts):
            self._breaker.released()
        elif failure is not None:
            self._breaker.failed()
        else:
            self._breaker.succeeded()

    def attempt(
        self, messages: Sequence[Message], key: str, whole: float, stop: threading.Event, outcome: Outcome
    ) -> Generator[str, None, None]:
        """One call. Why it failed stands in ``outcome``."""
        line = Line(self.settings.reply_bytes, loopback=self.loopback)
        call = Call(self.settings, self.model, key, line, messages, whole, direct=self.loopback)
        first = time.monotonic() + self.settings.first_token_s
        most = self.reply_tokens * LETTERS_A_TOKEN
        try:
            for heard in hear(call.pieces, Deadline(first, whole), stop, line.hang_up):
                words = outcome.take(heard)
                if outcome.length > most:
                    outcome.failure = Failure(f"its reply is longer than {most:,} characters")
                    return
                if words:
                    yield words
        except TookTooLong as late:
            told = "it did not begin to answer in time" if late.first else "it did not finish in time"
            outcome.failure = Failure(told)
        outcome.failure = outcome.failure or (None if stop.is_set() else outcome.lacking())

    def try_again(self, outcome: Outcome, attempt: int, whole: float, stop: threading.Event) -> bool:
        """Waits before another try, where one may help and there is time for it; False when there is no more to try."""
        failure = outcome.failure
        if failure is None or not failure.again or outcome.begun or attempt >= self.settings.retries:
            return False
        chance = STEADY + (1 - STEADY) * random.random()  # noqa: S311 - spreads callers; no secret hangs on it
        wait = failure.after if failure.after is not None else self.settings.backoff_s * 2**attempt * chance
        return time.monotonic() + wait < whole and not stop.wait(wait)
