"""Writes a parse report as one page that a person reads in a browser: nothing loaded, nothing run, every word escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final, Literal

from medrag.page_style import whole_page
from medrag_ingest.report import ParseReport, problems

__all__ = ["render_report"]

_WORDS: Final[dict[str, tuple[str, str]]] = {
    "title": ("Parse report", "解析报告"),
    "problems": ("What to look at", "需要查看的问题"),
    "none": ("Nothing was found that a person must look at.", "未发现需要人工查看的问题。"),
    "blocks": ("blocks publishing", "阻止发布"),
    "open": ("Nothing here blocks publishing.", "无阻止发布的问题。"),
    "pages": ("Pages", "页面"),
    "headings": ("Headings", "标题"),
    "tables": ("Tables", "表格"),
    "not_text": ("pages that are pictures", "图像页"),
    "running": ("Left out: running heads and feet, frames of web pages", "已略去：页眉、页脚与网页框架"),
    "page": ("Page", "页"),
    "kind": ("Kind", "类别"),
    "words": ("Words", "内容"),
    "characters": ("Characters", "字符数"),
    "source": ("Source", "来源"),
    "confidence": ("Confidence", "置信度"),
    "lost": ("Lost characters", "丢失字符"),
    "quality": ("Quality", "质量"),
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
#: Columns of numbers.
_NUMERIC: Final = frozenset(
    {"page", "rows", "columns", "characters", "confidence", "lost", "quality", "times"}
)


def render_report(reports: Sequence[ParseReport], language: Literal["en", "zh"] = "en") -> str:
    """A whole HTML document of one edition's reports, under a policy that allows no script and no address."""
    at = 1 if language == "zh" else 0
    word = {name: both[at] for name, both in _WORDS.items()}
    first = reports[0].title or reports[0].key
    title = f"{word['title']}: {first}" + (f" (+{len(reports) - 1})" if len(reports) > 1 else "")
    return whole_page(language, title, [part for report in reports for part in _parts(report, word)])


def _parts(report: ParseReport, word: dict[str, str]) -> list[str]:
    """One document: what to look at first, then what was found."""
    return [
        f"<h1>{escape(word['title'])}: {escape(report.title or report.key)}</h1>",
        f"<p class=dim>{escape(report.key)} · {escape(report.reader)}</p>",
        _counts(report, word),
        *_problems(report, word),
        *_section(
            word, "tables", _tables(report, word), ("page", "name", "rows", "columns", "header", "dose")
        ),
        *_section(
            word, "pages", _pages(report), ("page", "characters", "source", "confidence", "lost", "quality")
        ),
        *_outline(report, word),
        *_section(
            word,
            "running",
            ((told, str(n)) for told, n in sorted(report.running.items())),
            ("words", "times"),
        ),
    ]


def _counts(report: ParseReport, word: dict[str, str]) -> str:
    pages = [page.source for page in report.pages]
    told = [
        (len(pages), word["pages"]),
        (sum(page.characters for page in report.pages), word["characters"]),
        (len(report.headings), word["headings"]),
        (len(report.tables), word["tables"]),
        (sum(source != "text" for source in pages), word["not_text"]),
        (sum(page.lost for page in report.pages), word["lost"]),
    ]
    made = "".join(f"<li><b>{count:,}</b> {escape(name)}</li>" for count, name in told if count)
    return f"<ul class=counts>{made}</ul>"


def _problems(report: ParseReport, word: dict[str, str]) -> list[str]:
    found = sorted(problems(report), key=lambda item: (not item.blocking, item))
    made = [f"<h2>{escape(word['problems'])} ({len(found)})</h2>"]
    blocking = sum(item.blocking for item in found)
    if not found:
        return [*made, f"<p class=status>✓ {escape(word['none'])}</p>"]
    if blocking:
        made.append(f'<p class="status stop"><b>✕ {blocking}</b> {escape(word["blocks"])}</p>')
    else:
        made.append(f"<p class=status>✓ {escape(word['open'])}</p>")
    rows = []
    for problem in found:
        kind = escape(word.get(problem.kind, problem.kind))
        if problem.blocking:
            kind = (
                f"<span class=badge><span aria-hidden=true>✕</span> {kind} ({escape(word['blocks'])})</span>"
            )
        cells = f"<td class=n>{problem.page}</td><td>{kind}</td><td>{escape(problem.words)}</td>"
        rows.append(f"<tr{' class=stop' if problem.blocking else ''}>{cells}</tr>")
    return [*made, _table(word, ("page", "kind", "words"), rows)]


def _section(
    word: dict[str, str], name: str, rows: Iterable[tuple[str, ...]], heads: tuple[str, ...]
) -> list[str]:
    """A table without the columns that hold nothing; no section where there are no rows."""
    held = list(rows)
    if not held:
        return []
    kept = [at for at in range(len(heads)) if any(row[at] for row in held)]
    shown = tuple(heads[at] for at in kept)
    made = [_row(shown, tuple(row[at] for at in kept)) for row in held]
    return [f"<h2>{escape(word[name])} ({len(held)})</h2>", _table(word, shown, made)]


def _table(word: dict[str, str], heads: tuple[str, ...], rows: Iterable[str]) -> str:
    head = "".join(f"<th scope=col{_side(name)}>{escape(word[name])}</th>" for name in heads)
    return f"<div class=wide tabindex=0><table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"


def _row(heads: tuple[str, ...], cells: tuple[str, ...]) -> str:
    told = zip(heads, cells, strict=True)
    return "<tr>" + "".join(f"<td{_side(name)}>{escape(cell)}</td>" for name, cell in told) + "</tr>"


def _side(name: str) -> str:
    return " class=n" if name in _NUMERIC else ""


def _tables(report: ParseReport, word: dict[str, str]) -> Iterable[tuple[str, ...]]:
    for table in report.tables:
        pages = str(table.page) if table.page == table.last_page else f"{table.page}-{table.last_page}"
        header, dose = word["yes" if table.header else "no"], word["yes"] if table.dose else ""
        yield pages, table.title, str(table.rows), str(table.columns), header, dose


def _pages(report: ParseReport) -> Iterable[tuple[str, ...]]:
    for page in report.pages:
        sure = "" if page.confidence is None else f"{page.confidence:.0%}"
        yield str(page.number), str(page.characters), page.source, sure, str(page.lost), f"{page.quality:.0%}"


def _outline(report: ParseReport, word: dict[str, str]) -> list[str]:
    """The headings as they stand under each other."""
    if not report.headings:
        return []
    made = "".join(
        f'<li style="--deep:{min(item.level, 6)}">{escape(item.words)} <span class=dim>'
        f"{escape(word['page'])} {item.page}{f' · {escape(item.code)}' if item.code else ''}</span></li>"
        for item in report.headings
    )
    return [f"<h2>{escape(word['headings'])} ({len(report.headings)})</h2>", f"<ul class=outline>{made}</ul>"]
