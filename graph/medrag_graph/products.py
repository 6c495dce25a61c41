"""Takes strength, form, route, packing and release words off what people type, so that the name of the drug is left."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from medrag.text.normalise import fold_name, has_han
from medrag_graph.wordlists import listed

__all__ = ["bare_names", "prepared_names", "without_suffix"]

_NUMBER: Final = r"\d+(?:[.,]\d+)*"
_UNIT: Final = (
    r"(?:mg|mcg|µg|μg|ug|ng|g|kg|ml|l|iu|ui|u|units?|unites?|mmol|meq|ppm|%|cp|h|hr|hrs|hours?|heures?|"
    r"毫克|微克|克|毫升|升|单位|万单位|国际单位|毫摩尔)"
)
_STRENGTH: Final = re.compile(
    rf"(?<![a-z\d]){_NUMBER}\s*{_UNIT}?(?:\s*[/xX*×:]\s*(?:{_NUMBER}\s*)?{_UNIT}?(?![a-z]))*(?![a-z\d])|"
    rf"{_NUMBER}\s*{_UNIT}(?:\s*/\s*(?:{_NUMBER}\s*)?{_UNIT}?)?"
)
_COUNT: Final = re.compile(
    r"[x×*]\s*\d+\s*(?:片|粒|支|袋|瓶|盒|丸|枚|板)?|\d+\s*(?:片|粒|支|袋|瓶|盒|丸|枚|板)"
)
_PACK: Final = re.compile(r"(?:\s[x×*#]\s*|\s#)\d+\b.*$")
_BRACKETS: Final = re.compile(r"\([^)]*\)|（[^）]*）|\[[^\]]*\]|【[^】]*】")
#: A remark behind a name, "(Insomnia)", "(rDNA Origin)"; what a salt is given as is none, nor an anion in French
#: ("sodium (citrate de)"), nor is whether a vaccine lives.
_REMARK: Final = re.compile(
    r"\s+\((?!as )(?![^)]*\b(?:live|attenuated|inactivated|hydrolyzed|like|type)\b)"
    r"(?![^)]* (?:de|du|d'|of)\))[a-z][a-z ,.]{2,}\)$"
)
_PHRASES: Final = re.compile(r"\b(?:lipid complex|intrauterine (?:system|device))\b")
#: Left at the end of a name once the forms between which it stood are gone: "sublingual and buccal".
_LOOSE: Final = frozenset({"and", "et", "with", "avec", "or", "ou"})
_SIGNS: Final = re.compile(r"[®™©]|\((?:r|tm|c)\)")

#: Dose forms, routes and release words in English (USP, NCPDP and prescribers' short forms) and French (ANSM).
_WORDS: Final = listed(
    """
    tablet tablets tab tabs tb capsule capsules cap caps caplet caplets softgel softgels pill pills
    lozenge lozenges troche suspension susp solution soln syrup elixir drops drop cream ointment oint
    gel lotion foam shampoo patch patches transdermal spray inhaler inhalation inh nebules nebulizer
    nebuliser powder pwd granules sachet suppository supp suppositories pessary enema injection inj
    injectable infusion vial ampoule ampule amp syringe prefilled pen kit oral po iv im sc subq
    subcutaneous intravenous intramuscular topical ophthalmic otic nasal rectal vaginal sublingual sl
    buccal chewable chew chw dispersible effervescent orodispersible odt film coated enteric ec delayed
    extended sustained controlled prolonged modified immediate release er xr sr cr la xl dr ir mr cd sa
    odt ds retard forte plus-strength strength double extra regular maximum once daily twice bid tid
    qid qd od bd tds prn for of in low dose high comprime comprimes gelule gelules sachets solution
    sirop gouttes pommade creme injectable buvable sous cutanee voie orale lp pellicule pellicules
    secable orodispersibles dispersibles collyre suppositoire tab. cap. inj. susp. soln. sol
    hfa diskus ellipta respimat handihaler turbuhaler turbohaler flexhaler respiclick twisthaler redihaler
    aerosol neb nebs respule respules flexpen kwikpen solostar flextouch tempo autoinjector
    sensoready pushtronex implant implants gum intrapleural intravesical intraperitoneal intrathecal
    intravitreal intrauterine intranasal urogenital pyelocalyceal liposomal liposome
    viscous supplement supplements supplemental product products gastro resistant resistante
    gastroresistant effervescents lyophilisat lyoc dispositif
    transdermique unidose collutoire
    biogaran mylan viatris teva sandoz arrow zentiva zydus cristers accord krka almus ranbaxy evolugen
    """
)
#: Chinese dose forms, the longest first, taken off the end; and what stands before a name.
_ZH_END: Final = re.compile(
    r"(?:(?:口服|口腔|舌下|阴道|鼻用|鼻|滴眼|眼用|外用|静脉|皮下|肌内|吸入用?|直肠|透皮|经皮)?"
    r"(?:肠溶|缓释|控释|分散|咀嚼|泡腾|速释|薄膜衣|膜衣|糖衣|持续性|软|硬|干|混悬|颗粒|干混悬|粉|气|喷|滴|贴|微球|脂质体|冻干|长效|双层)*"
    r"(?:片剂|胶囊剂|锭剂|锭|片|胶囊|丸|颗粒剂|颗粒|口服溶液|口服液|溶液|混悬液|糖浆|注射液|注射剂|针剂|针|粉针|滴眼液|眼膏|滴耳液|滴剂|软膏|乳膏|凝胶|"
    r"贴剂|贴片|贴膏|栓剂|栓|喷雾剂|气雾剂|吸入剂|粉雾剂|雾化液|洗剂|含片|含漱液|合剂|散|冲剂|膏|剂))+$"
)
_ZH_START: Final = re.compile(r"^(?:注射用|外用|口服|复方(?=.{6,})|国产|进口|重组人?(?=.{4,}))")
#: Acids and cations of Chinese generic names: 盐酸 hydrochloride before, 钠 sodium after.
_ZH_SALT_START: Final = re.compile(
    r"^(?:盐酸|硫酸氢|硫酸|硝酸|磷酸|氢溴酸|枸橼酸|柠檬酸|马来酸|富马酸|酒石酸|重酒石酸|琥珀酸|醋酸|乙酸|苯磺酸|甲磺酸|甲苯磺酸|苯甲酸|丙酸|戊酸|"
    r"乳糖酸|门冬氨酸|双氯|乳酸|葡萄糖酸)(?=.{2,})"
)
_ZH_SALT_END: Final = re.compile(r"(?<=.{2})(?:钠|钾|钙|镁|锌|盐酸盐|硫酸盐)$")


#: FDA, "Nonproprietary Naming of Biological Products" (2017): four letters without meaning after a hyphen, which
#: folding makes a space, and before the name prefixes such as ado- and ziv-. Only after the stems of biologicals:
#: the four letters of "losartan hctz" mean a second drug.
_BIOLOGIC: Final = re.compile(
    r"(?:(?P<prefix>ado|ziv|fam|tbo) )?"
    r"(?P<name>(?:[a-z]+ )*[a-z]*(?:mab|cept|stim|kin|leukin|ase|ermin|cog|alfa|alpha|beta|glargine|aspart|lispro"
    r"|toxina|tecan|tansine|dotin|teplase|parsporin))(?: (?P<suffix>[a-z]{4}))?"
)


def without_suffix(folded: str) -> Iterator[str]:
    """The name of a biological without FDA's prefix or suffix: ``infliximab dyyb`` -> ``infliximab``."""
    match = _BIOLOGIC.fullmatch(folded)
    if match and (match["prefix"] or match["suffix"]):
        yield match["name"]


def bare_names(text: str) -> Iterator[tuple[str, str]]:
    """(what was taken off, folded rest), the least taken first. The text itself is the first, with ``exact``."""
    folded = fold_name(text)
    yield "exact", folded
    plain = fold_name(_SIGNS.sub("", folded))
    if plain and plain != folded:
        yield "signs", plain
    yield from chinese(plain) if has_han(plain) else latin(plain)


def latin(folded: str) -> Iterator[tuple[str, str]]:
    without = tidy(_STRENGTH.sub(" ", _PACK.sub(" ", _BRACKETS.sub(" ", folded))))
    if without and without != folded:
        yield "strength", without
    kept = unformed(without)
    if kept and kept != without:
        yield "form", kept
    for key in dict.fromkeys((folded, without, kept)):
        yield from (("suffix", name) for name in without_suffix(key))


def unformed(folded: str) -> str:
    """A folded name without words of form, route and packing."""
    kept = [word for word in _PHRASES.sub(" ", folded).split() if word.strip(".,;") not in _WORDS]
    while kept and kept[-1] in _LOOSE:
        kept.pop()
    return tidy(" ".join(kept))


def prepared_names(name: str) -> tuple[str, ...]:
    """What a source's name for a preparation calls the drug: without a remark behind it, and without form and route.

    Of a vaccine nothing: given by mouth or nose it is another, living one.
    """
    folded = fold_name(name)
    if "vaccin" in folded or "toxoid" in folded:
        return ()
    plain = _REMARK.sub("", folded)
    told = (plain, unformed(plain), *without_suffix(plain))
    return tuple(key for key in dict.fromkeys(told) if key and key != folded)


def chinese(folded: str) -> Iterator[tuple[str, str]]:
    without = tidy(_COUNT.sub("", _STRENGTH.sub("", _BRACKETS.sub("", folded)))).replace(" ", "")
    if without and without != folded:
        yield "strength", without
    bare = _ZH_START.sub("", _ZH_END.sub("", without))
    if len(bare) > 1 and bare != without:
        yield "form", bare
    for pattern in (_ZH_SALT_START, _ZH_SALT_END):
        shorter = pattern.sub("", bare)
        if len(shorter) > 1 and shorter != bare:
            yield "salt", shorter
    both = _ZH_SALT_END.sub("", _ZH_SALT_START.sub("", bare))
    if len(both) > 1 and both != bare:
        yield "salt", both


def tidy(text: str) -> str:
    return " ".join(text.strip(" .,;:-/、，。").split())
