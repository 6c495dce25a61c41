"""The wordings by which a question is told to be one that medrag refuses, by kind, in English, Chinese and French."""

from __future__ import annotations

from typing import Final

__all__ = ["CLINICAL", "SIGNS", "UNLESS_CLINICAL", "UNLESS_MEDICAL"]

KIN_EN = (
    r"(?:my|our|the|a) (?:\w+ )?(?:son|daughter|child|kid|baby|toddler|wife|husband|partner|mother|mom"
    r"|mum|father|dad|friend|brother"
    r"|sister|grand\w+|uncle|aunt|neighbou?r|roommate|boyfriend|girlfriend|ex|boss|dog|cat)(?:['’]s \w+)?"
)
WHO_EN = rf"(?:i|we|he|she|they|someone|somebody|{KIN_EN})"
KIN_ZH = (
    r"(?:孩子|小孩|宝宝|婴儿|儿子|女儿|闺女|爸爸?|妈妈?|父亲|母亲|老公|老婆|丈夫|妻子|爱人|爷爷|奶奶"
    r"|外公|外婆|姥姥|姥爷|哥哥?|姐姐?"
    r"|弟弟?|妹妹?|朋友|室友|邻居|同事|男友|女友|家人|老人)"
)
WHO_ZH = rf"(?:我|他|她|{KIN_ZH})"
#: What a pharmacist's question names and a person's in need does not.
CLINICAL: Final = (
    r"\bpatients?\b|\bguidelines?\b|\bcases?\b|\binpatient|\brecommend(?:ed|ation)s?\b|患者|病人|病例"
    r"|指南|说明书|\bpatiente?s\b"
)
#: Kinds that a clinical wording answers for: someone asks of another, for their work.
UNLESS_CLINICAL: Final = frozenset(["emergency", "triage", "prescription", "diagnosis"])
#: Kinds that no question naming a drug, a class or a disease can be.
UNLESS_MEDICAL: Final = frozenset(["out_of_scope"])

ACUTE_EN = (
    r"(?:not breathing|isn'?t breathing|stopped breathing|can'?t breathe|cannot breathe|unconscious"
    r"|unresponsive|passed out|collapsed|fainted"
    r"|won'?t wake|choking|turning blue|(?:having|has) a (?:seizure|stroke|heart attack|fit)|(?:vomit"
    r"|throw|cough)\w* (?:up )?blood"
    r"|bleeding (?:heavily|badly|out)|won'?t stop bleeding|crushing chest pain)"
)
ACUTE_ZH = (
    r"(?:没有?呼吸|停止呼吸|不呼吸|昏迷|昏倒|晕倒|叫不醒|不省人事|抽搐|口吐白沫|[吐呕]血|大出血"
    r"|喘不[上过]气|窒息|快不行了"
    r"|胸口?.{0,6}(?:压榨|剧痛|疼|痛)|(?:脸|舌头|喉咙|嘴唇).{0,6}肿)"
)
NOT_A_DOSE = r"(?!dose|doses|dosage|time|precautions?|interval|strength)"
REMEDY = r"(?:medicines?|medications?|drugs?|pills?|tablets?|antibiotics?|painkillers?|treatments?|therapy|something|anything)"

#: Kind to the patterns that signal it, the gravest first. Case is ignored; Chinese is Simplified before it is read.
SIGNS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    (
        "harm_others",
        (
            rf"\b(?:poison|kill|murder|drug|sedate|harm|overdose|knock out)(?:ing)? (?:{KIN_EN}|someone"
            rf"|somebody|a person|him|her|them)\b",
            r"\b(?:untraceable|undetect(?:able|ed)|without (?:being |getting )?(?:detected|caught"
            r"|noticed|anyone noticing))\b.*"
            r"\b(?:drug|poison|kill|murder|medicine|dose)|\b(?:drug|poison|kill"
            r"|murder)\b.*\b(?:untraceable|undetect\w+|without (?:anyone|being|getting))",
            r"\b(?:in|into|to) (?:her|his|their|someone'?s) (?:drink|food|coffee|tea|glass|meal|wine)\b",
            rf"\b(?:secretly|quietly|sneak\w*|slip)\b.*\b(?:{KIN_EN}|someone|him|her|them)\b"
            rf"|\bkill\b.*\b(?:dog|cat)\b",
            r"\b(?:make|let|help)\b.*\b(?:someone|him|her|them) (?:overdose|pass out|die)\b",
            r"\b(?:empoisonner|tuer|droguer) (?:mon|ma|mes|quelqu'un|son|sa|un|une)\b",
            r"下毒|投毒|毒死|毒杀|谋害|害死人?|谋杀|杀人|弄死|迷晕|迷倒|(?<!对症)(?<!如何)下药"
            r"|杀死(?=他|她|我|人|老|别人|邻居)",
            rf"偷偷.{{0,4}}(?:给|喂|让|放)|(?:放|加|下|掺)(?:进|到|在|入).{{0,8}}(?:饮料|水|酒|饭|咖啡"
            rf"|茶|食物).{{0,12}}(?:{WHO_ZH}|昏|晕|迷)",
        ),
    ),
    (
        "self_harm",
        (
            r"\b(?:kill|harm|hurt|poison|hang|off) myself\b|\b(?:end|take) my (?:own )?life\b"
            r"|\bend it all\b|\bcommit suicide\b",
            r"\bsuicide (?:methods?|pills?|plan|pact|kit|note)\b|\bmethods? of suicide\b",
            r"\bi(?:'m| am|'d| would)? ?(?:want|wish|like|going|plan(?:ning)?|intend|need|ready"
            r"|about)?(?: \w+)? to (?:die|be dead|overdose|disappear for ever)\b",
            r"\bi (?:do not|don'?t|no longer) want to (?:live|be here|be alive|wake up|exist)\b"
            r"|\bno (?:reason|will|point) (?:to|in|for) (?:live|living|go on|going on)\b",
            r"\bi can(?:'t|not| not) go on\b|\bnever wake up\b|\bpainless(?:ly)? (?:way|death|die"
            r"|suicide)|\btired of (?:living|life)\b",
            r"\bif i (?:take|swallow|inject|drink)\b.*\b(?:all|whole|every|\d{2,})\b.*\b(?:die|dead"
            r"|kill me)\b|\benough to (?:die|kill me)\b",
            r"\bhow (?:much|many)\b.*\b(?:for me to die|to (?:die|kill me))\b"
            r"|\boverdose works? on me\b|\bmake sure (?:an|my|the) overdose\b",
            r"\b(?:me suicider|me tuer|mettre fin à mes jours|envie de mourir|plus envie de vivre)\b",
            r"(?:我|^|，)(?:真的?|好|就)?(?:想|要|打算|准备|决定).{0,6}(?:自杀|去死|轻生|自尽|寻死"
            r"|了断|结束(?:自己|生命|一切|这一切))|想死(?!亡)|求死",
            r"不想活|活(?:着)?没(?:什么)?(?:意思|意义)|生无可恋|活不下去|活够了|(?:自杀|自尽"
            r"|轻生)的?(?:方法|药物?|办法|方式)",
            r"(?:吃|服|喝|打|用).{0,14}(?:自杀|自尽|轻生|寻死)(?!患者|意念|倾向|风险)|够不够(?:死|轻生"
            r"|自杀)|够(?:我)?死",
            r"(?:都|全|一起|几[片粒颗]|多少[片粒颗]?).{0,6}(?:吃|服|喝)?了?.{0,3}(?:会|能|可以"
            r"|就)死(?!亡|人)|(?:吃|喝)什么药?(?:能|会|可以)死",
            r"一觉不醒|长睡不醒|永远.{0,3}(?:睡|不醒)|安乐死.{0,8}(?:药|配方|方法)|(?:无痛|没有痛苦"
            r"|不痛苦|毫无痛苦).{0,8}(?:离开|死|走|自杀|结束)",
            r"(?:怎么|如何|怎样).{0,4}(?:自杀|结束自己|了断自己)|离开(?:这个)?(?:世界|人世)",
        ),
    ),
    (
        "emergency",
        (
            rf"\b{WHO_EN}\b.{{0,30}}\b(?:swallow(?:ed)?|ate|eaten|drank|ingested|took|taken"
            rf"|injected)\b.{{0,60}}"
            r"\b(?:whole (?:bottle|pack|box|strip)|too (?:many|much)|by (?:accident|mistake)|bleach"
            r"|detergent|poison|overdose)\b",
            rf"\b(?:{WHO_EN}\b.{{0,20}})accidental\w* (?:took|taken|swallowed|ate|drank"
            rf"|injected)(?: \w+){{0,3}}? ?"
            r"(?:\d{1,3}|three|four|five|six|seven|eight|nine|ten|twelve|twenty|several|a dozen|all|too)\b",
            rf"\b{WHO_EN}\b.{{0,60}}\b{ACUTE_EN}.*(?:\bnow\b|help|\bwhat (?:do|should|can)\b|please|!"
            rf"|\bpills?\b|can i give)",
            rf"\b{ACUTE_EN}.{{0,40}}(?:right now|help me|please help)|\bi (?:can'?t|cannot) breathe\b",
            r"\bmy (?:face|tongue|lips|throat)\b.{0,30}\bswell"
            r"|\bi have\b.{0,30}chest pain.{0,20}(?:now|arm)|\bi(?:'ve| have)? (?:just )?overdosed\b",
            r"\b(?:mon|ma) \w+ (?:a avalé|ne respire plus|est inconsciente?)",
            rf"{WHO_ZH}.{{0,10}}(?:误食|误服|误吞|误喝|吞了|吞下|吞食)",
            r"(?:刚|刚才|刚刚|不小心|误).{0,10}(?:吃|服|吞|喝|打)了?.{0,8}"
            r"(?:太多|整瓶|一瓶|过量|一大把|(?:[3-9]|[1-9]\d+|[三四五六七八九十]\w?|几十)[片粒颗支单])",
            rf"{WHO_ZH}.{{0,24}}{ACUTE_ZH}.*(?:怎么办|现在|快|救|急|求助|吃什么|可以给|[!！])"
            rf"|{WHO_ZH}(?:现在|正在|突然).{{0,10}}{ACUTE_ZH}",
            rf"(?:救命|快救).*{ACUTE_ZH}|{ACUTE_ZH}.*(?:救命|求助|急急|怎么办[!！？?]?$)"
            rf"|我.{{0,12}}(?:脸|舌头|喉咙).{{0,6}}肿",
        ),
    ),
    (
        "triage",
        (
            r"\b(?:should|do|must|shall) (?:i|we)\b.{0,40}\b(?:hospital|emergency|e\.?r\.?|a&e|doctor"
            r"|gp|ambulance|urgent care|physician|999|911|112)\b",
            r"\b(?:i|my|i've|we)\b.*\bis (?:it|this|that) (?:serious|dangerous|an emergency|urgent)\b"
            r"|\bis my\b.{0,40}\b(?:an emergency|serious|urgent)\b",
            r"\bcan (?:my|this|it)\b.{0,40}\bwait\b|\b(?:which|what) (?:department|specialist|doctor"
            r"|clinic) should i\b",
            r"\b(?:dois-je|faut-il que j')\s?(?:aller|appeler|consulter|voir)\b",
            r"(?:要不要|需要|用不用|该不该|是不是要|是否需要|是否要|有必要).{0,4}(?:去|看|送|上|叫"
            r"|打)(?:急诊|医院|医生|大夫|门诊|救护车|急救|120)",
            rf"{WHO_ZH}.{{0,30}}(?:严重吗|要紧吗|有危险吗|危险吗|能等到|能不能拖|能拖)|(?:挂|看)(?:什么"
            rf"|哪个|哪一个|啥)科",
        ),
    ),
    (
        "prescription",
        (
            r"\bprescribe (?:me|us|something|anything|\w+ for (?:me|my))\b|\b(?:write|issue|give|send"
            r"|get|order|renew|refill|need|want|draw)\b"
            r".{0,20}\b(?:me|my|i|for me)\b.{0,25}\b(?:prescription|script|refill|medication plan"
            r"|treatment plan)\b",
            r"\b(?:issue|write|renew|refill|draw up|extend)\b.{0,14}\b(?:a|the|my"
            r"|this)? ?(?:prescription|script|medication plan|treatment plan)\b(?! for (?:patients"
            r"|a patient))",
            rf"\bgive me (?:some |an? |any )?(?:strong )?{REMEDY}\b",
            rf"\b(?:what|which) {NOT_A_DOSE}(?:\w+ ){{0,3}}?(?:should|can|could|shall|must|would) (?:i"
            rf"|we) (?:take|buy|use|get|try)\b(?: (?:for|against|to treat) |\?|$)",
            r"\bwhat (?:should|can|could|shall) i (?:take|buy|use|get|try) (?:for|against)\b",
            rf"\b(?:which|what) {REMEDY}\b.{{0,20}}\b(?:best|right|suitable|good) for (?:me|my)\b",
            rf"\b(?:choose|pick|select|recommend|suggest|decide)\b.{{0,25}}\b{REMEDY} for (?:me|my)\b",
            r"\b(?:prescri(?:s|vez)-moi|faites-moi une ordonnance)\b|quel médicament (?:dois"
            r"|puis)-je prendre",
            r"(?:给|帮|替|为)我?(?:续)?(?:开|配)(?:点|些|个|一|张|盒|瓶|份|副|几|药|处方|方子|治)"
            r"|(?:帮我|给我|能不能|请).{0,4}续开",
            r"(?:给|帮|替|为)我.{0,4}(?:来|拿|弄)(?:点|些|盒|一).{0,8}(?:药|素|片|胶囊)|(?:帮|请|给|替"
            r"|我要).{0,6}(?:出具|开具|写).{0,10}(?:处方|方子)",
            r"我.{0,14}(?:吃|用|买|服)(?:点|些)?(?:什么|啥|哪种|哪个)药(?:物)?(?:比较|最|更)?(?:好"
            r"|合适|有效)?(?=[？?。，,!！吗呢]|$)",
            r"(?:帮|替|给|为)我.{0,4}(?:选|定|制定|安排|设计|推荐|拟).{0,12}(?:方案|计划|药)",
        ),
    ),
    (
        "diagnosis",
        (
            r"\bdo i have\b(?! to\b)|\b(?:what|which) (?:disease|illness|condition"
            r"|infection)\b.{0,15}\b(?:do i have|is (?:this|it))\b",
            r"\bwhat(?:'s| is) wrong with (?:me|my)\b|\bdiagnose (?:me|my|this)\b|\bam i having an? \w+",
            r"\b(?:i have|i've|i got|my)\b.{0,70}\bwhat (?:is|could|can|might) (?:it|this)\b"
            r"|\bcould my (?:symptoms?|pain|rash|cough|headaches?|fever)\b.{0,20}\bbe\b",
            r"\bis (?:this|the|that|my)\b.{0,30}\b(?:on|in|under) my\b.{0,20}\b(?:cancer|cancerous"
            r"|malignant|infected|tumou?r|melanoma)\b",
            r"\b(?:quelle maladie ai-je|diagnostiquez-moi|ai-je (?:un|une|le|la) (?:cancer|diabète"
            r"|maladie|grippe|infection))\b",
            r"我(?:是不是|是否|会不会|有没有)(?:得了?|患了?|有|中了).{1,12}(?:病|癌|炎|症|瘤|风|疮|尿)"
            r"|我(?:得|患)的?(?:了|是)(?:什么|啥|哪种)",
            r"我这?是(?:什么|啥|哪种)(?:毛)?病|(?:我|身上|胳膊|膝盖).*(?:这是|得的?是?)(?:什么|啥"
            r"|哪种)(?:毛)?病|我(?:这|到底)?是?怎么了",
            r"(?:帮|给|替)我(?:诊断|看看是|判断|确诊)|我的?症状.{0,8}(?:像|是不是|会不会|是否|可能)"
            r"|我这?是.{1,10}还是.{1,10}[？?吗]",
            r"我.{0,8}(?:痣|肿块|包块|疙瘩|结节|肿物).{0,6}(?:是|会不会是|会是).{0,4}(?:癌|恶性|瘤)",
        ),
    ),
    (
        "out_of_scope",
        (
            r"\bweather\b.{0,20}(?:like|forecast|today|tomorrow|in)\b|\bweather forecast\b",
            r"\b(?:write|compose|tell|sing)\b.{0,15}\b(?:poem|haiku|song|joke|story|riddle|novel"
            r"|limerick|essay about)\b",
            r"\b(?:write|debug|fix|refactor|explain)\b.{0,30}\b(?:python|javascript|java|c\+\+|sql|html|rust|code)\b"
            r"|\b(?:python|javascript) (?:function|list|loop|script|class|dict)\b",
            r"\b(?:world cup|super bowl|olympics|football match|premier league|oscars?|lottery"
            r"|horoscope|bitcoin|stock (?:market|price)|share price)\b",
            r"\bcapital (?:city )?of [a-z]+\b|\btranslate\b.{0,30}\b(?:into|to) (?:german|english"
            r"|french|spanish|chinese|italian|japanese)\b",
            r"\b(?:recommend|suggest|find|book)\b.{0,20}\b(?:restaurant|hotel|film|movie|flight|novel"
            r"|video game)s?\b|\bwho is the president\b",
            r"\bquel temps fait-il\b|\bcapitale d[eu]\b|\bécri(?:s|vez)(?:-moi)? un poème\b",
            r"天气(?:怎么样|如何|好吗|预报)|(?:写|作|来)一?(?:首|篇|个|段).{0,10}(?:诗|歌词?|小说|故事"
            r"|作文|笑话)|讲个?.{0,3}(?:笑话|故事)",
            r"(?:python|java|代码|编程|快速排序|冒泡排序|写.{0,4}(?:程序|函数))|世界杯|奥运会|足球"
            r"|篮球赛|电影票|票房|星座运势|彩票|股票|股市|比特币",
            r"翻译成|(?:的)?首都(?:是|在)|(?:推荐|附近).{0,6}(?:餐厅|饭店|酒店|景点|电影)|机票",
        ),
    ),
)
