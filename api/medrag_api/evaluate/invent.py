"""Makes ordinary claims up: a true statement with a reason, effect, time, place, person or manner more, or one word exchanged.

None of them changes a number, a drug or a negation; what they say stands in no quote. The words are this file's own. Those
called unseen were written after the proof had last been mended for the others: their lies are counted, none is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from medrag.concepts import Linker
from medrag_api.evaluate.truths import Truth

__all__ = ["INVENT"]

Made = Iterator[tuple[str, Truth]]
Maker = Callable[[Truth, Sequence[Truth], int, Linker], Made]
Templates = Mapping[str, Sequence[str]]
Exchanges = Sequence[tuple[str, str]]

#: Said behind a statement.
ADDED: Final[dict[str, tuple[str, ...]]] = {
    "en": (
        " because it is cheaper", " because it tastes better", " since most patients prefer it", " because it works faster", " as it is easier to store",  # noqa: E501
        " because the evidence is better", " as relatives often ask for it", " because of its longer shelf life",
        " and improves sleep", " and shortens the hospital stay", " and relieves pain", " and strengthens the bones", " and improves the appetite",  # noqa: E501
        " and helps wounds heal", " and causes weight gain", " and clouds judgement", " and darkens the urine", " and affects the memory",  # noqa: E501
        " with breakfast", " before surgery", " at the weekend", " on the day of discharge", " before travel", " during physiotherapy", " with food", " in the afternoon",  # noqa: E501
        " to prevent stroke", " to protect the stomach", " to speed up recovery", " to relieve itching", " to help concentration", " to avoid readmission",  # noqa: E501
        " by a nurse", " by the pharmacist", " in the emergency department", " under a cardiologist", " at the family doctor's", " in intensive care", " at home",  # noqa: E501
        " in the left arm", " on the forearm", " in the scalp", " around the eyes",
        " with regular eye examinations", " with weekly weighing", " while mood is watched", " after a chest radiograph", " guided by a questionnaire",  # noqa: E501
        " with a glass of milk", " through a separate line", " using a spacer", " kept in the dark", " with gloves",
        " in athletes", " in shift workers", " in travellers", " in vegetarians", " in twins", " in prisons",
        " according to most experts", " as shown in large trials", " if the insurer agrees", " when beds are short",
    ),
    "zh": (
        "，因为价格更低", "，因其口感更好", "，因为多数患者更喜欢", "，因其起效更快", "，因为更便于保存", "，因为证据更充分", "，因家属常有要求",  # noqa: E501
        "，并可改善睡眠", "，可缩短住院时间", "，并可缓解疼痛", "，还能强壮骨骼", "，并能增进食欲", "，有助于伤口愈合", "，并使体重增加", "，会影响判断力", "，会使尿色加深", "，可影响记忆力",  # noqa: E501
        "，随早餐服用", "，宜在手术前进行", "，最好在周末", "，于出院当天进行", "，旅行前使用", "，康复训练期间使用", "，随餐使用", "，宜在下午",  # noqa: E501
        "，以预防脑卒中", "，以保护胃黏膜", "，以加快康复", "，以缓解瘙痒", "，有助于集中注意力", "，以避免再次入院",
        "，由护士执行", "，由药师决定", "，在急诊科进行", "，由心内科医生负责", "，在社区门诊进行", "，在重症监护室进行", "，可在家中进行",  # noqa: E501
        "，用于左上臂", "，用于前臂", "，用于头皮", "，用于眼周",
        "，并定期检查眼底", "，每周称体重", "，同时观察情绪", "，需先拍胸片", "，以问卷为指导",
        "，用牛奶送服", "，经单独通路给予", "，使用储雾罐", "，避光保存", "，须戴手套",
        "，适用于运动员", "，适用于倒班人员", "，适用于旅行者", "，适用于素食者", "，适用于双胞胎",
        "，多数专家如此认为", "，大型试验已证实", "，须经医保同意", "，床位紧张时可行",
    ),
}  # fmt: skip
#: Said before it.
BEFORE: Final[dict[str, tuple[str, ...]]] = {
    "en": (
        "For athletes, ", "At home, ", "In the outpatient clinic, ", "After a light meal, ", "On admission, ", "According to the patient's wish, ",  # noqa: E501
        "Because of its price, ", "In the evening, ", "Under video supervision, ", "As a rule of thumb, ", "For cosmetic reasons, ", "In cold weather, ",  # noqa: E501
    ),
    "zh": (
        "对于运动员，", "在家中，", "在门诊，", "清淡饮食后，", "入院时，", "根据患者意愿，", "由于价格原因，", "傍晚，", "在视频监督下，", "出于美容考虑，", "天气寒冷时，", "在农村地区，",  # noqa: E501
    ),
}  # fmt: skip
#: A word, and what is put in its place.
EXCHANGED: Final[tuple[tuple[str, str], ...]] = (
    ("treatment", "surgery"), ("treatment", "counselling"), ("therapy", "physiotherapy"), ("therapy", "training"), ("patients", "relatives"), ("patients", "volunteers"),  # noqa: E501
    ("symptoms", "costs"), ("effect", "taste"), ("effects", "colours"), ("concentration", "colour"), ("concentrations", "smell"), ("absorption", "tolerability"),  # noqa: E501
    ("tablets", "syrup"), ("tablet", "patch"), ("capsules", "drops"), ("function", "size"), ("pain", "fatigue"), ("infection", "trauma"), ("skin", "hair"), ("water", "juice"),  # noqa: E501
    ("metabolism", "storage"), ("toxicity", "tolerance"), ("dose", "price"), ("doses", "visits"), ("levels", "sensors"), ("monitored", "photographed"), ("measured", "estimated"),  # noqa: E501
    ("adjusted", "recorded"), ("swallowed", "inhaled"), ("injection", "patch"), ("diet", "exercise"), ("damage", "growth"), ("reactions", "habits"), ("meals", "exercise"), ("breakfast", "lunch"),  # noqa: E501
    ("drugs", "foods"), ("medicines", "vitamins"), ("bleeding", "bruises"), ("reaction", "scar"), ("failure", "enlargement"), ("disease", "injury"), ("disorders", "habits"), ("risk", "cost"),  # noqa: E501
    ("life", "mood"), ("survival", "comfort"), ("hospital", "school"), ("specialist", "student"), ("exposure", "adherence"), ("elimination", "uptake"), ("first choice", "usual choice"),  # noqa: E501
    ("治疗", "手术"), ("治疗", "心理辅导"), ("患者", "家属"), ("患者", "志愿者"), ("症状", "费用"), ("作用", "口感"), ("效果", "颜色"), ("浓度", "颜色"), ("吸收", "耐受"), ("片", "糖浆"), ("胶囊", "滴剂"),  # noqa: E501
    ("功能", "大小"), ("疼痛", "疲劳"), ("感染", "外伤"), ("皮肤", "头发"), ("水", "果汁"), ("代谢", "储存"), ("毒性", "耐受性"), ("剂量", "价格"), ("水平", "形态"), ("监测", "拍照"), ("测定", "估计"), ("调整", "记录"),  # noqa: E501
    ("吞服", "吸入"), ("注射", "贴敷"), ("饮食", "运动"), ("损害", "增生"), ("损伤", "增大"), ("反应", "习惯"), ("餐", "运动"), ("早餐", "午餐"), ("药物", "食物"), ("出血", "瘀斑"), ("风险", "费用"), ("疾病", "外伤"),  # noqa: E501
    ("生命", "情绪"), ("专科", "实习"), ("暴露", "依从性"), ("清除", "摄取"), ("医生", "护士"), ("使用", "储存"), ("观察", "询问"), ("检查", "拍照"), ("停药", "换药"), ("给药", "采样"),  # noqa: E501
)  # fmt: skip
#: The same, written last.
UNSEEN_ADDED: Final[dict[str, tuple[str, ...]]] = {
    "en": (
        " because tablets are hard to swallow", " as the ward is short of staff", " because parents expect it", " since it is made locally",  # noqa: E501
        " and brightens the mood", " and softens the stool", " and strengthens the voice", " and lowers the number of visits", " and makes the skin greasy",  # noqa: E501
        " during the harvest", " at sunrise", " before dental work", " on the second visit", " between two lectures", " after a haircut",  # noqa: E501
        " to please the family", " to calm the nerves", " to keep the weight down", " to clear the airways", " to save a bed",
        " by the midwife", " by the receptionist", " in the ambulance", " at the health centre", " in the waiting room", " in a rehabilitation centre",  # noqa: E501
        " behind the ear", " on the lower back", " into the left thigh",
        " with a hearing test", " under camera surveillance", " after a skin biopsy", " with a diary of meals",
        " with cranberry juice", " in a paper cup", " with the lights off", " wrapped in foil",
        " in musicians", " in pilots", " in blood donors", " in farmers", " in left-handed people",
        " as the manufacturer confirms", " provided the pharmacy is open", " according to a survey",
    ),
    "zh": (
        "，因为药片难以下咽", "，因病房人手不足", "，因家长期望如此", "，因其为本地生产",
        "，还可使心情愉快", "，可使大便变软", "，能使嗓音洪亮", "，可减少就诊次数", "，并使皮肤油腻",
        "，在农忙季节进行", "，宜在日出时", "，牙科处理前使用", "，第二次就诊时进行", "，理发后进行",
        "，以使家人满意", "，以安定神经", "，以保持体形", "，以清理气道", "，以节省床位",
        "，由助产士负责", "，由前台登记", "，在救护车上进行", "，在卫生站进行", "，在候诊室进行", "，在康复中心进行",
        "，用于耳后", "，用于腰背部", "，用于左大腿",
        "，并做听力测试", "，须摄像监控", "，需先做皮肤活检", "，并记录饮食日记",
        "，用蔓越莓汁送服", "，用纸杯盛装", "，关灯后使用", "，用锡纸包裹",
        "，适用于音乐家", "，适用于飞行员", "，适用于献血者", "，适用于农民", "，适用于左利手者",
        "，厂家已予确认", "，药房营业时可行", "，问卷调查如此显示",
    ),
}  # fmt: skip
UNSEEN_BEFORE: Final[dict[str, tuple[str, ...]]] = {
    "en": (
        "For musicians, ", "On the ward round, ", "In the school sick bay, ", "After a warm bath, ", "At the request of the insurer, ", "For want of space, ",  # noqa: E501
        "In a hot climate, ", "By telephone, ", "Given the good taste, ", "With the family present, ",
    ),
    "zh": (
        "对于音乐家，", "查房时，", "在学校医务室，", "温水浴后，", "应保险公司要求，", "由于场地不足，", "炎热气候下，", "通过电话，", "鉴于口味良好，", "家人在场时，",  # noqa: E501
    ),
}  # fmt: skip
UNSEEN_EXCHANGED: Final[tuple[tuple[str, str], ...]] = (
    ("treatment", "schooling"), ("therapy", "massage"), ("patients", "neighbours"), ("effect", "smell"), ("concentration", "volume"), ("concentrations", "costs"),  # noqa: E501
    ("absorption", "packaging"), ("tablets", "gel"), ("function", "colour"), ("pain", "hunger"), ("skin", "nail"), ("metabolism", "price"), ("toxicity", "popularity"),  # noqa: E501
    ("dose", "brand"), ("levels", "vessels"), ("monitored", "weighed"), ("adjusted", "announced"), ("injection", "infusion pump"), ("damage", "relief"), ("reactions", "wishes"),  # noqa: E501
    ("failure", "transplant"), ("disease", "beauty"), ("risk", "hope"), ("hospital", "hotel"), ("exposure", "comfort"), ("symptoms", "habits"), ("use", "sale"),  # noqa: E501
    ("治疗", "按摩"), ("患者", "邻居"), ("作用", "气味"), ("浓度", "体积"), ("吸收", "包装"), ("功能", "颜色"), ("疼痛", "饥饿"), ("皮肤", "指甲"), ("代谢", "价格"), ("毒性", "知名度"),  # noqa: E501
    ("剂量", "品牌"), ("监测", "称重"), ("调整", "公布"), ("注射", "涂抹"), ("损害", "缓解"), ("反应", "愿望"), ("风险", "希望"), ("疾病", "美容"), ("暴露", "舒适度"), ("症状", "爱好"), ("使用", "销售"),  # noqa: E501
)  # fmt: skip
#: Templates told behind one statement; each is told of many.
EACH: Final = 6


def chosen(templates: Sequence[str], at: int, many: int) -> Iterator[str]:
    """Some of the templates, others for every statement."""
    yield from (templates[(at * 7 + 11 * step) % len(templates)] for step in range(min(many, len(templates))))


def invented(added: Templates, before: Templates, exchanged: Exchanges) -> Maker:
    """Lies made with one set of templates."""

    def make(truth: Truth, truths: Sequence[Truth], at: int, linker: Linker) -> Made:
        tongue = "zh" if truth.language == "zh" else "en"
        text, quote = truth.text, truth.quote.casefold()
        end = len(text.rstrip(".。"))
        for more in dict.fromkeys(chosen(added[tongue], at, EACH)):
            if more.strip(" ，").casefold() not in quote:
                yield text[:end] + more + text[end:], truth
        for more in dict.fromkeys(chosen(before[tongue], at, 2)):
            if more.strip(" ,，").casefold() not in quote:
                yield more + lowered(text), truth
        for was, now in exchanged:
            found = re.search(rf"(?<![A-Za-z-]){was}(?![A-Za-z-])" if was.isascii() else was, text)
            if found and now not in quote and now not in text:
                yield text[: found.start()] + now + text[found.end() :], truth

    return make


def lowered(text: str) -> str:
    """The statement as it goes on behind other words; names written in capitals stay."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


#: The kinds and what makes each, in the order of the table.
INVENT: Final[dict[str, Maker]] = {
    "invented": invented(ADDED, BEFORE, EXCHANGED),
    "invented_unseen": invented(UNSEEN_ADDED, UNSEEN_BEFORE, UNSEEN_EXCHANGED),
}
