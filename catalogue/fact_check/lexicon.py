"""The words of reports, as data: what each says about what is counted.

Each row gives words and the features that they set; see `statements` for how features add up to a count. A word that
is not here is not understood, and whatever it stands beside is left to a person. So a word belongs here only if it
always means what its row says.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

Features = Mapping[str, str]

# Words that name what is counted.
_HEADS: tuple[tuple[str, Features], ...] = (
    ("科技进步奖 科学技术进步奖 科技进步 科学技术进步 科学技术奖 科技奖 奖 奖励 奖项", {"subject": "awards"}),
    ("award awards prize prizes", {"subject": "awards"}),
    ("科技奖励 科技奖项 科学技术奖励", {"subject": "awards", "every": "yes"}),
    ("national_science_and_technology_progress_award national_science_and_technology_progress_awards",
     {"subject": "awards", "level": "national"}),
    ("科技成果 科研成果 科学技术成果 成果 achievement achievements", {"subject": "achievements"}),
    ("专利 国家专利 patent patents", {"subject": "patents"}),
    ("发明专利 国家发明专利 发明 invention inventions invention_patent invention_patents",
     {"subject": "patents", "patent_type": "invention"}),
    ("实用新型专利 国家实用新型专利 实用新型 utility_model utility_models utility_model_patents",
     {"subject": "patents", "patent_type": "utility_model"}),
    ("外观设计专利 外观设计 外观专利 design designs design_patents", {"subject": "patents", "patent_type": "design"}),
    ("软件著作权 计算机软件著作权 软著 software_copyright software_copyrights", {"subject": "copyrights"}),
    ("科技项目 科研项目 项目 r&d_project r&d_projects research_projects project projects", {"subject": "projects"}),
    ("技术改造项目 技改项目", {"subject": "projects", "category": "renovation"}),
    ("研发项目", {"subject": "projects", "category": "research"}),
    ("合理化建议 建议 rationalisation_proposal rationalisation_proposals rationalization_proposals proposals",
     {"subject": "proposals"}),
    ("论文 科技论文 学术论文 paper papers", {"subject": "papers"}),
    ("经济效益 效益 创效 economic_benefit economic_benefits", {"subject": "benefits"}),
    ("新增利润 new_profit", {"subject": "benefits", "kind": "new_profit"}),
    ("节支 节约资金 节约成本 节约费用 cost_saving cost_savings", {"subject": "benefits", "kind": "cost_saving"}),
    ("新增产值 new_output_value", {"subject": "benefits", "kind": "new_output_value"}),
    ("新增税收 新增税金 new_tax", {"subject": "benefits", "kind": "new_tax"}),
)  # fmt: skip
# Words that narrow it. A grade names an award too, if only by ellipsis.
_MODIFIERS: tuple[tuple[str, Features], ...] = (
    ("国家级 国家 national", {"level": "national"}),
    ("省部级 省(部)级 省、部级 省级、部级 省级和部级 省级及部级 省级与部级 省/部级 省级/部级 部省级 "
     "provincial_and_ministerial provincial_or_ministerial", {"level": "provincial_ministerial"}),
    ("行业级 industry", {"level": "industry"}),
    ("市级 地市级", {"level": "prefecture"}),
    ("公司级", {"level": "company"}),
    ("特等奖 special_prize special_prizes", {"grade": "special"}),
    ("一等奖 1等奖 first_prize first_prizes", {"grade": "first"}),
    ("二等奖 2等奖 second_prize second_prizes", {"grade": "second"}),
    ("三等奖 3等奖 third_prize third_prizes", {"grade": "third"}),
    ("四等奖 4等奖 fourth_prize fourth_prizes", {"grade": "fourth"}),
    ("国际领先 国际领先水平", {"appraisal_level": "international_leading"}),
    ("国际先进 国际先进水平", {"appraisal_level": "international_advanced"}),
    ("国内领先 国内领先水平", {"appraisal_level": "domestic_leading"}),
    ("国内先进 国内先进水平", {"appraisal_level": "domestic_advanced"}),
    ("申请 申报 受理 递交 申请量 申请数 受理量 filed applied_for", {"act": "filed"}),
    ("授权 授权量 授权数 获授权 获得授权 granted", {"act": "granted"}),
    ("有效 维持有效 有效量 in_force", {"act": "in_force"}),
    ("重大 major", {"major": "yes"}),
    ("完成 已完成 结题 竣工 completed", {"status": "completed"}),
    ("发表 刊发 刊登 published", {"published": "yes"}),
    ("注册 登记 登记注册 registered", {"registered": "yes"}),
    ("提 提出 征集 put_forward", {"proposed": "yes"}),
    ("各级 各类 各种", {"each": "yes"}),
    ("其中 of_them among_them of_which", {"among": "yes"}),
    ("累计 共 共计 合计 总计 总共 历年 历年来 建厂以来 投产以来 in_total cumulative altogether", {"cumulative": "yes"}),
    ("目前 至今 迄今 截至目前 截止目前 到目前为止 to_date so_far", {"cumulative": "yes", "now": "yes"}),
    ("公司 我公司 本公司 全公司 我厂 本厂 全厂 the_company company", {"agent": "own"}),
)  # fmt: skip
# Words that change nothing.
_FILLERS = (
    "获 获得 荣获 取得 拥有 已 已经 共获 共有 先后 的 了 为 是 有 达 达到 计 和 及 以及 与 并 创 创造 实现 产生 "
    "总数 总量 数量 数 量 广大科技人员 科技人员 科技工作者 职工 员工 广大职工 - • · 此外 同时 "
    "the a an of in has have been are is was were and by up to adds_up_to amounts_to ones we staff total"
)
# Words of clauses without a figure that limit nothing in the clauses after them.
_RHETORIC = (
    "坚持 科技创新 技术创新 自主创新 积极 认真 参与 开展 深入 贯彻 落实 在 党委 领导 支持 关心 帮助 推动 下 上级 "
    "各部门 各单位 全体 广大 干部 科技 工作 取得了 显著 丰硕 可喜 成绩 成效 成果丰硕 主要 如下 情况 持续 不断 加强 "
    "推进 围绕 生产 经营 中心 讲比 活动 科协 组织 努力 奋力 拼搏 大力 充分 发挥 作用 知识产权 方面 奖励方面 硕果累累 "
    "喜人 成绩显著 成效显著 进步 创新 创新工作 科技工作 主要成绩 统计 表 一览 汇总"
)
# Words that say: not what is, or not ours. They spoil the sentence that they stand in.
_FRAMES = (
    "将 可能 据说 估计 指标 任务 目标 有望 希望 集团 全国 全省 全市 全行业 同行业 其他 企业 大学 研究院 协会 尚未 未经 "
    "不实 有误 错误 并非 不是 没有 未 误 如果 若 will would if not another others expected"
)
# The same, but a sentence without a figure that holds one of these introduces what follows it.
_PASSAGES = (
    "计划 拟 预计 预期 力争 争取 打算 规划 明年 后年 下一年 下年 假如 倘若 据传 兄弟 某 子公司 分公司 外单位 他们 "
    "该公司 有限公司 竞争对手 plan plans planned target"
)
# Words that say, behind a figure, what it was meant to hold.
_AFTERTHOUGHTS = ("均", "全部", "都", "皆", "不含", "不包括", "不计", "含", "包括", "包含", "除", "其余", "扣除")
# Figures that reports give and the catalogue keeps no records of.
_UNKEPT = "会员 学部 讲座 报告会 听讲 听众 期刊 出刊 培训 会议 members divisions lectures attendances issues"
# Measure words: what one is worth, and what may be counted with it ("" is money).
_THINGS = frozenset({"awards", "achievements", "patents", "copyrights", "projects", "proposals"})
MEASURES: Mapping[str, tuple[int, frozenset[str]]] = {
    "项": (1, _THINGS),
    "个": (1, _THINGS),
    "件": (1, frozenset({"patents", "copyrights", "proposals"})),
    "条": (1, frozenset({"proposals"})),
    "份": (1, frozenset({"papers", "proposals"})),
    "篇": (1, frozenset({"papers"})),
    "元": (1, frozenset({"benefits"})),
    "千元": (1000, frozenset({"benefits"})),
    "万元": (10_000, frozenset({"benefits"})),
    "亿元": (100_000_000, frozenset({"benefits"})),
}
# Other units: what they count is nothing that the records tally.
_OTHER_UNITS = (
    "个月 个百分点 人次 人 名 次 年 月 天 日 小时 吨 千克 公斤 米 平方米 台 套 家 期 场 位 种 类 届 周年 倍 % ‰ 岁 "
    "万吨 万千瓦时 千瓦时 美元 万美元 欧元 万欧元 法郎 瑞士法郎 万瑞士法郎 日元 万日元 港元 chf usd eur"
)


@dataclass(frozen=True)
class LexiconEntry:
    """What a word is to the grammar (`feature`, `filler`, `rhetoric` …), and the features that it sets."""

    role: str
    features: Features = field(default_factory=dict)


def _rows(role: str, words: str) -> dict[str, LexiconEntry]:
    return {word.replace("_", " "): LexiconEntry(role) for word in words.split()}


def common_words() -> dict[str, LexiconEntry]:
    """Every word that is the same in every catalogue; names of divisions and award schemes come from the records."""
    words = {
        **_rows("rhetoric", _RHETORIC),
        **_rows("filler", _FILLERS),
        **_rows("unkept", _UNKEPT),
        **_rows("unit", _OTHER_UNITS),
        **_rows("frame", _FRAMES),
        **_rows("passage", _PASSAGES),
        **_rows("afterthought", " ".join(_AFTERTHOUGHTS)),
    }
    for row, features in (*_HEADS, *_MODIFIERS):
        words |= {word.replace("_", " "): LexiconEntry("feature", features) for word in row.split()}
    return words | {measure: LexiconEntry("measure") for measure in MEASURES}


# What each subject can be narrowed by; a feature that is not here does not go with it.
ALLOWED: Mapping[str, frozenset[str]] = {
    "awards": frozenset({"level", "scheme", "grade", "every"}),
    "achievements": frozenset({"level", "appraisal_level", "registered", "status"}),
    "patents": frozenset({"patent_type", "act"}),
    "copyrights": frozenset({"registered"}),
    "projects": frozenset({"major", "status", "category"}),
    "proposals": frozenset({"major", "proposed"}),
    "papers": frozenset({"published"}),
    "benefits": frozenset({"kind"}),
}
# What any subject may have beside it.
ALWAYS = frozenset({"subject", "each", "among", "cumulative", "now", "agent"})
# What a figure of the subject must say, in some clause, to be understood at all: one of these.
REQUIRED: Mapping[str, frozenset[str]] = {
    "awards": frozenset({"level", "scheme", "every"}),
    "patents": frozenset({"act"}),
    "projects": frozenset({"status"}),
    "papers": frozenset({"published"}),
}
# Which features are values of a tally's dimension of the same name.
DIMENSIONS = ("level", "scheme", "grade", "patent_type", "major", "status", "category", "appraisal_level", "kind")
