"""The models an operator has named, and which of them answer when one, any or none is asked for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Final

from medrag.backends.breaker import Breaker
from medrag.backends.classes import load_class
from medrag.backends.open_model import OpenModel
from medrag.backends.wire import trusted
from medrag.errors import ModelUnavailable, Place, UsageError
from medrag.settings import Settings

__all__ = ["Models", "models_of"]


class Models:
    """Named models in the order in which ``auto`` asks them. One object lives as long as its process: the breakers of its
    endpoints remember."""

    def __init__(self, models: Mapping[str, OpenModel], order: Iterable[str]) -> None:
        self._models: Final = dict(models)
        self._order: Final = tuple(order)

    @property
    def names(self) -> tuple[str, ...]:
        """Every name, those that ``auto`` asks first, in its order."""
        return (*self._order, *(name for name in self._models if name not in self._order))

    def all(self) -> tuple[OpenModel, ...]:
        """Every model, in the order of :attr:`names`."""
        return tuple(self._models[name] for name in self.names)

    def prepare(self) -> None:
        """Loads what the first call would: seconds of imports, which would be taken from that question's time. What
        cannot be loaded is told by the call."""
        if self._models:
            trusted()
        for model in self._models.values():
            with suppress(ModelUnavailable):
                load_class(model.settings.llm_class)

    def pick(self, answerer: str) -> tuple[OpenModel, ...]:
        """The models to ask, in turn: all of the order for ``auto`` and ``model``, one by its name, none for ``extractive``.

        Raises UsageError for a name that is not one, telling those that are, and for ``model`` where there is none.
        """
        if answerer == "extractive":
            return ()
        if answerer == "auto" or (answerer == "model" and self._order):
            return tuple(self._models[name] for name in self._order)
        if answerer not in self._models:
            raise unknown(answerer, self.names)
        return (self._models[answerer],)


def unknown(answerer: str, names: tuple[str, ...]) -> UsageError:
    place = Place(field="answerer")
    if not names:
        remedy = (
            "Name one: MEDRAG_MODEL_URL, or [models.NAME] in the settings file. Or use auto or extractive"
        )
        return UsageError("no answering model is configured", place=place, remedy=remedy)
    problem = "no model of that name is configured"
    return UsageError(
        problem, place=place, remedy=f"Use auto, extractive, model, or one of: {', '.join(names)}"
    )


def models_of(settings: Settings, clock: Callable[[], float] = time.monotonic) -> Models:
    """The models of the settings; nothing is asked of them yet, and no library loaded. Models at one address share a
    breaker."""
    breakers: dict[str, Breaker] = {}
    models = {}
    for name, told in settings.named_models().items():
        fresh = Breaker(told.breaker_failures, told.breaker_s, clock)
        models[name] = OpenModel(name, told, breakers.setdefault(told.url or name, fresh))
    return Models(models, settings.answer_models or models)
