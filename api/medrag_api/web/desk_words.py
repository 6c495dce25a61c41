"""Words of the console's desks, English and Chinese: the operator's, golden questions, sources compared, the signed report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["DESK_WORDS", "FINDING_KINDS"]

#: What a finding is of, as the rules' table tells it: (English, Chinese).
FINDING_KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "drug_drug": ("two drugs", "药物-药物"),
    "drug_condition": ("drug and condition", "药物-疾病"),
    "duplicate_therapy": ("duplicate therapy", "重复用药"),
    "cumulative_risk": ("risk that adds up", "累积风险"),
    "patient_factor": ("patient", "患者因素"),
    "food": ("food", "食物"),
    "not-checked": ("what was not checked", "未检查的内容"),
    "unavailable": ("check not made", "未能检查"),
    "hidden": ("findings not shown", "未显示的发现"),
    "quiet": ("findings without interruption", "不打断的发现"),
    "coverage": ("what was not found", "未找到的内容"),
}

#: Key to (English, Chinese).
DESK_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    # operator
    "operator": ("Operator", "运维"),
    "o_alerts": ("Alerts", "提醒"),
    "o_keys": ("Keys", "密钥"),
    "o_audit": ("Audit", "审计"),
    "o_parts": ("Parts of this page", "本页各部分"),
    "o_alerts_lead": (
        "What the cards of CDS Hooks ask of clinicians, as counts alone: no row says who, or about whom.",
        "CDS Hooks卡片对医务人员的提醒负担，仅保留计数；不记录何人、何患者。",
    ),
    "o_checks": ("checks counted", "已计检查次数"),
    "o_interruptive": ("cards that interrupted", "打断式卡片"),
    "o_per_thousand": ("interruptive cards per 1,000 checks", "每千次检查的打断式卡片"),
    "o_level": ("From which severity findings interrupt", "自哪一级起打断提醒"),
    "o_level_note": (
        "Less severe findings stay on their cards, as information; a card says how many. Contraindicated findings always "
        "interrupt and nothing switches that off; so do risks whose source gives no grade.",
        "较轻的发现仍以信息卡片显示，并有卡片说明其数量。禁忌始终打断提醒，且无法关闭；来源未分级的风险亦然。",
    ),
    "o_from": ("Interrupts from", "打断起始级别"),
    "o_would": ("Cards that would have interrupted", "将会打断的卡片"),
    "o_per": ("per 1,000 checks", "每千次检查"),
    "o_silent": ("Rules that fall silent", "不再打断的规则"),
    "o_loud": ("Rules that begin to interrupt", "开始打断的规则"),
    "o_in_force": ("in force", "现行"),
    "o_show_rules": ("Show the rules", "查看规则"),
    "o_plot_alt": (
        "Bars: cards that would have interrupted with each level; the table holds the figures.",
        "条形图：各级别下将会打断的卡片数；数字见表格。",
    ),
    "o_choose": ("Choose another level", "更改级别"),
    "o_set": ("Set", "设定"),
    "o_silent_at": ("What would fall silent from this level on", "设为此级别后不再打断的规则"),
    "o_loud_at": ("What would begin to interrupt at this level", "设为此级别后开始打断的规则"),
    "o_nothing_changes": ("No rule that was counted would change.", "已计规则均无变化。"),
    "o_nothing_counted": (
        "Nothing is counted yet: no record system has called CDS Hooks here.",
        "尚无计数：还没有病历系统调用CDS Hooks。",
    ),
    "o_chosen": ("Choices so far", "历次设定"),
    "o_by_settings": ("by the settings", "来自配置"),
    "o_rules": ("Rules and what is done with them", "规则及处理情况"),
    "o_rule": ("Rule", "规则"),
    "o_kind": ("About", "关于"),
    "o_shown": ("Shown", "显示"),
    "o_accepted": ("Accepted", "接受"),
    "o_overridden": ("Overridden", "忽略"),
    "o_rate": ("Override rate", "忽略率"),
    "o_reasons": ("Reasons", "理由"),
    "o_more_rules": ("Rules not listed here", "未列出的规则"),
    "o_no_feedback": ("no feedback", "无反馈"),
    "o_keys_lead": (
        "Keys of those who may call this server. A key is shown once and kept as a hash; what is ended stays ended.",
        "可调用本服务的密钥。密钥仅显示一次，只保存散列值；撤销后不可恢复。",
    ),
    "o_first_key": (
        "There is no key yet, so on this machine none is needed. With the first one everybody needs a key, also here.",
        "目前没有密钥，本机访问无需密钥。建立第一个密钥后，所有访问（包括此处）均需密钥。",
    ),
    "o_new_key": ("The new key, shown this once", "新密钥（仅显示这一次）"),
    "o_copy_note": (
        "Keep it now. It is sent as: Authorization: Bearer KEY.",
        "请立即保存。使用方式：Authorization: Bearer KEY。",
    ),
    "o_give": ("Give out a key", "新建密钥"),
    "o_name": ("Whose it is", "归属"),
    "o_scopes": ("What for", "权限"),
    "o_scope_ask": ("ask", "提问"),
    "o_scope_check": ("check regimens", "检查用药"),
    "o_scope_ingest": ("stage documents", "暂存文档"),
    "o_scope_publish": ("publish", "发布"),
    "o_scope_admin": ("all of it, and this page", "全部权限及本页"),
    "o_tenant": ("Tenant (empty: everyone's shelf; * all)", "租户（空：公共书架；*：全部）"),
    "o_days": ("Days it stands", "有效天数"),
    "o_per_minute": ("Requests a minute (empty: as all)", "每分钟请求数（空：默认）"),
    "o_create": ("Give it out", "新建"),
    "o_until": ("Until", "有效期至"),
    "o_last_used": ("Last used", "最近使用"),
    "o_never": ("never", "从未"),
    "o_stands": ("stands", "有效"),
    "o_revoked": ("revoked", "已撤销"),
    "o_expired": ("expired", "已过期"),
    "o_rotate": ("Replace", "更换"),
    "o_rotate_note": ("The old key still opens for so many hours:", "旧密钥继续有效的小时数："),
    "o_revoke": ("Revoke", "撤销"),
    "o_revoke_note": ("It opens nothing any more, at once and for good.", "立即失效，不可恢复。"),
    "o_act": ("Replace or revoke", "更换或撤销"),
    "o_usage": ("Use by key and day", "各密钥每日用量"),
    "o_usage_note": (
        "Requests in the audit log, over its last 200,000 records; refused or failed ones in brackets.",
        "取自审计日志最近20万条记录；括号内为被拒绝或失败的请求。",
    ),
    "o_nobody": ("nobody known", "未知"),
    "o_this_machine": ("this machine", "本机"),
    "o_total": ("Total", "合计"),
    "o_audit_lead": (
        "Who did what, when, on which snapshot, and how it ended. Never a word that was asked or answered.",
        "何人、何时、做了什么、基于哪个快照、结果如何。从不记录提问或回答的内容。",
    ),
    "o_verify": ("Verify the whole log", "校验全部日志"),
    "o_verify_note": (
        "Reads every record and holds it against the one before. Note the anchor elsewhere: given here later, it shows "
        "whether records were cut off at the end.",
        "逐条读取并与前一条核对。请另行记录锚点；日后在此填入，可判断末尾记录是否被截去。",
    ),
    "o_anchor": ("Anchor noted before (number:hash), if any", "此前记录的锚点（编号:散列），可不填"),
    "o_sound": ("Sound", "完好"),
    "o_broken": ("Broken", "已损坏"),
    "o_records": ("records", "条记录"),
    "o_new_anchor": ("Anchor to note", "请记录锚点"),
    "o_last": ("Last records", "最近记录"),
    "o_who": ("Who", "何人"),
    "o_what": ("What", "何事"),
    "o_outcome": ("Outcome", "结果"),
    "o_when": ("When (UTC)", "时间（UTC）"),
    "o_log_empty": ("The log is empty.", "日志为空。"),
    "o_admin_first": (
        "the first key must be for admin, or nobody could come back to this page",
        "第一个密钥须含admin权限，否则无人能再打开本页",
    ),
}
