#!/usr/bin/env python3
"""Writes the golden files of the WordPiece tests: texts of our own and the ids Hugging Face `tokenizers` gives them.

usage: pip install tokenizers==0.23.3; python3 Scripts/make_wordpiece_fixtures.py Tests/TokenizeTests/Fixtures

Writes vocab-uncased.txt and vocab-cased.txt (2,000 pieces each, made from these same texts) and wordpiece.jsonl, one
{"text", "uncased", "cased", "offsets", "accented", "stripped"} a line: ids with each vocabulary, the places of the uncased ones in characters, and
ids with the cased vocabulary under two other sets of options. Then tokenizer-added.json, which has added tokens of all kinds, and
tokenizer-plain.json, whose only kind is found before normalisation, and {"text", "ids", "offsets"} of each in .jsonl.
Special pieces in the text are matched; none are added.
"""
import json
import random
import sys
from collections import Counter

from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]

WRITTEN = """\
The lamp in the harbour office burned until the last boat came home.
She counted 1,204 tiles, laid 37 of them and went to bed at 9:45 p.m.
Nobody had told the gardener that the hedges were supposed to be whales.
"Why," asked the engineer, "would a bridge need two left ends?"
It's raining; we're staying in. They'd rather not, and I can't blame 'em!
Unbelievably, the re-reunification of the mis-sorted archives took twenty-three years.
E-mail: someone@example.org, web: https://example.org/a/b?c=d&e=f#g (not a real page).
Prices rose by 3.5% to $1,250.00, or about €1.150,00 — £999 if you hurry…
A tab\there, a no-break\u00a0space, an ideographic\u3000space and a line\u2028separator.
snake_case, kebab-case, camelCase, SCREAMING_CASE and dotted.names.too
x = (a + b) * c / d ^ 2; if (x >= 10 && y != 3) { return ~z | w; }
pH 7.4, H2O, CO₂, 10⁻³ mol·L⁻¹, ½ cup, ¾ inch, №5, ™ and ® and ©
café cafe\u0301 CAFÉ CAFE\u0301 naïve Zoë façade Ångström A\u030angstro\u0308m
Crème brûlée, piñata, Übermut, smørrebrød, żółć, Łódź, đá, ħ, œuvre, æther, ﬁne ﬂour
İstanbul ISTANBUL ıssız Iğdır i̇ I\u0307 ǅ ǆ Ǆ ẞ ß SS ſ
ΣΊΣΥΦΟΣ Σίσυφος ΟΔΟΣ οδός ΆΈΉΊΌΎΏ ΰ ΐ Ὀδυσσεύς ᾳ ᾼ ᾷ
Ёлка ёжик Йогурт йод й и\u0306 Київ Ђорђе ЂЖШ ѐ Ѐ
Маленький фонарь горел над дверью, и никто не знал почему.
شجرة الزيتون قديمة جداً، أليس كذلك؟ الكِتَابُ مُفِيدٌ ١٢٣٤ ـــ لا إله
עץ הזית זקן מאוד; שָׁלוֹם עֲלֵיכֶם ״כן״ ־ לא
नदी के किनारे एक छोटा घर है। क़ ख़ ज़ ड़ ढ़ फ़ य़ कि की कु क्षत्रिय ॥
নদীর ধারে একটি ছোট বাড়ি আছে। ড় ঢ় য় কো কৌ
ஆற்றின் அருகே ஒரு சிறிய வீடு உள்ளது. கொ கோ கௌ
నది ఒడ్డున ఒక చిన్న ఇల్లు ఉంది. കേരളം ಕನ್ನಡ ගඟ අසල
แม่น้ำอยู่ใกล้บ้านหลังเล็ก ๆ ลาว: ນ້ຳ ဗမာ: မြစ် ខ្មែរ: ទន្លេ
大きな川のそばに小さな家がある。ガギグゲゴ ｶﾞｷﾞ パピプ か\u3099 は\u309a 〜「はい」・
小屋在河边,门口有一盏灯。繁體與简体都有:龍龙 龜龟 𠀀𠀁 豈更車 〇 ㊀ ㍿
강가에 작은 집이 있다. 한국어 각 가\u11a8 \u1100\u1161\u11a8 뷁 힣 ㄱㄴㄷ 〮〯
Sông và nhà nhỏ: Việt Nam, ễ ể ữ ợ, a\u0323\u0302 a\u0302\u0323, o\u031b\u0301 o\u0301\u031b
ქართული ᲥᲐᲠᲗᲣᲚᲘ Հայերեն և ꭰꮃꭹ Ꭰ Ⰰⰰ 𐐀𐐨 Ⴀ ⴀ ᏣᎳᎩ
😀 👍🏽 👩‍👩‍👧‍👦 🏳️‍🌈 🇨🇿 1️⃣ ☎️ ☎︎ ❤️ \U0001f9ff
soft\u00adhyphen zero\u200bwidth zero\u200cnon zero\u200djoiner word\u2060joiner \ufeffmark \u202eright\u202c
bell\u0007 back\u0008space \u0001\u001f del\u007f nel\u0085 vt\u000b ff\u000c nul? \ufffd \ue000 \U000f0000
unassigned \u0378 \u0380 \U0001fbff \U000e0080 non-character \ufdd0 \uffff
[MASK] the [MASK]. a[MASK]b [mask] [ MASK ] [MASK [SEP][CLS] [UNK] [PAD]] ##ing ## # [X]
“quoted” ‘single’ „low“ «guille» ‹single› 「corner」 『white』 (round) [square] {curly} ⟨angle⟩ ⦅⦆
– — ― ‒ ‐ ‑ - − ⸺ ⸻ … ‥ · • ‧ ※ † ‡ § ¶ ‰ ′ ″ ‴ ‼ ⁇ ⁈ ‽ ¿Qué? ¡Ya!
﹏ ﹐ ﹒ ！ ， ． ： ； ？ ＠ ＡＢＣ ａｂｃ １２３ ￥ ＃ ＋ ＜ ＝ ＞ ｜ ～ ＾ ｀
` ^ ~ | < > = + $ ´ ¨ ¸ ˆ ˜ ¢ £ ¤ ¥ ¬ ¯ ° ± × ÷ ∑ ∞ ≠ ≤ ← ↑ ◦ ■ ♪ ♯
a\u0301\u0323 a\u0323\u0301 \u0301 \u0301a \u0301\u0301\u0301 \u0345\u0301 \u0344 \u0958\u093c \U0001d15e \U0001d1bb
𝐁𝐨𝐥𝐝 𝕯𝖔𝖚𝖇𝖑𝖊 𝟙𝟚𝟛 Ⅷ ⅷ Ⓐ ⓐ ª º ʰ ₙ ﬀ ǳ K Ω Å
thequickbrownfoxjumpsoverthelazydogthequickbrownfoxjumpsoverthelazydogthequickbrownfoxjumpsoverthelazydogagain
""".splitlines()

WORDS = """river boat tile lamp garden engineer bridge whale hedge winter number paper silver window market stone
letter mountain thread copper music harbour lantern orchard village thunder basket kitchen morning answer question
running walked quickly unhappiness restarted carefully international misunderstanding counterclockwise""".split()

BLOCKS = [
    (0x20, 0x7E), (0x20, 0x7E), (0xA0, 0x17F), (0x300, 0x36F), (0x370, 0x3FF), (0x400, 0x52F), (0x590, 0x6FF),
    (0x900, 0xDFF), (0xE00, 0x109F), (0x1100, 0x11FF), (0x1E00, 0x1FFF), (0x2000, 0x206F), (0x2070, 0x2BFF),
    (0x3000, 0x30FF), (0x4E00, 0x4E80), (0xAC00, 0xAC80), (0xF900, 0xF980), (0xFB00, 0xFDFF), (0xFE00, 0xFFFF),
    (0x11000, 0x1123F), (0x1D150, 0x1D1C0), (0x1F300, 0x1F6FF), (0x2F800, 0x2F880), (0xE0000, 0xE01FF),
]


def generated(draw):
    """Words of ours with letters swapped for those of two blocks, and a few very long words."""
    out = []
    for number in range(260):
        blocks, text = [draw.choice(BLOCKS), draw.choice(BLOCKS)], []
        for _ in range(draw.randint(2, 9)):
            word = list(draw.choice(WORDS))
            for _ in range(draw.randint(0, 3)):
                word.insert(draw.randint(0, len(word)), chr(draw.randint(*draw.choice(blocks))))
            text.append("".join(word).title() if draw.random() < 0.2 else "".join(word))
        out.append(draw.choice([" ", " ", ", ", "-", ""]).join(text))
    for length in (99, 100, 101, 200):
        for letter in ("a", "é", "e\u0301", "İ", "한", "\u302e", "😀"):
            out.append("x" + letter * (length - 1) + " end")
    return out


def tokenizer(lowercase, model, **options):
    made = Tokenizer(model)
    made.normalizer = normalizers.BertNormalizer(lowercase=lowercase, **options)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return made


def pieces_of(texts, made):
    """2,000 pieces: the characters, then the word beginnings and other parts that save most; the same every time."""
    characters, parts = Counter(), Counter()
    for text in texts:
        for word, _ in made.pre_tokenizer.pre_tokenize_str(made.normalizer.normalize_str(text)):
            for start in range(min(len(word), 100)):
                mark = "##" if start else ""
                characters[mark + word[start]] += 1
                for end in range(start + 2, min(len(word), start + 8) + 1):
                    parts[mark + word[start:end]] += end - start - 1
    rank = lambda counter: sorted(counter, key=lambda piece: (-counter[piece], piece))
    pieces = SPECIAL + rank(characters)[:1200]
    return pieces + rank(parts)[: 2000 - len(pieces)]


def wordpiece(pieces):
    return models.WordPiece({p: i for i, p in enumerate(pieces)}, unk_token="[UNK]", max_input_chars_per_word=100)


def rows(folder, name, columns):
    with open("%s/%s" % (folder, name), "w", encoding="utf-8", newline="\n") as file:
        for row in zip(*columns.values()):
            file.write(json.dumps(dict(zip(columns, row))) + "\n")


def encodings(made, texts):
    return [made.encode(text, add_special_tokens=False) for text in texts]


ADDED = [
    AddedToken("<e1>", special=True), AddedToken("café", single_word=True), AddedToken("Großes Tor"), AddedToken("日本"),
    AddedToken("river", single_word=True, normalized=True), AddedToken("ampe", normalized=True),
    AddedToken("ampel", single_word=True, normalized=False),
]
PLAIN = [
    AddedToken("<e1>", special=True), AddedToken("café", single_word=True, normalized=False),
    AddedToken("<e1>x", normalized=False), AddedToken("amp", normalized=False),
    AddedToken("ampe", single_word=True, normalized=False),
]
ABOUT_ADDED = """\
<e1>the river<e1> <e1>x <e1 >e1> café cafés (café) décafé _café café\u0301 café\u200dx
Großes Tor grosses tor großes  tor GROSSES TOR Großes Torhaus 日本 日本語 日 本 x日本x
River rivers the river, RIVER river2 ri\u0301ver driver ampel lampel ampels Ampel \u0301ampel lAmpe lamp\u200de
[MASK]<e1>[SEP]river[CLS] [UNK]ampe[PAD]
""".splitlines()


def main(folder):
    texts = [line.replace("\\t", "\t") for line in WRITTEN] + generated(random.Random(20191011))
    columns = {"text": texts}
    for name, lowercase in (("uncased", True), ("cased", False)):
        pieces = pieces_of(texts, tokenizer(lowercase, models.WordPiece(unk_token="[UNK]")))
        with open("%s/vocab-%s.txt" % (folder, name), "w", encoding="utf-8", newline="\n") as file:
            file.writelines(piece + "\n" for piece in pieces)
        made = tokenizer(lowercase, wordpiece(pieces))
        made.add_special_tokens(SPECIAL)
        columns[name] = [one.ids for one in encodings(made, texts)]
        if lowercase:
            columns["offsets"] = [one.offsets for one in encodings(made, texts)]
    for name, lowercase, options in (
        ("accented", True, dict(strip_accents=False)),
        ("stripped", False, dict(strip_accents=True, handle_chinese_chars=False)),
    ):
        made = tokenizer(lowercase, wordpiece(pieces), **options)
        made.add_special_tokens(SPECIAL)
        columns[name] = [one.ids for one in encodings(made, texts)]
    rows(folder, "wordpiece.jsonl", columns)
    for name, added, lowercase in (("tokenizer-added", ADDED, True), ("tokenizer-plain", PLAIN, False)):
        made = tokenizer(lowercase, wordpiece(pieces))
        made.add_special_tokens(SPECIAL)
        made.add_tokens(added)
        made.save("%s/%s.json" % (folder, name))
        found = encodings(made, ABOUT_ADDED + texts)
        rows(folder, name + ".jsonl", {
            "text": ABOUT_ADDED + texts, "ids": [one.ids for one in found], "offsets": [one.offsets for one in found]})


main(sys.argv[1])
