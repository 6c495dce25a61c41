"""Patient facts on the command line: options, or a JSON file of the same fields as over HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from medrag.errors import InputRefused, Place

__all__ = ["patient_of", "patient_options"]

Command = TypeVar("Command", bound=Callable[..., Any])

#: A patient's facts fit in far less; a larger file is another file.
MOST_BYTES = 1 << 20

#: Option, field of Patient, words. Numbers are read as numbers, checked where HTTP checks them.
NUMBERS = (
    ("--age", "age_years", "Years."),
    ("--weight", "weight_kg", "kg."),
    ("--height", "height_cm", "cm."),
    ("--egfr", "egfr_ml_min_1_73m2", "mL/min/1.73 m2."),
    ("--crcl", "crcl_ml_min", "Creatinine clearance, mL/min."),
    ("--qtc", "qtc_ms", "ms."),
    ("--inr", "inr", "INR."),
)
MEASURES = (
    ("--creatinine", "creatinine", ("mg/dL", "umol/L"), '--creatinine "1.4 mg/dL"'),
    ("--potassium", "potassium", ("mmol/L", "mEq/L", "mg/dL"), '--potassium "5.1 mmol/L"'),
)
#: "5.8 mmol/L", "5.8mmol/l", "5,8 mmol/L".
MEASURE = re.compile(r"\s*([0-9]{1,9}(?:[.,][0-9]{1,9})?)\s*([A-Za-zµμ/]{1,20})\s*")
LISTS = (
    ("--allergy", "allergies", "An allergy; may be repeated."),
    ("--condition", "conditions", "A condition; may be repeated."),
    ("--drug", "drugs", "A drug taken; may be repeated."),
)
FLAGS = (("pregnant", "Pregnant or not."), ("breastfeeding", "Breastfeeding or not."))
FIELDS = (
    *(field for _, field, _ in NUMBERS),
    *(field for _, field, _, _ in MEASURES),
    *(field for _, field, _ in LISTS),
    *(field for field, _ in FLAGS),
    "sex",
    "child_pugh",
)

NUMBER = re.compile(r"\s*[0-9.,]+\s*")


class Measure(click.ParamType):  # type: ignore[type-arg]
    """A value with its unit. A number alone is refused: 90 is a creatinine in one unit and a death in the other."""

    name = '"value unit"'

    def __init__(self, units: Sequence[str]) -> None:
        self.units = {unit.lower(): unit for unit in units}

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> dict[str, float | str]:
        said = MEASURE.fullmatch(value)
        unit = said and self.units.get(said[2].lower().replace("µ", "u").replace("μ", "u"))
        if not said or not unit:
            self.fail(f"a value and one of {', '.join(self.units.values())} is expected", param, ctx)
        return {"value": float(said[1].replace(",", ".")), "unit": unit}


class MeasureOption(click.Option):
    """Takes the unit from the next word where the value stands alone: ``--potassium 5.8 mmol/L``."""

    def add_to_parser(self, parser: Any, ctx: click.Context) -> None:
        """Registers the option, then lets it look one word further. ``parser`` is click's own, which has no name."""
        super().add_to_parser(parser, ctx)
        for name in self.opts:
            held = parser._long_opt.get(name)
            if held is not None:
                held.process = joined_to_unit(held.process, self.type)


def joined_to_unit(process: Callable[..., None], measure: Any) -> Callable[..., None]:
    def take(value: Any, state: Any) -> None:
        if NUMBER.fullmatch(str(value)) and state.rargs and state.rargs[0].lower() in measure.units:
            value = f"{value} {state.rargs.pop(0)}"
        process(value, state)

    return take


def patient_options(command: Command) -> Command:
    """The options, in the order of the contract's Patient."""
    made: list[Callable[[Command], Command]] = [
        click.option(
            "--patient",
            "patient_file",
            type=click.Path(dir_okay=False, path_type=Path),
            help="JSON file of patient facts; options go before it.",
        )
    ]
    made += [click.option(name, field, type=float, help=words) for name, field, words in NUMBERS]
    made += [
        click.option(name, field, cls=MeasureOption, type=Measure(units), help=f"Value and unit: {words}")
        for name, field, units, words in MEASURES
    ]
    made += [click.option(name, field, multiple=True, help=words) for name, field, words in LISTS]
    made += [
        click.option(f"--{field}/--not-{field}", field, default=None, help=words) for field, words in FLAGS
    ]
    made.append(click.option("--sex", type=click.Choice(["female", "male", "other", "unknown"]), help="Sex."))
    made.append(click.option("--child-pugh", type=click.Choice(["A", "B", "C"]), help="Child-Pugh class."))
    for option in reversed(made):
        command = option(command)
    return command


def patient_of(file: Path | None, options: dict[str, Any]) -> dict[str, Any] | None:
    """The file's facts under the options', as plain data still to be validated; None when nothing is said.

    Raises InputRefused for a file that is no JSON object.
    """
    said = read_patient(file) if file is not None else {}
    given = {field: options.pop(field) for field in FIELDS}
    for field, value in given.items():
        if value is None or value == ():
            continue
        said[field] = list(value) if isinstance(value, tuple) else value
    return said or None


def read_patient(file: Path) -> dict[str, Any]:
    """The JSON object in a file. What stands in it is not told back."""
    place = Place(file=str(file))
    try:
        if file.stat().st_size > MOST_BYTES:
            raise InputRefused(f"a patient file has at most {MOST_BYTES} bytes", place=place)
        told = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputRefused(f"the patient file cannot be read: {error.strerror}", place=place) from error
    except json.JSONDecodeError as error:
        raise InputRefused(
            "the patient file is not JSON", place=Place(file=str(file), line=error.lineno)
        ) from None
    except (ValueError, RecursionError):
        raise InputRefused("the patient file is not JSON in UTF-8", place=place) from None
    if not isinstance(told, dict):
        raise InputRefused("a patient is a JSON object of fields", place=place)
    return told
