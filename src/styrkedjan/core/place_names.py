"""Readable names: official registers print names in CAPITALS, people read them in Swedish case.

The words that decide are in the tables below. A name that is not all in capitals is left as it is.
"""

import re
from functools import lru_cache


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# Words with a spelling of their own, wherever they stand.
FIXED = {
    word.upper(): word
    for word in _words(
        """
        AB HB KB SO NO IES NTI IT IB UF IM KFUM IQRA ISGR SISSH JENSEN S:t S:ta Sthlm Hbg Gbg
        AcadeMedia ProCivitas ThorenGruppen PeterSvenskolan
        """
    )
}

# Common nouns and little words: in small letters unless they come first.
SMALL = frozenset(
    _words(
        """
        AF ATT AV DEN DET ELLER FÖR FRÅN I INOM MED MELLAN O OCH OM PÅ SAMT TILL UNDER UTAN VID
        AND DA DE DER DI FOR IN LA LE OF THE VON
        SKOLA SKOLAN SKOLAS SKOLOR SKOLORNA SKOLENHET SKOLENHETEN ENHET ENHETEN RESURSENHET SPRÅKENHET
        SKOLOMRÅDE REKTORSOMRÅDE UTBILDNING UTBILDNINGAR
        KOMMUN STIFTELSEN FÖRENINGEN EKONOMISK EKONOMISKA IDEELL KOOPERATIV KOOPERATIVET
        AKTIEBOLAG AKTIEBOLAGET BOLAG FÖRETAG HANDELSBOLAG EK. FÖR. EK.FÖR EK.FÖR. EK.FÖREN.
        ANPASSAD ANPASSADE FÖRSKOLAN FÖRSKOLEKLASS FRITIDS FRITIDSHEM FRITIDSHEMMET FRISKOLAN FRISKOLAS FRISKOLOR
        GRUND GRUND- GRUNDSKOLAN GRUNDSKOLOR GYMNASIUM LÅG- MELLAN- HÖG- STADIET LÅGSTADIET LÅGSTADIUM
        MELLANSTADIET MELLANSTADIUM HÖGSTADIET HÖGSTADIUM KLASS KLASSER MUSIKKLASSER
        GR GR. SK SK. ÅK ÅR ÅRSKURS ÅRSKURSERNA FRISTÅENDE KRISTNA RESURS SÄRSKILD UNDERVISNINGSGRUPP
        BILDN.CENTRUM HUM. WALDORFSK.
        """
    )
)

# A compound that ends so is a common noun (Ekdalens byskola); the definite form is a name (Byskolan).
SMALL_ENDINGS = ("SKOLA", "FÖRENING", "FÖRBUND", "STIFTELSE")

# After these "Skolan" is part of the name itself.
BEFORE_CAPITAL_SKOLAN = frozenset(_words("AMERIKANSKA ENGELSKA FINSKA FRANSKA INTERNATIONELLA TYSKA"))

WORD = re.compile(r"[^\s/(]+")
GRADES = re.compile(r"(?:[0-9]*F|[0-9]+)-[0-9]{1,2}")
GRADE = re.compile(r"ÅK[0-9](?:-[0-9])?")
INITIALS = re.compile(r"(?:[A-ZÅÄÖ]\.)+[A-ZÅÄÖ]?")
ROMAN = re.compile(r"(?=[IVX]{2})X{0,3}(?:IX|IV|V?I{0,3})")
CONSONANTS_ONLY = re.compile(r"[BCDFGHJKLMNPQRSTVWXZ]{2,4}")
PUNCTUATION = ".,;:)”\"'"


@lru_cache(maxsize=20_000)
def readable_name(label: str) -> str:
    """The name in Swedish case: ``EKBACKENS KOMMUN`` becomes ``Ekbackens kommun``.

    In: a name as printed. Out: the same letters, digits and signs; a name with any small letter is returned as is.
    """
    if label != label.upper():
        return label
    previous = ""

    def cased(match: re.Match[str]) -> str:
        nonlocal previous
        first, before = not previous, previous
        word = previous = match[0]
        if word == "I":  # a preposition between words, a roman one at the end
            return "i" if not first and match.end() < len(label) else word
        return _cased(word, first, before)

    return WORD.sub(cased, label)


def _cased(word: str, first: bool, before: str) -> str:
    bare = word.rstrip(PUNCTUATION)
    if not bare:
        return word
    tail = word[len(bare) :]
    if word in FIXED or bare in FIXED:
        return FIXED.get(word) or FIXED[bare] + tail
    if bare == "SKOLAN" and before in BEFORE_CAPITAL_SKOLAN:
        return "Skolan" + tail
    if not first and (bare in SMALL or word in SMALL or bare.endswith(SMALL_ENDINGS) or GRADE.fullmatch(bare)):
        return word.lower()
    if _stays(bare):
        return word
    stem, colon, ending = bare.partition(":")
    if colon and stem:  # Karl XII:s, 48:an
        return f"{_cased(stem, first, before)}:{ending.lower()}{tail}"
    if "-" in bare:
        return _hyphenated(bare) + tail
    return _capitalised(word)


def _stays(word: str) -> bool:
    """True for grade spans, roman numerals, initials, letters with digits and abbreviations without vowels."""
    return bool(
        len(word) == 1
        or (word[0].isdigit() and ":" not in word)
        or GRADES.fullmatch(word)
        or ROMAN.fullmatch(word)
        or INITIALS.fullmatch(word)
        or CONSONANTS_ONLY.fullmatch(word)
    )


def _hyphenated(word: str) -> str:
    """Each part by itself: names keep their capital (Sankt-Anna), common nouns do not (Montessori-skolan)."""
    parts = word.split("-")
    return "-".join(_cased(part, index == 0, "") if part else "" for index, part in enumerate(parts))


def _capitalised(word: str) -> str:
    """First letter large. After an apostrophe only a longer part is a name of its own: D'Arc, but Lina's."""
    head, sign, rest = word.replace("’", "'").partition("'")
    if sign and len(head) == 1 and len(rest) > 1:
        return f"{head}{word[1]}{rest[0]}{rest[1:].lower()}"
    return word[0] + word[1:].lower()
