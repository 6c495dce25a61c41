"""Takes the salt, ester or hydrate off a drug's name by a closed list of words, in English, abbreviated and in French."""

from __future__ import annotations

import re
from typing import Final

from medrag_graph.wordlists import listed

__all__ = ["MINERALS", "SALT_WORDS", "split_salt"]

#: Acids, counter-ions, esters and hydrates as INN modified names write them (INNM), with USAN and VA short forms.
_ENGLISH: Final = listed(
    """
    acetate acefurate acetonide acistrate aceturate acetylsalicylate adipate alfoscerate anhydrous
    arginine ascorbate aspartate axetil benzathine benzoate besilate besylate bisulfate bitartrate
    bromide butyrate calcium camsilate camsylate caproate carbonate chloride cilexetil choline citrate
    cromesilate cypionate cipionate cyclamate decanoate diacetate digluconate dihydrate dihydrochloride
    dimaleate dimeglumine dipivoxil dipropionate diphosphate disodium disoproxil ditartrate dipotassium
    edetate edisilate edisylate embonate enantate enanthate epolamine erbumine esilate esylate estolate
    ethanolate ethylsuccinate etabonate ethobromide etexilate fumarate furoate fosamil fosfate
    gluceptate gluconate glucuronate glutamate glycolate hcl hbr hemifumarate hemihydrate hemisuccinate
    hexacetonide hexahydrate hippurate hyclate hydrate hydrobromide hydrochloride hydroxynaphthoate
    hydrogen isethionate isetionate lactate lactobionate laurate lysine magnesium malate maleate
    mandelate medocaril medoxomil meglumine mesilate mesylate methonitrate methobromide methylbromide
    methylnitrate methylsulfate metilsulfate mofetil monohydrate mononitrate monosodium napadisilate
    napsilate napsylate nicotinate nitrate oleate olamine orotate oxalate palmitate pamoate
    pantothenate pentahydrate perchlorate phenpropionate phenylpropionate phosphate pivalate pivoxil
    polacrilex polistirex poly potassium proxetil propionate pyrophosphate saccharate salicylate
    sebacate sesquihydrate so4 sodium na stearate succinate sulfate sulphate tartrate tartarate
    tebutate teoclate terephthalate tetrahydrate thiocyanate tosilate tosylate triacetate trihydrate
    triphosphate trisodium trolamine tromethamine trometamol undecanoate undecylenate valerate
    xinafoate zinc
    """
)
_FRENCH: Final = listed(
    """
    acetonide anhydre arginine axetil besilate bromhydrate calcique chlorhydrate citrate cilexetil
    dipotassique dihydrate dichlorhydrate disodique disodium fumarate hydrogenosulfate
    hydrogenofumarate hydrogenotartrate magnesique maleate medoxomil mesilate monohydrate monosodique
    monosodee potassique sodique sodee succinate tartrate tosilate trihydrate trihydratee trisodique
    zincique
    """
)
SALT_WORDS: Final = _ENGLISH | _FRENCH

#: A mineral's salts are drugs in their own right (sodium chloride is no form of a drug called sodium). Lithium's are not:
#: they are given for the lithium.
MINERALS: Final = listed(
    """
    aluminium aluminum ammonium antimony arsenic barium bismuth calcium carbon chloride chromium cobalt
    copper cupric ferric ferrous fluoride gold hydrogen iodide iron lanthanum magnesium
    manganese mercury nitrogen nitrous phosphate potassium rubidium selenium silver sodium strontium
    sulfate sulfur technetium thallium zinc
    """
)

_FRENCH_ORDER: Final = re.compile(r"(?P<salt>[a-z]+) (?:de |d')(?P<base>.+)")
_COMMA: Final = re.compile(r"(?P<salt>[a-z ]+), (?P<base>[^,]+)")


def split_salt(folded: str) -> tuple[str, str] | None:
    """(base, salt) of a folded name that ends, or in French begins, with salt words; None when it holds none.

    ``warfarin sodium`` -> ``("warfarin", "sodium")``; ``sodium chloride`` and other minerals' salts stay whole.
    """
    match = _FRENCH_ORDER.fullmatch(folded)
    if match and match["salt"] in SALT_WORDS:
        return checked(match["base"], match["salt"])
    match = _COMMA.fullmatch(folded)
    if match and all(word in SALT_WORDS for word in match["salt"].split()):
        return checked(match["base"], match["salt"])
    words = folded.split()
    kept = len(words)
    while kept > 1 and words[kept - 1].strip("()") in SALT_WORDS:
        kept -= 1
    return checked(" ".join(words[:kept]), " ".join(words[kept:])) if kept < len(words) else None


def checked(base: str, salt: str) -> tuple[str, str] | None:
    return None if base in MINERALS or base in SALT_WORDS or len(base) < 4 else (base, salt)
