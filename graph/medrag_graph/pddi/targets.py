"""Finds the drug whose dose, level or use an action is about."""

from __future__ import annotations

import re
from typing import Final

from medrag_graph.pddi.facts import Action, DrugWord
from medrag_graph.pddi.fold import Folded
from medrag_graph.pddi.party import DRUG, OF, name_drugs

__all__ = ["find_target", "says_own_dose"]

#: Words that follow "de" in these sentences and are no drug.
_NOT_A_DRUG: Final = (
    r"(?:(?:la |l'|le |les )?(?:concentrations?|posolog|doses?\b|traitement|association"
    r"|surveill|fonction|presence|saignement|arret|moitie|\d"
    r"|facon|recherche|risque|cas\b|debut|efficacite|reponse|charge|constantes|ecg|glycem"
    r"|kaliemie|inr|hemogramme|prise|mg\b|semaine|jour"
    r"|etat|moins|plus|ce\b|sa\b|son\b|leur|l'ordre|75|dosages?))"
)
_DOSE_OF: Final = re.compile(
    r"(?:posolog(?:ies?|iques?)|doses?(?: plus faibles| plus elevees| maximale| totale"
    r"| initiales? reduites?)?|concentrations?(?: plas?matiques?| sanguines?)?"
    r"|dosages?(?: plasmatiques?| sanguins?)?(?:, lorsque cela est possible,)?"
    r"|\d ?mg(?:/j(?:our)?|/ jour| par jour)?|l'apport|adaptation(?: eventuelle)?)"
    rf" (?:si besoin |eventuelle |totale )?(?:{OF})(?!{_NOT_A_DRUG}){DRUG}"
)
_STOP_OF: Final = re.compile(
    r"(?:arreter|interrompre|suspendre|interruption)(?: de facon transitoire)? (?:(?:le|du"
    r"|d'un|un) traitement (?:par |a base de |bloquant )?)?(?:le |la |l'|les |du "
    rf"|de ){{0,2}}{DRUG}"
)
_LOW_OF: Final = re.compile(
    r"(?:traitement par|dose minimale de|dose minimale d|utiliser) (?:le |la |les |l'"
    rf"|')?(?!des |{_NOT_A_DRUG}){DRUG}"
)
#: Where an action's drug stands; other actions name it as the drug of a dose or a level.
_TARGETS: Final[dict[str, tuple[re.Pattern[str], ...]]] = {
    "stop": (_STOP_OF,),
    "lowest_dose": (_DOSE_OF, _LOW_OF),
}
_OWN_DOSE: Final = re.compile(r"(?:sa|ses|leurs?) (?:posolog|dose)")


def find_target(
    folded: Folded, action: Action, where: tuple[int, int], main: str, plus: str
) -> DrugWord | None:
    """The drug that [start, end) of a folded text gives for an action; None where it names none."""
    for pattern in _TARGETS.get(action, (_DOSE_OF,)):
        match = pattern.search(folded.text, *where)
        if match is not None:
            return name_drugs(folded, match.start("drug"), match.end("drug"), main, plus)
    return None


def says_own_dose(folded: Folded, start: int, end: int) -> bool:
    """True where the text says "sa posologie": that of the drug told just before."""
    return _OWN_DOSE.search(folded.text, start, end) is not None
