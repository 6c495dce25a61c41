"""The words by which held sources confirm a risk row: classes, entries, and sentences of a drug's own label."""

from __future__ import annotations

import re

__all__ = ["AGAINST", "CLASSES", "FRENCH", "NAMED", "NEGATED", "SAID", "SENTENCES", "STOP", "Claim"]

#: (property, role) of a row.
Claim = tuple[str, str]

#: ANSM substances whose names the lexicon does not hold as such.
FRENCH: dict[str, str] = {
    "abciximab (c 7e3b fab)": "abciximab",
    "adefovir": "adefovir dipivoxil",
    "alteplase recombinante": "alteplase",
    "argipressine": "vasopressin",
    "arsenieux": "arsenic trioxide",
    "bleu de methylene": "methylene blue",
    "candesartan cilexetil": "candesartan",
    "dabigatran": "dabigatran etexilate",
    "dalteparine sodique": "dalteparin",
    "danaparoide sodique": "danaparoid",
    "dinitrate d'isosorbide": "isosorbide dinitrate",
    "heparine calcique": "heparin",
    "heparine sodique": "heparin",
    "lithium": "lithium carbonate",
    "millepertuis": "St John's wort",
    "mitomycine c": "mitomycin",
    "nadroparine calcique": "nadroparin",
    "olmesartan": "olmesartan medoxomil",
    "oxybate de sodium": "sodium oxybate",
    "perindopril tert-butylamine": "perindopril",
    "potassium": "potassium chloride",
    "sene": "senna",
    "sodium (nitroprussiate de)": "sodium nitroprusside",
    "trinitrine": "nitroglycerin",
    "tryptophane": "tryptophan",
    "alcool (boisson ou excipient)": "ethanol",
}

#: Classes of ANSM whose very name says the property.
NAMED: dict[Claim, str] = {
    ("CYP3A4", "inhibitor"): r"inhibiteurs puissants du cyp3a4",
    ("CYP3A4", "substrate"): r"substrats a risque du cyp3a4",
    ("CYP3A4", "sensitive_substrate"): r"substrats a risque du cyp3a4",
    ("CYP3A4", "narrow_index"): r"substrats a risque du cyp3a4",
    ("MAO", "inhibitor"): r"imao.*",
    ("QT", "carries"): r".*torsades? de pointes.*|torsadogenes.*",
    (
        "bleeding",
        "carries",
    ): (
        r".*hemostase|antiagregants plaquettaires|anticoagulants oraux|heparines.*|"
        r"thrombolytiques|antivitamines k"
    ),
    (
        "serotonergic",
        "carries",
    ): (
        r".*syndrome serotoninergique|inhibiteurs selectifs de la recapture de la "
        r"serotonine|.*adrenergiques- ?serotoninergiques"
    ),
    ("hyperkalaemia", "carries"): r"(autres )?hyperkaliemiants",
    ("hypokalaemia", "carries"): r"(autres )?hypokaliemiants",
    ("hyponatraemia", "carries"): r"hyponatremiants|autres medicaments hyponatremiants",
    ("CNS-depression", "carries"): r"(autres )?medicaments sedatifs|(autres )?hypnotiques",
    ("anticholinergic", "carries"): r"(autres )?medicaments atropiniques",
    ("nephrotoxic", "carries"): r"(autres )?medicaments nephrotoxiques",
    ("ototoxic", "carries"): r"(autres )?medicaments ototoxiques",
    ("hypoglycaemia", "carries"): r"insuline|sulfamides hypoglycemiants",
    (
        "hypotension",
        "carries",
    ): r"medicaments abaissant la pression arterielle|.*hypotension orthostatique|antihypertenseurs.*",
    ("bradycardia", "carries"): r"(autres )?bradycardisants",
    ("seizure-threshold", "carries"): r"(autres )?medicaments abaissant le seuil epileptogene",
    ("angioedema", "carries"): r".*angio-oedeme",
    ("disulfiram-reaction", "carries"): r"antabuse \(reaction\)",
    ("methaemoglobinaemia", "carries"): r"(autres )?medicaments methemoglobinisants",
    ("allergy-penicillins", "member"): r"penicillines",
    ("allergy-carbapenems", "member"): r"penems",
    ("allergy-sulfonamide-antibiotics", "member"): r"sulfamides antibacteriens",
    ("allergy-nsaids", "member"): r"anti-inflammatoires non steroidiens",
    ("allergy-macrolides", "member"): r"macrolides.*",
    ("allergy-quinolones", "member"): r"fluoroquinolones",
    ("allergy-aminoglycosides", "member"): r"aminosides",
    ("allergy-tetracyclines", "member"): r"cyclines",
    ("allergy-iodinated-contrast", "member"): r"produits de contraste iodes",
    ("allergy-heparins", "member"): r"heparines.*",
    ("allergy-proton-pump-inhibitors", "member"): r".*inhibiteurs de la pompe a protons",
    ("allergy-platinum", "member"): r"organoplatines",
}

#: Classes of ANSM that have the property by what an entry of the class says: class name, then its mechanism's words.
SAID: dict[Claim, tuple[str, str]] = {
    ("bleeding", "carries"): (
        (
            r"anti-inflammatoires non steroidiens|inhibiteurs selectifs de la recapture.*|"
            r".*adrenergiques- ?serotoninergiques"
        ),
        r"hemorragi",
    ),
    ("respiratory-depression", "carries"): (
        (
            r"morphiniques|analgesiques morphiniques.*|benzodiazepines et apparentes|"
            r"barbituriques|morphiniques en traitement.*"
        ),
        r"depression respiratoire",
    ),
    ("CNS-depression", "carries"): (
        r"benzodiazepines et apparentes|barbituriques|morphiniques",
        r"sedat|vigilance",
    ),
    ("myopathy", "carries"): (r"inhibiteurs de l'hmg-coa reductase.*|fibrates", r"rhabdomyolyse"),
    ("hypoglycaemia", "carries"): (r"sulfamides hypoglycemiants|glinides", r"hypoglycemi"),
    ("hypotension", "carries"): (
        r"derives nitres et apparentes|inhibiteurs de la phosphodiesterase.*|alphabloquants.*",
        r"hypotens",
    ),
    ("bradycardia", "carries"): (r"beta-? ?bloquants.*|anticholinesterasiques", r"bradycard|conduction"),
    ("nephrotoxic", "carries"): (
        (
            r"aminosides|anti-inflammatoires non steroidiens|inhibiteurs de l'enzyme.*|"
            r"antagonistes des recepteurs de l'angiotensine.*"
        ),
        r"nephrotox|insuffisance renale aigue",
    ),
    ("folate-antagonism", "carries"): (r"antifoliques", r"folate"),
}

#: An entry with one of ANSM's families says the property of its other member, a substance or (second) a class.
AGAINST: dict[Claim, tuple[str, str]] = {
    **{
        ("CYP3A4", role): (
            r"inhibiteurs puissants du cyp3a4",
            r"antagonistes des canaux calciques|.*phosphodiesterase de type 5|vinca-alcaloides cytotoxiques|"
            r"inhibiteurs de tyrosine kinases metabolises|corticoides metabolises.*|"
            r"alcaloides de l'ergot de seigle vasoconstricteurs",
        )
        for role in ("substrate", "sensitive_substrate")
    },
    ("QT", "carries"): (
        r"substances susceptibles de donner des torsades de pointes",
        r"medicaments a l'origine d'un hypogonadisme masculin",
    ),
}

#: Class names of DrugCentral (FDA, MeSH, ChEBI) that say the property.
CLASSES: dict[Claim, str] = {
    **{
        (enzyme, role): rf"cytochrome p-?450 (cyp)?{code} {word}s?"
        for enzyme, code in (
            ("CYP2D6", "2d6"),
            ("CYP2C9", "2c9"),
            ("CYP2C19", "2c19"),
            ("CYP1A2", "1a2"),
            ("CYP2C8", "2c8"),
        )
        for role, word in (("inhibitor", "inhibitor"), ("inducer", "inducer"))
    },
    ("CYP3A4", "inhibitor"): r"cytochrome p-?450 (cyp)?3a4? inhibitors?",
    ("CYP3A4", "inducer"): r"cytochrome p-?450 (cyp)?3a4? inducers?",
    ("P-gp", "inhibitor"): r"p-glycoprotein inhibitors",
    ("P-gp", "inducer"): r"p-glycoprotein inducers",
    ("OATP1B1", "inhibitor"): r"organic anion transporting polypeptide 1b1 inhibitors",
    ("MAO", "inhibitor"): r"monoamine oxidase.* inhibitors?",
    (
        "bleeding",
        "carries",
    ): (
        r"anticoagulants?|anti-coagulant|platelet aggregation inhibitors?|decreased "
        r"platelet aggregation|p2y12 platelet inhibitor|factor xa inhibitors?|"
        r"fibrinolytic agents|vitamin k antagonist|direct thrombin inhibitor|"
        r"antithrombins|tissue plasminogen activator"
    ),
    (
        "serotonergic",
        "carries",
    ): (
        r"serotonin (re)?uptake inhibitors?|serotonin and (norepinephrine|noradrenaline) "
        r"reuptake inhibitors?|serotonin-1b and serotonin-1d receptor agonist|monoamine "
        r"oxidase inhibitors?|serotonergic agonist"
    ),
    (
        "CNS-depression",
        "carries",
    ): r"central nervous system depress(ants?|ion)|hypnotics and sedatives|benzodiazepines?",
    (
        "anticholinergic",
        "carries",
    ): r"anticholinergic|cholinergic antagonists?|cholinergic muscarinic antagonists?",
    ("hypoglycaemia", "carries"): r"sulfonylureas?|sulfonylurea compounds|insulins?|insulin analog",
    (
        "hypotension",
        "carries",
    ): r"antihypertensive agents?|vasodilator|nitrate vasodilator|vasodilation|arteriolar vasodilator",
    ("myelosuppression", "carries"): r"myeloablative agonists",
    ("pregnancy", "contraindicated"): r"teratogens",
    (
        "folate-antagonism",
        "carries",
    ): r"folic acid antagonists|folate analog metabolic inhibitor|dihydrofolate reductase inhibitors?",
    ("allergy-penicillins", "member"): r"penicillin-class antibacterial|penicillins",
    ("allergy-cephalosporins", "member"): r"cephalosporin antibacterial|cephalosporins",
    ("allergy-carbapenems", "member"): r"penem antibacterial|carbapenems",
    ("allergy-sulfonamide-antibiotics", "member"): r"sulfonamide anti(bacterial|microbial)",
    (
        "allergy-nsaids",
        "member",
    ): (
        r"nonsteroidal anti-inflammatory drug|anti-inflammatory agents, non-steroidal|"
        r"non-steroidal anti-inflammatory drug"
    ),
    ("allergy-macrolides", "member"): r"macrolide anti(microbial|bacterial)|macrolides?",
    ("allergy-quinolones", "member"): r"quinolone antimicrobial|quinolones",
    ("allergy-aminoglycosides", "member"): r"aminoglycoside antibacterial",
    ("allergy-tetracyclines", "member"): r"tetracycline-class .*",
    ("allergy-iodinated-contrast", "member"): r"radiographic contrast agent|x-ray contrast activity",
    ("allergy-amide-local-anaesthetics", "member"): r"amide local anesthetic",
    ("allergy-ester-local-anaesthetics", "member"): r"ester local anesthetic",
    ("allergy-proton-pump-inhibitors", "member"): r"proton pump inhibitors?",
    ("allergy-nitroimidazoles", "member"): r"nitroimidazole antimicrobial|nitroimidazoles",
    ("allergy-platinum", "member"): r"platinum-based drug|platinum-containing compounds",
}

#: Sentences that deny, doubt, tell of animals, or name the property as a reason not to give the drug, prove nothing.
NEGATED = re.compile(
    (
        r"\b(no|not|nor|neither|cannot|without|unlikely|unknown|absence|lack|free of|"
        r"rats?|mice|rabbits?|dogs?)\b"
    ),
    re.IGNORECASE,
)
#: Where a sentence of a label ends.
STOP = re.compile(r"(?<=[A-Za-z0-9)\]])\.\s+(?=[A-Z])|\n+")


def own(words: str, *, before: str = r".{0,80}") -> str:
    """A pattern in which the label's drug (``{drug}``) comes before the words, with nothing but ``before`` between."""
    return rf"\b{{drug}}\b{before}(?:{words})"


#: What an affirmative sentence of the drug's own label must match; ``{drug}`` is any of its names.
SENTENCES: dict[Claim, str] = {
    (
        "QT",
        "carries",
    ): r"{drug}.{0,120}(?:prolong\w* (?:of )?(?:the )?QT|QT\w? (?:interval )?prolong|torsades? de pointes)",
    (
        "bleeding",
        "carries",
    ): (
        r"(?:{drug}.{0,60}(?:caus\w+|increas\w+|risk of).{0,60}bleeding|"
        r"bleeding.{0,60}(?:with|by|on|receiving) {drug})"
    ),
    (
        "hyperkalaemia",
        "carries",
    ): (
        r"{drug}.{0,120}(?:hyperkalemia|increases? in serum potassium)|"
        r"hyperkalemia.{0,80}(?:with|receiving|treated with) {drug}"
    ),
    ("hypokalaemia", "carries"): r"{drug}.{0,120}hypokalemia|hypokalemia.{0,80}(?:with|receiving) {drug}",
    ("hyponatraemia", "carries"): r"{drug}.{0,120}hyponatremia|hyponatremia.{0,80}(?:with|receiving) {drug}",
    (
        "hypotension",
        "carries",
    ): r"{drug}.{0,80}hypotension|hypotension.{0,80}(?:with|receiving|treated with) {drug}",
    (
        "bradycardia",
        "carries",
    ): (
        r"{drug}(?:(?!contraindicated).){0,100}(?:bradycardia|slow\w* (?:the )?heart rate|"
        r"heart block|AV block)|bradycardia.{0,80}(?:with|receiving) {drug}"
    ),
    ("respiratory-depression", "carries"): own("respiratory depression"),
    ("hepatotoxic", "carries"): own(
        r"hepat\w+ (?:injury|toxicity|failure)|hepatotoxic\w*|liver (?:injury|failure)|"
        r"hepatocellular (?:injury|necrosis)"
    ),
    ("myopathy", "carries"): own(r"myopathy|rhabdomyolysis"),
    ("nephrotoxic", "carries"): own(r"(?:acute )?renal failure|renal toxicity|nephrotoxic\w*"),
    (
        "angioedema",
        "carries",
    ): (
        r"angioedema.{0,60} (?:with|receiving) {drug}|{drug}.{0,60} (?:cause|associated "
        r"with).{0,60}angioedema"
    ),
    ("pregnancy", "contraindicated"): (
        r"{drug}.{0,80}contraindicated.{0,60}pregnan|pregnancy category x\b|"
        r"when pregnancy is detected, discontinue|injury and (?:even )?death to the developing fetus"
    ),
    (
        "pregnancy",
        "avoid",
    ): (
        r"when pregnancy is detected, discontinue|injury and (?:even )?death to the "
        r"developing fetus|pregnancy category d\b"
    ),
    ("lactation", "contraindicated"): r"contraindicated.{0,60}nursing|nursing mothers.{0,60}contraindicated",
    ("renal", "contraindicated"): r"{drug}.{0,80}contraindicated.{0,80}creatinine clearance",
    ("narrow-index", "carries"): own("narrow therapeutic"),
    (
        "allergy-sulfonamide-antibiotics",
        "cross_reacts",
    ): (
        r"hypersensitiv\w+ to (?:this product or (?:to )?)?(?:{drug} or )?(?:to )?other "
        r"sulfonamide|sulfonamide-derived"
    ),
    ("P-gp", "substrate"): own(
        r"(?:is|are|as) (?:\w+ ){0,3}substrates? (?:of|for).{0,60}P-?(?:gp|glycoprotein)"
    ),
}
for _name, _code in (
    ("CYP3A4", "CYP ?(?:450)? ?3A4?"),
    ("CYP2D6", "CYP ?(?:450)? ?2D6|P450 2D6"),
    ("CYP2C9", "CYP ?2C9"),
    ("CYP2C19", "CYP ?2C19"),
    ("CYP1A2", "CYP ?1A2"),
):
    for _role in ("substrate", "sensitive_substrate"):
        SENTENCES[_name, _role] = (
            rf"{{drug}}(?:(?!inhibit|induc).){{0,120}}(?:metaboli[sz]ed|metabolism|substrate|cleared)"
            rf"(?:(?!inhibit|induc).){{0,100}}(?:{_code})"
        )
    SENTENCES[_name, "inhibitor"] = (
        rf"{{drug}} (?:is an? (?:\w+ ){{0,2}}inhibitor of|inhibits) (?:\w+ ){{0,3}}(?:{_code})"
    )
#: How labels name the conditions in which they forbid a drug.
_CONDITIONS = {
    "heart-failure": r"heart failure|ventricular dysfunction",
    "asthma": r"asthma|bronchospas\w+|bronchoconstrict\w+",
    "heart-block": r"heart block|AV block|A-V block|sick sinus|atrioventricular block",
    "liver-disease": r"liver disease|hepatic (?:impairment|disease)|hepatic transaminase",
    "angioedema-history": r"angioedema",
    "pheochromocytoma": r"pheochromocytoma",
    "stroke": r"stroke|transient ischemic|\bTIA\b",
    "long-QT": r"QT",
    "coronary-disease": r"coronary artery disease|ischemic heart disease",
    "thrombosis": r"thrombo\w+",
}
for _name, _words in _CONDITIONS.items():
    SENTENCES[_name, "contraindicated"] = rf"contraindicated.{{0,300}}(?:{_words})"
SENTENCES["heart-failure", "avoid"] = (
    r"(?:congestive )?heart failure.{0,120}(?:avoid|caution|observed)|avoid.{0,120}heart failure"
)
SENTENCES["peptic-ulcer", "avoid"] = (
    r"(?:active (?:pathological )?bleeding|peptic ulcer).{0,120}|contraindicated.{0,200}bleeding"
)
SENTENCES["asthma", "caution"] = r"bronchospastic (?:lung )?disease|{drug}.{0,200}bronchospas"
