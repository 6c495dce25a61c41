"""English words of every day that drug lists carry as names: such a word alone is offered, never taken for the drug."""

from __future__ import annotations

from typing import Final

from medrag_graph.wordlists import listed

__all__ = ["COMMON_WORDS"]

#: Chosen by hand from the names of drug-names 2.0.9 and the DrugBank vocabulary that stand in everyday English prose:
#: allergens, foods, abbreviations. What people do take by such a name (iron, garlic, caffeine) is not here.
COMMON_WORDS: Final = listed(
    """
    air almond amber apple apricot aqua arg armour avocado balance banana barley basis beam bean beef
    blood bore broccoli cabbage caps capture carbon carrot cascade celery cherry chicken chocolate
    coconut com cop corn cornsilk cucumber date dill dimension duck dump egg elm fang fig generics
    goose hank hip his honey hops lamb lead leek lemon lime lobster lotion maize mango mat mate merlin
    met milk monitor mushroom neon nettle olive onion orange oyster papaya pas pat patrol peach pear
    perch pineapple plum potato poultry protein rabbit rhubarb rice rue sage salmon sam same scallop
    shrimp snail squash strawberry tangerine ten timothy tin titan tomato turkey val vanilla vinegar
    vitae wasabi water watermelon wheat whey
    """
)
