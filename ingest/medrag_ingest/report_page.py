"""Writes a parse report as one page that a person reads in a browser: nothing loaded, nothing run, every word escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Final, Literal

from medrag_ingest.report import ParseReport, problems

__all__ = ["render_report"]

_WORDS: Final[dict[str, tuple[str, str]]] = {
    "title": ("Parse report", "解析报告"),
    "problems": ("What to look at", "需要查看的问题"),
    "none": ("Nothing was found that a person must look at.", "未发现需要人工查看的问题。"),
    "blocks": ("blocks publishing", "阻止发布"),
    "pages": ("Pages", "页面"),
    "headings": ("Headings", "标题"),
    "tables": ("Tables", "表格"),
    "running": ("Left out: running heads, feet and page numbers", "已略去：页眉、页脚与页码"),
    "page": ("Page", "页"),
    "kind": ("Kind", "类别"),
    "words": ("Words", "内容"),
    "characters": ("Characters", "字符数"),
    "source": ("Source", "来源"),
    "confidence": ("Confidence", "置信度"),
    "lost": ("Lost characters", "丢失字符"),
    "quality": ("Quality", "质量"),
    "level": ("Level", "级别"),
    "section": ("Section code", "章节代码"),
    "name": ("Title", "题名"),
    "rows": ("Rows", "行数"),
    "columns": ("Columns", "列数"),
    "header": ("Column headers", "列标题"),
    "dose": ("Doses", "剂量"),
    "times": ("Times", "次数"),
    "yes": ("yes", "有"),
    "no": ("NO", "无"),
    "clipped_text": ("text cut off by the page", "被页面裁切的文字"),
    "doubtful_digits": ("doubtful digits", "可疑数字"),
    "dose_table_without_header": ("dose table without column headers", "剂量表缺少列标题"),
    "hidden_text": ("hidden text", "隐藏文字"),
    "lost_characters": ("lost characters", "丢失字符"),
    "low_quality": ("hardly reads as text", "难以识别为文字"),
    "mended_hyphen": ("word mended at a line's end", "行末断词已接合"),
    "orders": ("words that give orders to a model", "试图指挥模型的文字"),
    "repeated_passage": ("repeated passage", "重复段落"),
    "row_cut_by_page": ("dose row that a page's end may have cut", "剂量行可能被分页截断"),
    "scan": ("read from a picture", "由图像识别"),
    "table_without_header": ("table without column headers", "表格缺少列标题"),
    "turned_text": ("turned text, left out", "旋转文字（已略去）"),
    "unmapped_characters": ("characters without a letter", "无法对应的字符"),
    "unread_page": ("page not read: a picture", "未读取的页面（图像）"),
    "unread_picture": ("picture not read", "未读取的图像"),
    "zero_width": ("invisible characters", "不可见字符"),
}
_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}"
    "table{border-collapse:collapse;width:100%;margin:.5rem 0 2rem}th,td{border:1px solid #999;padding:.3rem .5rem;"
    "text-align:left;vertical-align:top;overflow-wrap:anywhere}th{background:#eee}.stop{background:#fde8e8}"
)


def render_report(report: ParseReport, language: Literal["en", "zh"] = "en") -> str:
    """A whole HTML document under a policy that allows no script and no address."""
    at = 1 if language == "zh" else 0
    word = {name: both[at] for name, both in _WORDS.items()}
    body = [
        f"<h1>{escape(word['title'])}: {escape(report.title or report.key)}</h1>",
        f"<p>{escape(report.key)}</p>",
        *_problems(report, word),
        *_section(
            word, "tables", _tables(report, word), ("page", "name", "rows", "columns", "header", "dose")
        ),
        *_section(
            word, "pages", _pages(report), ("page", "characters", "source", "confidence", "lost", "quality")
        ),
        *_section(word, "headings", _headings(report), ("page", "level", "words", "section")),
        *_section(
            word,
            "running",
            ((told, str(n)) for told, n in sorted(report.running.items())),
            ("words", "times"),
        ),
    ]
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(word['title'])}</title><style>{_STYLE}</style></head><body>"
        + "\n".join(body)
        + "</body></html>\n"
    )


def _problems(report: ParseReport, word: dict[str, str]) -> list[str]:
    found = problems(report)
    made = [f"<h2>{escape(word['problems'])} ({len(found)})</h2>"]
    if not found:
        return [*made, f"<p>{escape(word['none'])}</p>"]
    made.append(f"<table><thead>{_row((word['page'], word['kind'], word['words']), 'th')}</thead><tbody>")
    for problem in sorted(found, key=lambda item: (not item.blocking, item)):
        kind = word.get(problem.kind, problem.kind) + (f" ({word['blocks']})" if problem.blocking else "")
        style = ' class="stop"' if problem.blocking else ""
        made.append(_row((str(problem.page), kind, problem.words), "td", style))
    return [*made, "</tbody></table>"]


def _section(
    word: dict[str, str], name: str, rows: Iterable[tuple[str, ...]], heads: tuple[str, ...]
) -> list[str]:
    filled = [_row(row, "td") for row in rows]
    head = _row(tuple(word[name] for name in heads), "th")
    title = f"<h2>{escape(word[name])} ({len(filled)})</h2>"
    return [title, f"<table><thead>{head}</thead><tbody>", *filled, "</tbody></table>"] if filled else [title]


def _tables(report: ParseReport, word: dict[str, str]) -> Iterable[tuple[str, ...]]:
    for table in report.tables:
        pages = str(table.page) if table.page == table.last_page else f"{table.page}-{table.last_page}"
        header, dose = word["yes" if table.header else "no"], word["yes"] if table.dose else ""
        yield pages, table.title, str(table.rows), str(table.columns), header, dose


def _pages(report: ParseReport) -> Iterable[tuple[str, ...]]:
    for page in report.pages:
        sure = "" if page.confidence is None else f"{page.confidence:.0%}"
        yield str(page.number), str(page.characters), page.source, sure, str(page.lost), f"{page.quality:.0%}"


def _headings(report: ParseReport) -> Iterable[tuple[str, ...]]:
    for heading in report.headings:
        yield str(heading.page), str(heading.level), heading.words, heading.code or ""


def _row(cells: Iterable[str], tag: str, style: str = "") -> str:
    return f"<tr{style}>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"
