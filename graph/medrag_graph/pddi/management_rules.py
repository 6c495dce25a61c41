"""The rules that find what a management text asks for: heads that open an action, and what may be watched."""

from __future__ import annotations

import re
from typing import Final

from medrag_graph.pddi.matching import Rule, compile_rules

__all__ = [
    "DELAYED",
    "EXCEPT",
    "HEADS",
    "INTENSITIES",
    "LEAD",
    "MONITORED",
    "POSSIBLE",
    "UNAVOIDABLE",
    "WHEN",
]

_DOSE: Final = r"(?:posolog\w+|doses?\b)"
_WORDS: Final = r"(?:(?! et | ou | puis )[^.;,:\x1e]){0,60}?"

#: Tried in order; what one took is not read by a later one. The code is the action.
HEADS: Final[tuple[Rule, ...]] = compile_rules(
    "management",
    [
        (
            "do_not_stop_abruptly",
            r"ne pas (?:interrompre|arreter)(?: brutalement)?[^.;,\x1e]*?(?= mais|[.;,\x1e]|$)"
            r"|(?:et, de toute facon, )?eviter l'arret brutal[^.;,\x1e]*",
        ),
        (
            "limit_dose",
            rf"ne (?:pas|jamais) depasser|(?:la )?{_DOSE}[^.;,\x1e]{{0,50}}ne doi(?:t"
            r"|vent) pas (?:depasser|exceder)|(?:en )?limit(?:er|ant) (?:la |les |l'"
            rf"|a )[^.;,\x1e]{{0,20}}|sans (?:exceder|depasser)|{_DOSE}[^.;,\x1e]{{0,40}}doi(?:t"
            r"|vent) etre limitees?|dose maximale (?:de|recommandee)",
        ),
        ("reduce_dose", rf"{_DOSE}[^.;,\x1e]{{0,40}}doi(?:t|vent) etre (?:diminue|reduite?|reduit)\w*"),
        ("increase_dose", rf"{_DOSE}[^.;,\x1e]{{0,40}}doi(?:t|vent) etre augmente\w*"),
        ("avoid", r"eviter (?:cette association|l'association|la co-?prescription)"),
        ("avoid_alcohol", r"eviter la (?:prise|consommation) de boissons alcoolis\w+[^.;]*"),
        ("avoid_sodium", r"eviter les surcharges sodees"),
        (
            "contraception",
            r"(?:(?:utiliser|recourir|prevoir)[^.;\x1e]*?)?(?:une (?:autre )?(?:methode"
            r"|contraception(?! hormonale))[^.;\x1e]*?(?:contracepti|mecanique|fiable|additionnel)[a-z]*"
            r"|methode contraceptive fiable)",
        ),
        (
            "do_not_use",
            r"ne pas (?:utiliser|administrer|associer|prescrire|donner)[^.;\x1e]*|ne doi(?:t"
            r"|vent) pas etre (?:administr|utilis|associ|prescri)\w+[^.;\x1e]*"
            r"|eviter de mettre en route[^.;\x1e]*",
        ),
        (
            "hydrate",
            r"(?:re)?hydrater(?: le (?:malade|patient))?|(?:re)?hydratation avant[^.;]*"
            r"|en assurant une bonne hydratation",
        ),
        ("correct_potassium", r"corriger[^.;]*?hypokaliemie(?: avant)?|avec si besoin correction"),
        (
            "supplement",
            r"(?:et |une )?supplementation (?:si|eventuelle|en )"
            r"|association d'un traitement par l'acide folique",
        ),
        ("interpret_levels", r"prudence (?:dans|quant)[^.;]*"),
        (
            "weigh_benefit",
            r"(?:evaluer|peser|reconsiderer|prendre en compte)[^.;]*(?:benefice|interet)[^.;]*"
            r"|que si les benefices[^.;]*|apprecier le rapport[^.;]*",
        ),
        ("see_label", r"(?:se )?(?:referer|reporter) (?:a|aux|au)[^.;]*"),
        ("take_together", r"prendre [^.;]*simultanement|en meme temps qu'un repas"),
        (
            "stop_before",
            r"(?<!pas )(?:interrompre|arreter|suspendre)[^.;\x1e]*?(?:\d+|une|deux|trois|cinq"
            r"|quelques) (?:heures|jours?|semaines?|mois) avant[^.;\x1e]*",
        ),
        (
            "delay",
            r"respecter un (?:delai|intervalle)[^.;\x1e]*?(?:arret|debut|fin|administration"
            r"|cure)[^.;\x1e]*|(?:un |observer[^.;]{0,30}un )?delai (?:de|d'|minimum)[^.;\x1e]*"
            r"|n'etre repris\w* que [^.;\x1e]*",
        ),
        (
            "space_intake",
            r"(?:(?:prendre|administrer|espacer|decaler|respecter|espacement|a prendre"
            r"|eviter la (?:prise|consommation))[^.;:\x1e]*?)?(?:a distance|(?:espacer"
            r"|decaler) (?:les prises|l'administration)|(?:un |l')intervalle|\d+ ?h(?:eures)? (?:avant"
            r"|apres)|dans les \d+ heures|dans un delai)[^.;\x1e]*",
        ),
        (
            "stop",
            r"(?<!pas )(?:arreter|interrompre|suspendre|interruption) (?:de facon transitoire |d'un "
            r"|du |de |le |l'|un |la |ou )[^.;,:\x1e]{0,60}|(?:doit|doivent) etre (?:arrete|interrompu"
            r"|suspendu)\w*",
        ),
        (
            "lowest_dose",
            r"(?:debuter|commencer|initier|utiliser|administrer|la plus faible"
            rf"|a la )[^.;\x1e]*?(?:{_DOSE} (?:minimales?|initiales? reduites?|minimales? recommandees?"
            rf"|reduites?|la plus faible)[a-z ]*|dose minimale)|{_DOSE} initiales? reduites?"
            r"|doses? minimales? efficaces?",
        ),
        (
            "reduce_dose",
            r"(?:utiliser )?(?:eventuellement )?(?:des )?doses? plus faibles?|(?:reduire|reduction"
            rf"|diminuer|diminution)(?: de moitie| eventuelle| progressive| si besoin)*{_WORDS}{_DOSE}"
            r"|reduction posologique|(?:reduire|reduction) de moitie",
        ),
        (
            "increase_dose",
            r"(?:augmenter|augmentation|doubler|doublement|un doublement)(?: eventuelle"
            rf"| progressive)*{_WORDS}{_DOSE}|{_DOSE} plus elevees?|en general doublee",
        ),
        (
            "adjust_dose",
            r"(?:adapt\w*|adap\w*ation|ajust\w+)(?: eventuel\w*| si besoin| si necessaire| possible"
            rf"|, s'il y a lieu,|, si besoin,)*{_WORDS}{_DOSE}|adaptation (?:eventuelle )?(?:de la|du"
            rf"|de l')|eventuelle adaptation {_DOSE}|maintenir la posologie",
        ),
        ("contraception", r"contraception (?:efficace|de type|additionnelle)[^.;\x1e]*"),
        (
            "alternative",
            r"(?:(?:utiliser|preferer|prescrire|choisir|recourir)(?: de preference| eventuellement)?"
            r"|ou utiliser|passer(?: eventuellement)?) (?:(?:a |de preference |eventuellement )?(?:un "
            r"|une |l'|d')?(?:autres?|alternatives?|lubrifiant|anti\w+ denue|corticoide non|statine"
            r"|insuline|vaccin|antihistaminique|produit))[^.;\x1e]*",
        ),
        ("alternative", r"ou une? autre [^.;,\x1e]*"),
        (
            "inform_patient",
            r"(?:prevenir|avertir|informer|penser a informer)(?: clairement)? (?:le |les |l')\w+",
        ),
        (
            "supervise",
            r"(?:a n'utiliser que )?sous (?:stricte? )?(?:controle"
            r"|surveillance) medicale?(?: strict\w*)?|association possible"
            r"|justification bacteriologique",
        ),
        (
            "monitor",
            r"(?:auto-?)?surveill\w+|control(?:e|er|es)\b|dosages?\b|doser\b|bilan\b"
            r"|hemogramme a la recherche|sous controle"
            r"|(?:eventuellement|s'il y a lieu|si besoin|le cas echeant),? (?:de (?:la |l')|du "
            r"|des )?(?:digoxinemie|theophyllinemie|quinidinemie|concentrations?|ecg)",
        ),
        ("reduce_dose", r"(?:posologies?|doses?)[^.;,\x1e]{0,30}(?:reduites?|diminuees?)"),
    ],
)

#: What a text says to watch. Codes are labels'.
MONITORED: Final[tuple[Rule, ...]] = compile_rules(
    "monitored",
    [
        ("monitor.clinical", r"clinique"),
        ("monitor.hospital", r"milieu hospitalier"),
        ("monitor.laboratory", r"biologique(?! de la fonction)"),
        ("monitor.ecg", r"ecg\b|electrocardio\w+|qt\b"),
        ("monitor.inr", r"inr\b"),
        ("monitor.lithium", r"lithemie"),
        ("monitor.potassium", r"kaliemie|ionogramme"),
        ("monitor.electrolytes", r"electrolyt\w+"),
        ("monitor.calcium", r"calcemie"),
        ("monitor.sodium", r"natremie"),
        ("monitor.magnesium", r"magnesemie"),
        ("monitor.renal", r"fonctions? renale(?! normale)|creatinin\w+"),
        (
            "monitor.glucose",
            r"(?:auto-?surveillance )?glycem?i\w+|auto-?surveillance (?:glycemique|sanguine)",
        ),
        ("monitor.blood_urine_glucose", r"surveillance sanguine et urinaire"),
        ("monitor.blood_count", r"hemogramme|nfs\b|numeration|hematologiques?"),
        ("monitor.liver", r"transaminases|(?:fonctions?|constantes biologiques|bilan) hepatiques?"),
        ("monitor.digoxin", r"digoxinemie"),
        ("monitor.theophylline", r"theophyllinemie"),
        ("monitor.quinidine", r"quinidinemie"),
        (
            "monitor.drug_level",
            r"(?:concentrations?|dosages?|taux) (?:plas?matiques?|sanguine?s?|seriques?)"
            r"|concentrations? (?:de|du|des)\b(?! vitamine d)|dosage (?:de la|du)\b",
        ),
        ("monitor.vitamin_d", r"vitamine d\b"),
        ("monitor.cpk", r"cpk\b|creatine"),
        ("monitor.amylase", r"amylasemie|lipase"),
        ("monitor.ferritin", r"ferritinemie"),
        ("monitor.thyroid", r"tsh\b|fonction thyroidienne"),
        ("monitor.blood_pressure", r"pression arterielle|tension arterielle|tensionnelle?"),
        ("monitor.bleeding_time", r"temps de saignement"),
        ("monitor.coagulation", r"coagulation|tca\b"),
        ("monitor.bleeding_signs", r"\(saignements\)|signes hemorragiques"),
        ("monitor.viral_load", r"charge virale"),
        ("monitor.cardiac", r"fonction cardiaque"),
        ("monitor.hydration", r"etat d'hydratation"),
        ("monitor.hearing", r"cochleo-?vestibulaires?|auditive"),
        ("monitor.neuromuscular", r"degre de curarisation|curarisation"),
        (
            "monitor.response",
            r"reponse therapeutique|(?:ou )?l'efficacite|signes evocateurs d'une perte d'efficacite",
        ),
        ("monitor.respiratory", r"fonction respiratoire|respiratoire"),
        ("monitor.ammonia", r"ammoniemie"),
        ("monitor.eye", r"ophtalmologique"),
        ("monitor.haematocrit", r"hematocrite"),
    ],
)

INTENSITIES: Final[tuple[Rule, ...]] = compile_rules(
    "intensity",
    [
        ("intensity.continuous", r"continue?\b|monitoree"),
        ("intensity.close", r"(?:tres )?etroit\w*|strict\w*|renforc\w+|accrue?s?\b|attentiv\w+|particuliere"),
        ("intensity.more_often", r"plus (?:frequent\w*|souvent)"),
        ("intensity.weekly", r"hebdomadaire"),
        ("intensity.regular", r"reguli\w+"),
    ],
)

#: "If you cannot do without the combination."
UNAVOIDABLE: Final = compile_rules(
    "unavoidable",
    [
        (
            "unavoidable",
            r"(?:si|lorsque|dans le cas ou|s'il) (?:l'association|elle|cette association|l'usage[^,]*"
            r"|une telle association|l'utilisation[^,]*) (?:ne peut|n'est pas evitable|s'avere"
            r"|est (?:necessaire|justifiee|indispensable|jugee|inevitable)|doit)"
            r"|une telle association ne doit se faire",
        )
    ],
)

#: "If needed", inside what is asked for.
DELAYED: Final = compile_rules(
    "if_needed",
    [
        ("if_needed", r"(?<!d')eventuel\w*|si besoin|s'il y a lieu|si necess\w+|en cas de besoin"),
        ("if_needed", r"peut (?:etre necessaire|s'averer|etre envisage)"),
    ],
)
POSSIBLE: Final = re.compile(r"(?:si|lorsque) (?:cela est )?possible")
EXCEPT: Final = re.compile(r"(?<![a-z])(?:sauf|hormis|a l'exception)\b[^.;)\x1e]*")
#: "If needed", right before the head; it belongs to what follows, not to what went before.
LEAD: Final = re.compile(
    r",? ?(?:et |avec |voire )?,? ?(?:eventuelle(?:ment)?|si besoin|s'il y a lieu|si necess\w+"
    r"|le cas echeant),? ?(?:de (?:la |l')|une? |d'une? )?$"
)

WHEN: Final[tuple[Rule, ...]] = compile_rules(
    "when",
    [
        (
            "when.before",
            r"(?:controle )?prealable|auparavant|avant (?:le debut|de debuter|d'administrer|puis apres"
            r"|administration|l'association)",
        ),
        (
            "when.at_start",
            r"(?:en|au) debut|(?:premieres?|premiers?) (?:semaines?|jours?|mois)|(?:a la "
            r"|lors de la )mise en route|a l'instauration|l'instauration",
        ),
        (
            "when.during",
            r"pen[ds]ant (?:l'|le |la |toute |les |un |et |cette |son )(?!jours|\d)"
            r"|au cours de l'association|durant (?:le|la|toute)|pendant et apres|pendant, et apres"
            r"|pendant la duree",
        ),
        (
            "when.after_stopping",
            r"apres (?:l'|son |leur |la )?(?:arret|fin)|apres son\b|apres leur\b|a l'arret|(?:pendant"
            r"|avant)(?:,? et| puis) apres|cycle suivant|suivant l'arret|apres traitement"
            r"|en cas d'arret|d'une? semaine apres",
        ),
    ],
)
