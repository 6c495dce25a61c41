"""The rules that read what happens to a drug out of folded French: exposure, metabolism, absorption, effect ..."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from medrag_graph.pddi.facts import Direction, MechanismKind
from medrag_graph.pddi.matching import Rule
from medrag_graph.pddi.party import DRUG, OF

__all__ = ["DEGREES", "GUARDS", "PHARMACOLOGY", "PharmacologyRule", "direction_of"]


@dataclass(frozen=True, slots=True)
class PharmacologyRule:
    """A pattern with a group ``head``, and perhaps ``verb``, ``own``, ``drug``, ``level`` and ``also``."""

    id: str
    kind: MechanismKind
    #: None where the verb tells it.
    direction: Direction | None
    #: Both drugs are meant, though neither is named.
    both: bool
    pattern: re.Pattern[str]
    #: The drug named last is meant.
    inherits: bool = False


_UP: Final = (
    r"augmentations?|augmenter|augmente|augmentant|majorations?|majore|elevation|accroissement"
    r"|doublement|triplement"
    r"|quadruplement|potentialisation|acceleration|accelerant|accumulation|induction|remontee"
    r"|facilitation|exacerbation"
)
_DOWN: Final = (
    r"diminutions?|diminuer|diminue|diminuant|baisse|reductions?|reduire|reduit|reduisant"
    r"|inhibitions?|inhibe|inhibant"
    r"|ralentissement|chute|perte|blocage|competition|defaut|annulation"
)
_VARIABLE: Final = r"variations?|modifications?|alteration|fluctuations?|interference"
_VERB: Final = (
    rf"(?P<verb>{_UP}|{_DOWN}|{_VARIABLE})(?P<other> (?:ou|et) (?:de |d'|une |la )?(?:{_UP}|{_DOWN}))?"
)
_DEGREE: Final = (
    r"(?:,? ?\(?(?:tres|trop|plus|possible(?:ment)?|eventuelle(?:ment)?|potentielle(?:ment)?"
    r"|import\w+|notables?|considerables?|marquees?"
    r"|moderees?|modestes?|progressives?|moyen\w*|legeres?|significatives?|probables?"
    r"|partielles?|competitives?|rapides?|reciproques?|fortes?|faibles?|majeures?"
    r"|substantielles?|additionnelles?|de plus du double|de plus de la moitie"
    r"|de moins de deux fois|(?:pour|avec) la \w+|de pres|des deux tiers|jusqu'aux deux-tiers"
    r"|entre \d+ a \d+ fois"
    r"|en moyenne|\d+|fois|d'environ|de l'ordre|un tiers|du tiers|de moitie|de|en)\)?,?)*"
)
_LINK: Final = (
    r"(?P<own>(?:de |d'|des )?(?:son|sa|ses|leurs?) )?(?(own)|(?:de l'|de la |des |du |d'un "
    r"|d'une |de |d'|l'|la |le |les |au niveau de l')?)"
)
_HEAD: Final = rf"{_VERB}{_DEGREE} {_LINK}"
_TAIL: Final = rf"(?: (?:{OF}|a l'|a la |au |aux ){DRUG})?"
_LEVEL: Final = r"(?P<level>lithemie|theophyllinemie|digoxinemie|quinidinemie|uricemie)"
_ALSO: Final = (
    r"(?P<also>(?: et|,) (?:de |d')?(?:l'|leur |son |une )?(?:efficacite|effet|activite"
    r"|action)s?(?: therapeutique)?)?"
)


def _rule(
    name: str,
    kind: MechanismKind,
    pattern: str,
    direction: Direction | None = None,
    both: bool = False,
    inherits: bool = False,
) -> PharmacologyRule:
    compiled = re.compile(rf"(?<![a-z]){pattern}")
    return PharmacologyRule(f"mechanism.{name}", kind, direction, both, compiled, inherits)


#: Tried in order; a head that one rule took is not read again.
PHARMACOLOGY: Final[tuple[PharmacologyRule, ...]] = (
    _rule("exposure.level", "exposure", rf"(?P<head>{_HEAD}{_LEVEL})"),
    _rule(
        "exposure.concentration",
        "exposure",
        rf"(?P<head>{_HEAD}(?:concentrations?|expositions?|fraction active|taux|biodisponibilite"
        r"|(?:temps de )?demi-vie|quantite)"
        r"(?: (?:plasmatiques?|sanguine?s?|seriques?|tissulaires?|intracellulaires?|circulantes?"
        rf"|systemiques?|possiblement))*){_ALSO}{_TAIL}",
    ),
    _rule(
        "metabolism.metabolite",
        "metabolism",
        rf"(?P<head>{_HEAD}(?:formation|transformation)(?: {OF}(?:(?:son|leur|ses"
        rf"|un) )?metabolites? actifs?| en metabolites? actifs?)){_TAIL}",
        inherits=True,
    ),
    _rule(
        "metabolism.change",
        "metabolism",
        rf"(?P<head>{_HEAD}(?:metabolisme|catabolisme|biotransformation"
        r"|metabolisation)(?: (?:hepatique|intestinal|systemique|oxydatif"
        rf"|et de son elimination))*){_TAIL}",
    ),
    _rule(
        "metabolism.induction",
        "metabolism",
        r"(?P<head>(?:effets? inducteurs?|induction|activite inductrice)(?: enzymatiques?)?)(?= |[,.;)]|$)",
        "increase",
        inherits=True,
    ),
    _rule(
        "metabolism.enzyme",
        "metabolism",
        rf"(?P<head>{_HEAD}(?:cyp\w+|cytochromes?(?: p450)?|xanthine oxydase|thiopurine\w*"
        r"|enzymes?(?: hepatiques?)?))",
    ),
    _rule(
        "absorption.change",
        "absorption",
        rf"(?P<head>{_HEAD}(?:absorption|resorption|passage)(?: (?:digestive|intestinale"
        rf"|gastro-intestinale|orale|pH-dependante|systemique|tubulaire))*){_TAIL}",
    ),
    _rule(
        "absorption.reduced",
        "absorption",
        r"(?P<head>absorption (?:digestive )?(?:diminuee|reduite))",
        "decrease",
        inherits=True,
    ),
    _rule(
        "absorption.ph",
        "absorption",
        r"(?P<head>(?:augmentation|elevation) du ph (?:intra-?)?gastrique|absorption ph-dependante"
        r"|reduction de l'acidite gastrique)",
        "none",
        inherits=True,
    ),
    _rule(
        "elimination.change",
        "elimination",
        rf"(?P<head>{_HEAD}(?:elimination|excretion|clairances?|secretion tubulaire"
        r"|reabsorption tubulaire)(?: (?:renale?s?|urinaires?|hepatiques?|biliaires?|plasmatiques?"
        rf"|tubulaires?|totale))*){_TAIL}",
    ),
    _rule(
        "transport.change",
        "transport",
        rf"(?P<head>{_HEAD}(?:p-gp|pgp|glycoproteine p|transporteurs?|transport|entree|captation"
        rf"|recaptage)){_TAIL}",
    ),
    _rule(
        "protein_binding.change",
        "protein_binding",
        rf"(?P<head>(?:deplacement|defixation|{_HEAD}(?:liaison"
        r"|fixation))(?: de ses liaisons)?(?: aux proteines| proteique| de sa liaison"
        r"|de ses)?[a-z ]*proteines?(?: plasmatiques)?)",
        "decrease",
    ),
    _rule(
        "chemical.bond",
        "chemical",
        r"(?P<head>chelation|complexation|formation de complexes?|formation d'un complexe"
        r"|adsorption|incompatibilite physico-?chimique|precipitation)",
        "none",
    ),
    _rule(
        "additive.sum",
        "additive",
        r"(?P<head>additions? (?:d'|des |de |possible|eventuelle)|effets? additifs?"
        r"|effets? synergiques?|synergie|s'additionn\w+|peuvent s'ajouter|additionner leurs"
        r"|s'ajoutant|se surajoutant|cumul\w*|additifs?|synergique)",
        "increase",
        both=True,
    ),
    _rule(
        "antagonism.oppose",
        "antagonism",
        r"(?P<head>antagonisme(?: (?:reciproque|competitif|pharmacodynamique))*"
        r"|effets? antagonistes?|blocage competitif|actions? opposees?|effets? opposes?"
        r"|antagonisation|antagonise\w*)",
        "none",
        both=True,
    ),
    _rule(
        "effect.change",
        "effect",
        rf"(?P<head>{_HEAD}(?:effets?|activite|actions?|reponse|proprietes)\b(?! (?:indesirables?"
        r"|toxiques?|secondaires?)|,? (?:a la fois )?(?:cytostatiques et )?indesirables)"
        r"(?:,? (?!par |avec |chez |pour |sans |dans |en |sur |et |ou |du |de |des "
        rf"|d')[a-z-]+){{0,4}}){_TAIL}",
    ),
)

DEGREES: Final = (
    ("degree.very_marked", re.compile(r"tres import|tres marqu|tres signif|majeure")),
    ("degree.fourfold", re.compile(r"quadruplement")),
    ("degree.threefold", re.compile(r"triplement")),
    ("degree.over_twofold", re.compile(r"plus du double")),
    ("degree.twofold", re.compile(r"doublement")),
    (
        "degree.marked",
        re.compile(r"import|considerable|marquee|notable|signific|substanti|deux[ -]tiers|forte"),
    ),
    ("degree.slight", re.compile(r"legere|moder|modest|faible")),
)

#: ``before``: what stands right before the words; ``after``: how their sentence goes on.
GUARDS: Final = (
    Rule(
        "guard.premise",
        "before",
        re.compile(
            r"(?:en cas d'(?:une )?|en cas de |chez (?:le |la |les |l'|des )[a-z' ]*"
            r"|antecedents? (?:d'|de |du )|facteurs? de risque (?:d'|de )"
            r"|lors d'une |surveiller [^.;]*|prevenir |corriger (?:toute )?|traitement (?:de l'|du |des "
            r"|d'une )|indication [a-z']+ |patients? en"
            r"|a risque \([^)]*|insuffisants? |sauf (?:en cas d'|s'il existe une )|hors "
            r"|insuffisance renale ou )$"
        ),
    ),
    Rule(
        "guard.negation",
        "before",
        re.compile(
            r"(?:\bsans|absence (?:de|d')|pas d[e'](?! moins)|ni d[e']|aucune?"
            r"|n'entraine pas d[e'])[^,.;:()]{0,24}$"
        ),
    ),
    Rule(
        "guard.doubt",
        "after",
        re.compile(
            r"^[^,;]*\b(?:(?:est|sont|reste|semble) (?:discute|controvers|exceptionnel)"
            r"|n'est pas|n'a pas|n'ont pas|ne (?:semble|parait|modifi))"
        ),
    ),
)


def direction_of(verb: str) -> Direction:
    """Which way a folded verb or noun points."""
    if re.fullmatch(_UP, verb):
        return "increase"
    return "decrease" if re.fullmatch(_DOWN, verb) else "variable"
