"""A free statement stands only when its quotes hold every mark of it, in English and Chinese."""

from __future__ import annotations

import pytest

from medrag.answer.proof.prove import prove
from medrag.answer.proof.records import Claim, PairVerdict, Proof, Quote
from medrag.text.normalise import detect_language

BLEED = "Avoid ibuprofen in patients taking warfarin because the combination increases the risk of bleeding."
STEPS = "Apixaban 5 mg twice daily is recommended; reduce to 2.5 mg twice daily when creatinine clearance is below 30 mL/min."
LEVELS = "Rifampicin decreases plasma concentrations of warfarin."
PAIR = "Simvastatin should not exceed 20 mg daily with amlodipine and 10 mg daily with verapamil."


def told(quote: str, text: str, *verdicts: PairVerdict, **more: object) -> Proof:
    passage = str(more.get("passage", quote))
    section = ("Use in pregnancy",) if more.get("pregnancy") else ()
    held = Quote(quote, passage, section, language=detect_language(quote))
    return prove(Claim(text, detect_language(text), (held,)), verdicts)


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        (BLEED, "Patients on warfarin should avoid ibuprofen, as it raises the risk of bleeding."),
        (BLEED, "服用华法林的患者应避免使用布洛芬，因为合用会增加出血风险。"),
        (STEPS, "The recommended dose of apixaban is 5 mg bid, reduced to 2.5 mg bid if CrCl <30 mL/min."),
        (STEPS, "阿哌沙班推荐5 mg每日两次；肌酐清除率低于30 mL/min时减至2.5 mg每日两次。"),
        (LEVELS, "Warfarin levels are lowered by rifampicin."),
        (PAIR, "With verapamil, simvastatin should not exceed 10 mg daily."),
    ],
)
def test_a_paraphrase_stands(quote: str, text: str) -> None:
    proof = told(quote, text)
    assert proof.entailed, proof.words


@pytest.mark.parametrize(
    ("quote", "text", "reason"),
    [
        (BLEED, "Patients on warfarin should avoid naproxen.", "name"),
        (BLEED, "服用华法林的患者可以使用布洛芬。", "modality"),
        (BLEED, "Avoid ibuprofen.", "qualifier_dropped"),
        (
            BLEED,
            "Avoid ibuprofen in patients taking warfarin because it decreases the risk of bleeding.",
            "direction",
        ),
        (
            BLEED,
            "Avoid ibuprofen in patients taking warfarin because it does not increase the risk of bleeding.",
            "negation",
        ),
        (STEPS, "Apixaban 25 mg twice daily is recommended.", "number"),
        (STEPS, "Apixaban 5 g twice daily is recommended.", "number"),
        (STEPS, "Apixaban 5 mg three times daily is recommended.", "frequency"),
        (
            STEPS,
            "Reduce apixaban to 2.5 mg twice daily when creatinine clearance is above 30 mL/min.",
            "number",
        ),
        (STEPS, "Apixaban 5 mg intravenously twice daily is recommended.", "route"),
        (LEVELS, "Warfarin decreases plasma concentrations of rifampicin.", "roles"),
        (LEVELS, "Rifampicin decreases plasma concentrations of warfarin in dolphins.", "word"),
        ("奥司他韦75 mg，每日两次。", "奥司他韦，75 µg，每日两次。", "number"),
    ],
)
def test_a_lie_is_withheld_with_its_reason(quote: str, text: str, reason: str) -> None:
    proof = told(quote, text)
    assert (proof.entailed, proof.reason) == (False, reason)
    assert proof.words


def test_the_dose_of_one_partner_is_not_the_others() -> None:
    assert not told(PAIR, "Simvastatin should not exceed 10 mg daily with amlodipine.").entailed
    swapped = "Simvastatin should not exceed 10 mg daily with amlodipine and 20 mg daily with verapamil."
    assert not told(PAIR, swapped).entailed


def test_a_quote_cut_before_its_not_is_read_with_it() -> None:
    passage = "No nonsteroidal anti-inflammatory drug should be given with warfarin."
    proof = told("should be given with warfarin", "Warfarin should be given.", passage=passage)
    assert not proof.entailed


def test_a_quote_is_aligned_and_replaced_by_the_exact_span() -> None:
    passage = "Give   apixaban\u00a05\u202fmg “twice” daily – always."
    proof = told('apixaban 5 mg "twice" daily - always', "No.", passage=passage)
    (placed,) = proof.quotes
    assert placed.aligned
    assert (
        passage[placed.start : placed.end] == placed.exact == "apixaban\u00a05\u202fmg “twice” daily – always"
    )


@pytest.mark.parametrize("exact", ["", "5 mg", "twice  weekly"])
def test_a_quote_that_does_not_stand_whole_is_not_found(exact: str) -> None:
    proof = told(exact, "Apixaban 5 mg.", passage="Apixaban 15 mg twice daily.")
    assert proof.reason == "quote_not_found"


def test_no_quote_no_statement() -> None:
    assert prove(Claim("Apixaban 5 mg.", "en", ())).reason == "no_quote"


def test_a_heading_narrows_whom_it_is_said_of() -> None:
    quote = "Valproate is contraindicated."
    assert told(quote, "Valproate is contraindicated in pregnancy.", pregnancy=True).entailed
    assert told(quote, "Valproate is contraindicated.", pregnancy=True).reason == "qualifier_dropped"


def test_a_conversion_is_declared() -> None:
    proof = told("Levothyroxine 25 µg is taken once daily.", "Levothyroxine 0.025 mg is taken once daily.")
    assert proof.conversions == ("0.025 mg = 25 μg",)


def test_the_graph_has_the_last_word() -> None:
    quote = "Ibuprofen may be combined with warfarin."
    verdict = PairVerdict(("warfarin", "华法林"), ("ibuprofen", "布洛芬"), "major")
    assert told(quote, quote).entailed
    assert told(quote, quote, verdict).reason == "graph_verdict"
    strict = "Ibuprofen is contraindicated with warfarin."
    assert told(strict, strict, verdict).reason == "graph_verdict"
    other = PairVerdict(("digoxin",), ("ibuprofen",), "major")
    assert told(quote, quote, other).entailed
