"""One home for all tests of this folder: unpacking takes seconds and hundreds of megabytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from medrag.index.encoders.light import LightModel
from medrag.index.encoders.packaged import PassageModel
from medrag.index.encoders.weights import WeightFile, find_weights, read_weights

TEXTS = [
    "Warfarin with aspirin raises the risk of bleeding.",
    "The starting dose of apixaban is 5 mg twice daily.",
    "Reduce metformin when eGFR falls below 45 mL/min/1.73 m2.",
    "Do not combine sildenafil with nitrates.",
    "Simvastatin: muscle pain, raised creatine kinase, rhabdomyolysis.",
    "Amoxicillin 500 mg every 8 hours for seven days",
    "INR 2.0-3.0 (target 2.5) in atrial fibrillation",
    "ACE inhibitors may cause cough & angio-oedema!",
    "Store below 25 °C; protect from light.",
    "Pregnancy: avoid in the first trimester",
    "QT prolongation — torsades de pointes",
    "Clopidogrel and omeprazole",
    "Which antibiotics interact with digoxin?",
    "hypokalaemia",
    "Stop the drug if K+ > 5.5 mmol/L",
    "Paracetamol overdose: give acetylcysteine within 8 h",
    "β-blockers, α1-antagonists and Ca²⁺ channel blockers",
    "a",
    "Levothyroxine should be taken on an empty stomach, thirty minutes before breakfast.",
    "Lithium levels rise with NSAIDs and thiazides.",
    "华法林与阿司匹林合用会增加出血风险。",
    "肾功能不全患者应减少二甲双胍的剂量。",
    "孕妇及哺乳期妇女禁用",
    "每日两次，每次 5 mg，饭后服用",
    "對乙酰氨基酚的最大劑量是多少？",
    "幽门螺杆菌根除治疗",
    "高血压合并糖尿病的首选药物",
    "他汀类药物可引起肌痛和横纹肌溶解",
    "服用地高辛期间应监测血钾",
    "【药物相互作用】尚不明确",
    "儿童用药：按体重计算，10～15 mg/kg",
    "心房颤动的抗凝治疗",
    "青霉素过敏者禁用。",
    "胰岛素应冷藏（2℃-8℃）保存",
    "阿司匹林肠溶片 100mg×30片",
    "术前停用氯吡格雷几天？",
    "癫痫",
    "甲氨蝶呤每周一次，切勿每日服用！",
    "服药后如出现皮疹，应立即停药并就医",
    "中药与西药的相互作用",
    "L'association de la warfarine et de l'aspirine majore le risque hémorragique.",
    "Contre-indication : insuffisance rénale sévère",
    "Prendre un comprimé matin et soir pendant les repas",
    "Surveillance de la kaliémie et de l'INR",
    "Les macrolides augmentent les concentrations de digoxine",
    "Grossesse et allaitement",
    "À prendre en compte : effet sédatif additif",
    "œdème de Quincke",
    "La posologie doit être adaptée à la clairance de la créatinine.",
    "Association déconseillée avec l'alcool",
    "anticoagulants oraux",
    "Quel est l'antidote du paracétamol ?",
    "Risque de torsades de pointes",
    "inhibiteurs de l'enzyme de conversion",
    "Arrêter le traitement en cas d'éruption cutanée",
    "Ne pas dépasser 3 g par jour chez l'adulte de moins de 50 kg",
    "Hypoglycémie : malaise, sueurs, palpitations",
    "millepertuis",
    "Précaution d'emploi avec les diurétiques hypokaliémiants",
    "Vaccin vivant atténué : contre-indiqué sous immunosuppresseurs",
]


@pytest.fixture(scope="session")
def weights() -> WeightFile:
    return read_weights(find_weights())


@pytest.fixture(scope="session")
def model_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def light(model_home: Path) -> LightModel:
    return LightModel(model_home)


@pytest.fixture(scope="session")
def passages(model_home: Path) -> PassageModel:
    import torch

    torch.set_num_threads(1)  # waiting threads that spin cost minutes where cores are shared
    return PassageModel(model_home, fast=False)


@pytest.fixture(scope="session")
def sixty() -> list[str]:
    """Sixty short texts, a third each English, Chinese and French."""
    return TEXTS
