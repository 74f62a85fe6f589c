#!/usr/bin/env python3
"""Assembles pages/*.wikitext and pages.tsv into quickstart-wiki.xml.bz2, a MediaWiki XML export (schema 0.11).

    make_dump.py           writes the dump beside this script
    make_dump.py --check   writes nothing; exit 1 unless the dump there is, byte for byte, what would be written

The same sources give the same bytes: nothing is taken from the clock, the locale or the order of a directory.
Python 3 and its standard library only.
"""

import bz2
import hashlib
import re
import sys
import urllib.parse
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

FOLDER = Path(__file__).resolve().parent
DUMP = FOLDER / "quickstart-wiki.xml.bz2"
SCHEMA = "http://www.mediawiki.org/xml/export-0.11/"
SITE_NAME = "Tessermark Wiki"
NAMESPACES = {
    -2: "Media", -1: "Special", 0: "", 1: "Talk", 2: "User", 3: "User talk",
    4: SITE_NAME, 5: SITE_NAME + " talk", 6: "File", 7: "File talk",
    8: "MediaWiki", 9: "MediaWiki talk", 10: "Template", 11: "Template talk",
    12: "Help", 13: "Help talk", 14: "Category", 15: "Category talk",
    828: "Module", 829: "Module talk",
}
USER_IDS = {"Cutter Seventeen": 3, "Saltfoot": 5, "Tern watcher": 8, "Gaffer": 13}
REDIRECT = re.compile(r"#redirect\s*:?\s*\[\[([^\]|#]+)", re.IGNORECASE)


def source_path(title):
    """The file of a page: its title with underscores, percent-encoded where a file name would object."""
    return FOLDER / "pages" / (urllib.parse.quote(title.replace(" ", "_"), safe="_-.(),'") + ".wikitext")


def namespace_of(title):
    prefix = title.partition(":")[0]
    return next((key for key, name in NAMESPACES.items() if name and name == prefix and ":" in title), 0)


def base36_sha1(data):
    """SHA-1 the way MediaWiki writes it: base 36, 31 digits."""
    number, digits = int.from_bytes(hashlib.sha1(data).digest(), "big"), ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits.rjust(31, "0")


def check_wikitext(title, text):
    """An editor's slip in the markup is an error here, not a puzzle for whoever reads the corpus."""
    visible = re.sub(r"<nowiki>.*?</nowiki>|<!--.*?-->", "", text, flags=re.DOTALL)
    for opening, closing in (("{{", "}}"), ("[[", "]]"), ("\n{|", "\n|}")):
        if visible.count(opening) != visible.count(closing):
            raise SystemExit(f"{title}: {opening.strip()} and {closing.strip()} do not balance")


def site_information():
    lines = [
        "  <siteinfo>",
        f"    <sitename>{SITE_NAME}</sitename>",
        "    <dbname>tessermarkwiki</dbname>",
        "    <base>https://wiki.example.org/wiki/Tessermark</base>",
        "    <generator>make_dump.py</generator>",
        "    <case>first-letter</case>",
        "    <namespaces>",
    ]
    for key, name in sorted(NAMESPACES.items()):
        tail = f">{escape(name)}</namespace>" if name else " />"
        lines.append(f'      <namespace key="{key}" case="first-letter"{tail}')
    return lines + ["    </namespaces>", "  </siteinfo>"]


def contributor(name):
    if name not in USER_IDS:
        return [f"        <ip>{escape(name)}</ip>"]
    return [f"        <username>{escape(name)}</username>", f"        <id>{USER_IDS[name]}</id>"]


def page(row):
    page_id, title, revision, parent, timestamp, author, comment = row
    text = source_path(title).read_text(encoding="utf-8").rstrip()
    check_wikitext(title, text)
    data = text.encode("utf-8")
    sha1 = base36_sha1(data)
    lines = ["  <page>", f"    <title>{escape(title)}</title>", f"    <ns>{namespace_of(title)}</ns>",
             f"    <id>{page_id}</id>"]
    redirect = REDIRECT.match(text)
    if redirect:
        lines.append(f"    <redirect title={quoteattr(redirect[1].strip())} />")
    lines += ["    <revision>", f"      <id>{revision}</id>"]
    if parent:
        lines.append(f"      <parentid>{parent}</parentid>")
    lines += [f"      <timestamp>{timestamp}</timestamp>", "      <contributor>", *contributor(author),
              "      </contributor>"]
    if comment:
        lines.append(f"      <comment>{escape(comment)}</comment>")
    body = f' xml:space="preserve">{escape(text, {chr(34): "&quot;"})}</text>' if data else " />"
    return lines + [
        f"      <origin>{revision}</origin>",
        "      <model>wikitext</model>",
        "      <format>text/x-wiki</format>",
        f'      <text bytes="{len(data)}" sha1="{sha1}"{body}',
        f"      <sha1>{sha1}</sha1>",
        "    </revision>",
        "  </page>",
    ]


def read_rows():
    lines = (FOLDER / "pages.tsv").read_text(encoding="utf-8").splitlines()[1:]
    rows = [line.split("\t") for line in lines]
    named = {source_path(row[1]) for row in rows}
    stray = sorted(path.name for path in (FOLDER / "pages").iterdir() if path not in named)
    if stray:
        raise SystemExit("pages/ holds files that pages.tsv does not name: " + ", ".join(stray))
    return rows


def check_export(document, rows):
    """Reads the XML back, as any consumer would: every page there, in order, with the text of its source."""
    pages = ElementTree.fromstring(document).findall(f"{{{SCHEMA}}}page")
    titles = [element.findtext(f"{{{SCHEMA}}}title") for element in pages]
    texts = [element.findtext(f"{{{SCHEMA}}}revision/{{{SCHEMA}}}text") for element in pages]
    if titles != [row[1] for row in rows]:
        raise SystemExit("the titles read back differ from pages.tsv")
    for row, text in zip(rows, texts):
        if text != source_path(row[1]).read_text(encoding="utf-8").rstrip():
            raise SystemExit(f"{row[1]}: the text read back differs from its source")


def main():
    rows = read_rows()
    lines = [
        f'<mediawiki xmlns="{SCHEMA}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xsi:schemaLocation="{SCHEMA} http://www.mediawiki.org/xml/export-0.11.xsd" version="0.11" xml:lang="en">',
        *site_information(),
    ]
    for row in rows:
        lines += page(row)
    document = ("\n".join(lines) + "\n</mediawiki>\n").encode("utf-8")
    check_export(document, rows)
    dump = bz2.compress(document, 9)
    if "--check" in sys.argv[1:]:
        if not DUMP.exists() or DUMP.read_bytes() != dump:
            raise SystemExit(f"{DUMP.name} is not what the sources give: run make_dump.py")
    else:
        DUMP.write_bytes(dump)
    print(f"{len(rows)} pages, {len(document)} bytes of XML, {len(dump)} compressed")


if __name__ == "__main__":
    main()
