"""The consequences a mechanism text may name, each as a pattern over folded French, most special first."""

from __future__ import annotations

from typing import Final

from medrag_graph.pddi.matching import Rule, compile_rules

__all__ = ["CONSEQUENCES", "FIRST"]

_LESS: Final = (
    r"(?:diminution|annulation|perte|baisse|reduction|inhibition)(?: possible| notable"
    r"| importante| complete)*"
)

#: Read before the pharmacology: these are consequences, though they look like a weaker effect of a drug.
FIRST: Final[tuple[Rule, ...]] = compile_rules(
    "outcome.first",
    [
        (
            "outcome.reduced_antihypertensive",
            rf"(?:{_LESS}|antagonisme) (?:de l'|des? )(?:effets? |activite )(?:anti-?hypertens\w+"
            r"|hypotens\w+)",
        ),
        (
            "outcome.contraceptive_failure",
            r"(?:efficacite|effet) (?:du )?contracepti\w+|survenue d'une grossesse"
            r"|efficacite du contraceptif",
        ),
        ("outcome.uricosuric", rf"{_LESS} de l'effet uricosurique"),
        (
            "outcome.reduced_efficacy",
            rf"{_LESS} (?:de l'|de son |de leur |de la |d')(?:effet (?:therapeutique"
            r"|antalgique(?: ou antitussif)?|clinique)"
            r"|reponse virologique|activite immunosuppressive|effet(?=,? dont)|efficacite(?! contra))",
        ),
    ],
)

#: Tried in order; what one rule took is not read again by a later one.
CONSEQUENCES: Final[tuple[Rule, ...]] = compile_rules(
    "outcome",
    [
        ("outcome.hypoglycaemia_masked", r"masquer (?:certains|les) symptomes de l'hypoglycemie"),
        ("outcome.thrombosis", r"(?:risque |evenements? |accidents? )?thrombo(?:tique|embolique|se)s?\b"),
        ("outcome.gi_ulcer", r"(?:risque )?ulcerogene|ulcerations?\b"),
        (
            "outcome.bleeding",
            r"(?:risques? |evenements? |accidents? )?(?:hemorragi(?:que|e)s?|(?:de )?saignements?)\b",
        ),
        (
            "outcome.orthostatic_hypotension",
            r"hypotensions? (?:arterielle )?orthostatique|hypotension, notamment orthostatique"
            r"|hypotensions? posturale",
        ),
        ("outcome.intracranial_hypertension", r"hypertension intracranienne"),
        ("outcome.pulmonary_hypertension", r"hypertension arterielle pulmonaire"),
        (
            "outcome.hypertension",
            r"(?:poussees?|crises?|acces|effets?|reactions?) hypertensi\w+|poussees hypertensives"
            r"|hypertension (?:arterielle|paroxystique)|(?:augmentation"
            r"|elevation)(?: importante)? de la pression arterielle|effet hypertenseur"
            r"|effets? vasopresseurs?",
        ),
        (
            "outcome.hypotension",
            r"hypotensions?\b|effets? (?:anti-?hyperten[st]eurs?|hypotenseurs?|hypotensifs?"
            r"|vasodilatateurs?)|syncopes?",
        ),
        ("outcome.hyperkalaemia", r"hyperkaliem\w+|effets? hyperkaliemiants?"),
        ("outcome.hypokalaemia", r"hypokaliem(?:ie|ique)s?\b|effets? hypokaliemiants?"),
        ("outcome.hyponatraemia", r"hyponatremi\w+"),
        ("outcome.hypercalcaemia", r"hypercalcemi\w+"),
        ("outcome.hypocalcaemia", r"hypocalcemi\w+"),
        ("outcome.hypomagnesaemia", r"hypomagnesemi\w+"),
        ("outcome.hypophosphataemia", r"hypophosphoremi\w+|hypophosphatemi\w+"),
        (
            "outcome.qt",
            r"(?:allongement|prolongation) de (?:l'|la )(?:intervalle|espace|duree de l'intervalle) qt"
            r"|intervalle qt",
        ),
        ("outcome.torsades", r"torsades? de pointes?"),
        (
            "outcome.arrhythmia",
            r"(?:risques? de )?(?:troubles?"
            r"|anomalies) (?:ventriculaires? )?(?:graves? )?du rythme(?: (?:ventriculaires?"
            r"|cardiaques?|auriculaires?))*|arythmies?|fibrillations? (?:auriculaires?"
            r"|ventriculaires?)|excitabilite cardiaque|effets? arythmogenes?|tachycardie ventriculaire",
        ),
        ("outcome.bradycardia", r"bradycardi\w+|effets? bradycardisants?|arret sinusal"),
        (
            "outcome.conduction",
            r"troubles? (?:de l'automatisme|de la conduction|de la contractilite)|blocs? (?:auriculo"
            r"|sino)\W*ventriculaires?|depression de l'automatisme|conduction (?:sino|auriculo)"
            r"|effets? (?:negatifs )?sur la conduction",
        ),
        (
            "outcome.heart_failure",
            r"(?:defaillance|decompensation) cardiaque|decompensation de l'insuffisance cardiaque"
            r"|effets? inotropes? negatifs?|insuffisance cardiaque aigue|fonction cardiaque"
            r"|cardiotoxi\w+|toxicite cardiaque",
        ),
        ("outcome.coronary", r"vasoconstriction arterielle coronaire|insuffisance coronar\w+|angor"),
        ("outcome.ergotism", r"ergotisme|necrose des extremites"),
        (
            "outcome.vasoconstriction",
            r"(?:effets? )?vasoconstrict(?:ion|eurs?)\b(?! par)|spasmes? arteriels?|ischemie des extremites",
        ),
        (
            "outcome.respiratory_depression",
            r"depression respiratoire|(?:effet )?depresseur respiratoire|arret respiratoire"
            r"|depression cardio-?respiratoire|troubles? respiratoires?",
        ),
        (
            "outcome.cns_depression",
            r"depression (?:centrale|du systeme nerveux)|sedation|effets? (?:sedatifs?|depresseurs?"
            r"|hypnotiques?)|alteration de la vigilance|baisse de (?:la )?vigilance|somnolence",
        ),
        ("outcome.serotonin_syndrome", r"syndrome serotonine?rgique"),
        (
            "outcome.seizures",
            r"convulsions?\b|crises? (?:convulsives?|epileptiques?|d'epilepsie)|seuil epileptogene"
            r"|effets? proconvulsivants?|epilepsie",
        ),
        ("outcome.neuroleptic_malignant", r"syndrome malin"),
        (
            "outcome.extrapyramidal",
            r"(?:syndrome|effets?|troubles?) (?:extra-?pyramid\w+|parkinsonien\w*)|dyskinesies?",
        ),
        (
            "outcome.psychiatric",
            r"troubles? (?:neuro-?psychiques?|psychotiques?|psychiques?|neuropsychiatriques?)"
            r"|hallucinations?|etat confusionnel|confusion mentale|acces maniaque|delire",
        ),
        ("outcome.behaviour", r"troubles? du comportement"),
        ("outcome.tendon", r"tendinopathies?|rupture tendineuse"),
        ("outcome.condom", r"rupture du preservatif"),
        ("outcome.thyroid_imbalance", r"desequilibre du traitement thyroidien"),
        ("outcome.encephalopathy", r"encephalopath\w+"),
        ("outcome.hyperammonaemia", r"hyperammonie?mi\w+"),
        ("outcome.neuropathy", r"neuropathies?(?: peripheriques?)?"),
        (
            "outcome.neurotoxicity",
            r"neurotox\w+|(?:troubles?|effets? indesirables?|manifestations?) (?:neurologiques?"
            r"|centraux|du systeme nerveux)|toxicite neurologique|vertiges?|cephalees?",
        ),
        ("outcome.ototoxicity", r"(?:(?:risques?|effets?) )?ototox\w+|toxicite cochleo"),
        ("outcome.nephrotoxicity", r"(?:(?:risques?|effets?) )?nephrotox\w+|toxicite renale"),
        (
            "outcome.kidney_failure",
            r"insuffisance renale (?:aigue|fonctionnelle)|(?:degradation|alteration"
            r"|aggravation) de la fonction renale|oligurie|voire insuffisance renale|creatininemie",
        ),
        ("outcome.dehydration", r"deshydratation|diurese importante|depletion hydro-?sodee"),
        (
            "outcome.hepatotoxicity",
            r"(?:(?:risques?|effets?) )?hepatotox\w+|(?:toxicite|atteintes?) hepatiques?|hepatites?",
        ),
        ("outcome.hyperbilirubinaemia", r"hyperbilirubinemi\w+"),
        ("outcome.pancreatitis", r"pancreatites?"),
        ("outcome.pulmonary_toxicity", r"toxicite pulmonaire|pneumopath\w+|fibrose pulmonaire"),
        (
            "outcome.haematotoxicity",
            r"toxicite,? (?:notamment )?(?:hematologique|medullaire)"
            r"|effets? (?:indesirables?, (?:notamment )?)?(?:hematologiques?|myelosuppresseurs?)"
            r"|insuffisance medullaire|myelotox\w+|neutropeni\w+|pancytopeni\w+|agranulocytos\w+"
            r"|leucopeni\w+|thrombopeni\w+|cytopeni\w+|anemi\w+|aplasi\w+",
        ),
        ("outcome.infection", r"infections?(?: graves?)?|risques? infectieux"),
        ("outcome.vaccine_disease", r"maladie vaccinale"),
        ("outcome.immunosuppression", r"immunodepression|effets? immunosuppresseurs?|lymphoproliferation"),
        ("outcome.macrophage_damage", r"atteinte des macrophages"),
        (
            "outcome.rhabdomyolysis",
            r"rhabdomyolyses?|(?:effets? indesirables?|toxicite) (?:musculaires?)|myopath\w+|myalgies?"
            r"|notamment musculaires?",
        ),
        ("outcome.hypo_or_hyperglycaemia", r"hypoglycemie ou d'hyperglycemie"),
        ("outcome.hypoglycaemia", r"hypoglycemi(?:e|que)s?\b|effets? hypoglycemiants?"),
        (
            "outcome.hyperglycaemia",
            r"hyperglycemi\w+|elevation de la glycemie|effets? diabetogenes?|effets? hyperglycemiants?",
        ),
        ("outcome.lactic_acidosis", r"acidose lactique"),
        ("outcome.metabolic_acidosis", r"acidose (?:metabolique|hyperchloremique)"),
        ("outcome.alkalosis", r"alcalose"),
        ("outcome.hypothyroidism", r"hypothyroidie"),
        ("outcome.antabuse", r"effets? antabuse"),
        ("outcome.angioedema", r"angio-?\s?oedemes?"),
        ("outcome.oedema", r"oedemes?\b|retention hydro-?sodee"),
        (
            "outcome.hypersensitivity",
            r"reactions? (?:cutanees?|d'hypersensibilite|allergiques?|anaphyla\w+)|rash\b"
            r"|eruptions? cutanees?|reaction aux produits de contraste|erythemes?",
        ),
        ("outcome.skin_necrosis", r"necrose (?:cutane\w+|cutaneo-muqueuse)|complexe caustique"),
        ("outcome.colon_necrosis", r"necrose colique"),
        ("outcome.constipation", r"constipation|ileus|occlusion"),
        (
            "outcome.anticholinergic",
            r"effets? (?:indesirables? )?(?:atropiniques?|anticholinergiques?)|retention urinaire"
            r"|secheresse de la bouche",
        ),
        ("outcome.cholinergic", r"effets? (?:indesirables? )?cholinergiques?"),
        (
            "outcome.neuromuscular_block",
            r"potentialisation des curares|effets? (?:des )?curar\w+|bloc (?:moteur|neuro-?musculaire)"
            r"|curarisation|effets? de la toxine botulique",
        ),
        (
            "outcome.hyperthermia",
            r"hyperthermi\w+|effets? (?:hypertenseurs et/ou )?hyperthermiques?|coup de chaleur",
        ),
        ("outcome.withdrawal", r"syndrome de sevrage|symptomes de sevrage"),
        ("outcome.teratogenicity", r"teratogene"),
        ("outcome.hypervitaminosis_a", r"hypervitaminose a"),
        ("outcome.cobalamin", r"carence en cyanocobalamine"),
        ("outcome.aluminium", r"(?:passage systemique|absorption) de l'aluminium"),
        ("outcome.hyperchelation", r"hyperchelation"),
        ("outcome.pruritus", r"prurit\b"),
        ("outcome.shock", r"etat de choc|choc\b|collapsus"),
        (
            "outcome.fatal",
            r"(?:eventuellement |potentiellement )?(?:mortelles?|fatales?|letales?)\b|deces\b"
            r"|consequences (?:potentiellement |eventuellement )?fatales?",
        ),
        ("outcome.coma", r"coma\b"),
        ("outcome.treatment_failure", r"echec (?:therapeutique|du traitement|de la)"),
        (
            "outcome.reduced_efficacy",
            r"(?:perte|baisse|diminution|reduction|moindre|annulation)(?: notable| importante"
            r"| possible)? (?:d'|de l'|de son |de leur |de )?(?:efficacite|effet therapeutique"
            r"|effet antalgique|effet clinique|activite|effet)|inefficacite|moindre efficacite"
            r"|effet antalgique ou antitussif|retentissement sur l'efficacite|reponse (?:immunitaire"
            r"|therapeutique) (?:diminuee|moindre)",
        ),
        ("outcome.overdose", r"surdosage"),
        ("outcome.adverse_effects", r"effets? (?:indesirables?|toxiques?|secondaires?)"),
        ("outcome.toxicity", r"toxicites?\b|valeurs toxiques|metabolites toxiques"),
    ],
)
