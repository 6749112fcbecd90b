"""Finding agreements by a number, a party, or words with slips of the pen. Pure.

Every word of the question must be like some word of the agreement; a document number is found by
any part of it. The words that only ask ("kapan", "tolong") say nothing, and those that name a kind
of duty ("perpanjangan") say which duty is meant.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from tracker.terms.model import Agreement

_ALIKE = 78.0
_SHORT = 3
"""Words this short must be the same: slips are told from other words only in longer ones."""
_PARTS = re.compile(r"[^\W_]+", re.UNICODE)
_LONGEST = 200
_WORDS_AT_MOST = 12
_IDLE = frozenset(
    _PARTS.findall("""
    ada adalah akan apa apakah atas bagaimana berapa berikutnya bila bisa bu dan dari dengan di hari ini
    itu jatuh juga kah kami kapan kapankah ke kerja sama kita lagi mana mohon nya pada pak paling pks
    perjanjian saja saya sampai sudah tahu tanggal tempo tenggat tenggatnya terkait tersebut tolong tentang
    untuk yang about agreement any are at by can date deadline do does due for hello how i is me my next of
    on our please show tell the to was we what when where which who will with
    """)
)
_KINDS: Sequence[tuple[re.Pattern[str], tuple[str, ...]]] = tuple(
    (re.compile(rf"^(?:{words})"), rules)
    for words, rules in (
        ("perpanjang|diperpanjang|memperpanjang|renew|exten", ("renewal",)),
        ("pengakhir|diakhir|mengakhir|putus|pemutus|berakhir|terminat", ("termination",)),
        ("kahar|darurat|bencana|majeure|force", ("force-majeure",)),
        ("lapor|pelapor|report|evaluasi|monitor|pemantau", ("report", "monitoring", "evaluation")),
        ("iuran|bayar|pembayar|payment|contribution", ("payment", "contribution")),
        ("adendum|addendum|perubahan|amend", ("addendum", "amend")),
        ("narahubung|pejabat|contact", ("contact",)),
    )
)


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asks: the words that name an agreement, and the kinds of duty that are meant."""

    words: tuple[str, ...]
    kinds: tuple[str, ...]
    whole: str
    """The whole text, letters and digits only: a document number is found in it as it stands."""

    def means(self, rule: str) -> bool:
        """Tell whether a rule is of a kind that is asked for."""
        return any(kind in rule for kind in self.kinds)


@dataclass(frozen=True, slots=True)
class Entry:
    """One agreement as it can be asked for."""

    agreement: str
    words: frozenset[str]
    numbers: tuple[str, ...]


def question(text: str) -> Question:
    """Read what somebody asks."""
    words, kinds = [], []
    found = _words(text[:_LONGEST])
    for word in found[:_WORDS_AT_MOST]:
        meant = [kind for pattern, rules in _KINDS if pattern.match(word) for kind in rules]
        kinds += meant
        if not meant and word not in _IDLE:
            words.append(word)
    return Question(tuple(words), tuple(dict.fromkeys(kinds)), "".join(found))


def entry(agreement: Agreement) -> Entry:
    """Make the entry of one agreement: id, title, numbers, place, parties."""
    texts = [agreement.id, agreement.title, agreement.place or "", *agreement.numbers]
    for party in agreement.parties.values():
        texts += [party.name, party.short or ""]
    words = frozenset(word for text in texts for word in _words(text))
    return Entry(agreement.id, words, tuple("".join(_words(number)) for number in agreement.numbers))


def best(asked: Question, entries: Iterable[Entry]) -> list[str]:
    """Give the agreements that are meant, the likeliest first; none where no word is like any of theirs."""
    if not asked.words:
        return []
    scored = [(_score(asked, one), one.agreement) for one in entries]
    found = sorted((-score, name) for score, name in scored if score > 0)
    return [name for score, name in found if -score >= -found[0][0] - _WORSE]


_WORSE = 15.0


def _score(asked: Question, one: Entry) -> float:
    joined = "".join(asked.words)
    if any(len(joined) > _SHORT and joined in number for number in one.numbers):
        return 200.0
    if any(len(number) > _SHORT and number in asked.whole for number in one.numbers):
        return 200.0
    scores = [_likeness(word, one.words) for word in asked.words]
    found = [score for score in scores if score]
    # A question may hold words of its own: half of them must be known, and all count.
    return sum(found) / len(scores) if 2 * len(found) >= len(scores) else 0.0


def _likeness(word: str, words: frozenset[str]) -> float:
    if word in words:
        return 100.0
    if len(word) <= _SHORT or word.isdigit():
        return 0.0
    if any(each.startswith(word) for each in words):
        return 95.0
    found = process.extractOne(word, words, scorer=fuzz.ratio, score_cutoff=_ALIKE)
    return found[1] if found else 0.0


def _words(text: str) -> list[str]:
    return _PARTS.findall(text.casefold())
