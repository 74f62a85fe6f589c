#!/usr/bin/env python3
"""Writes Sources/Ingest/Wikitext/HTMLEntityNames.swift: the named character references of HTML (WHATWG list, as in
Python's html.entities), those that end in a semicolon.

    python3 Scripts/make_html_entities.py
"""
import html.entities
import pathlib
import textwrap

names = {name[:-1]: text for name, text in html.entities.html5.items() if name.endswith(";")}
words = [f"{name} {'+'.join(f'{ord(c):X}' for c in text)}" for name, text in sorted(names.items())]
lines = textwrap.wrap(" ".join(words), width=108, break_long_words=False, break_on_hyphens=False)
body = " \\\n        ".join(lines)
target = pathlib.Path(__file__).parent.parent / "Sources/Ingest/Wikitext/HTMLEntityNames.swift"
target.write_text(f'''// Made by Scripts/make_html_entities.py; do not edit.

extension HTMLEntities {{
    /// Pairs of a name and its characters in hexadecimal, joined by plus signs.
    static let names = """
        {body}
        """
}}
''')
