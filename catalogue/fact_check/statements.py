"""Statements of number in a text: each figure with what it counts, or with the reason why that is not understood.

A figure is understood only when every word of its clause is (see `wording`), and when nothing around it may limit it.
What a clause leaves out (三等奖1项) it takes from the clause before, in the same sentence only. Whatever else is left
to a person: a statement that was not understood must never be called right.
"""

from dataclasses import dataclass, field, replace
from datetime import date

from flask_babel import gettext as _

from catalogue.fact_check.clauses import Clause, Sentence, sentences
from catalogue.fact_check.lexicon import ALWAYS, MEASURES, Features
from catalogue.fact_check.numerals import QUALIFIERS_AFTER, Numeral
from catalogue.fact_check.periods import Span
from catalogue.fact_check.semantics import NotUnderstood, resolved, tally_of
from catalogue.fact_check.tokens import Lexicon, Token
from catalogue.tallies.spec import Selection
from catalogue.tallies.subjects import SUBJECTS

_KNOWN = frozenset({"feature", "filler", "measure", "number", "span", "after"})
_LIMITS_NOTHING = _KNOWN | {"rhetoric"}
_FRAMES = frozenset({"frame", "passage"})


@dataclass(frozen=True)
class Statement:
    """A figure in the text. `selection` is what it counts; where that is not understood, `problem` says why."""

    start: int
    end: int
    text: str
    numeral: Numeral
    unit: str
    selection: Selection | None
    problem: str = ""


@dataclass
class _Reading:
    """What holds at a place of the text, from what was read before it."""

    text: str
    as_of: date
    found: list[Statement] = field(default_factory=list)
    context: Features | None = None  # of the last figure understood
    explained: Features | None = None  # of the figure that a bracket explains
    in_brackets: bool = False
    day: date | None = None  # 截至…
    period: Span | None = None
    division: str | None = None
    doubts: set[str] = field(default_factory=set)  # what earlier sentences were limited to: a period, a division
    passage: str = ""  # words that spoil everything up to the next heading
    taken_back: int = 0  # before this place of `found` nothing of the sentence is held to be understood
    spoilt: str = ""  # words that spoil the rest of the sentence

    def begin_sentence(self, *, continues: bool) -> None:
        self.spoilt = ""
        if continues:  # 其中 goes on where the sentence before ended
            return
        self.context = None
        if self.period:
            self.doubts.add("period")
        if self.division:
            self.doubts.add("division")
        self.period = self.division = None

    def begin_passage(self) -> None:
        self.context = self.day = self.period = self.division = None
        self.passage = self.spoilt = ""
        self.doubts.clear()


def find_statements(text: str, lexicon: Lexicon, as_of: date) -> list[Statement]:
    """All statements of number of a text, in order. `as_of` is the day of the text where it names none."""
    reading = _Reading(text, as_of)
    for sentence in sentences(lexicon.tokens(text, as_of)):
        _read_sentence(reading, sentence)
    return reading.found


def _read_sentence(reading: _Reading, sentence: Sentence) -> None:
    tokens = [token for clause in sentence.clauses for token in clause.tokens]
    without_figure = not any(token.role == "number" for token in tokens)
    if without_figure and sentence.opens_line:
        reading.begin_passage()
    features = [token.features for token in tokens if token.features]
    reading.begin_sentence(continues=bool(features) and "among" in features[0])
    first = len(reading.found)
    for clause in sentence.clauses:
        _enter_or_leave_brackets(reading, clause)
        if clause.numbers:
            _read_figure(reading, clause, first)
        else:
            _read_words(reading, clause, first)
    if sentence.question:
        _spoil(reading, first, _("It is a question."))
    if without_figure:
        reading.passage = reading.passage or _introduction(tokens, sentence)
    elif sentence.gap:
        reading.begin_passage()
    elif sentence.ends_line:
        reading.doubts.clear()
        reading.period = reading.division = reading.day = None


def _enter_or_leave_brackets(reading: _Reading, clause: Clause) -> None:
    """What stands in brackets explains the figure before; behind them the sentence goes on as if they were not."""
    if clause.bracketed and not reading.in_brackets:
        reading.explained = reading.context
    elif reading.in_brackets and not clause.bracketed:
        reading.context = reading.explained
    reading.in_brackets = clause.bracketed


def _introduction(tokens: list[Token], sentence: Sentence) -> str:
    """The words of a sentence without a figure that limit what follows it."""
    roles = {"passage"}
    if sentence.heading:
        roles |= {"frame"}
    if sentence.announces:
        roles |= {"frame", "unknown", "unkept"}
    return next((token.text for token in tokens if token.role in roles), "")


def _read_words(reading: _Reading, clause: Clause, first: int) -> None:
    """A clause without a figure: it names what follows, changes nothing, or limits what follows."""
    for token in clause.tokens:
        if token.span:
            _take_span(reading, token.span)
        _take_division(reading, token)
    strange = next((token.text for token in clause.tokens if token.role not in _LIMITS_NOTHING), "")
    try:
        own = _features(clause.tokens)
    except NotUnderstood:
        own, strange = {}, strange or _words(reading, clause)
    if not strange:
        if set(own) - (ALWAYS - {"subject"}) - {"division"}:
            reading.context = own
        return
    reading.context = None
    reading.spoilt = reading.spoilt or strange
    if clause.tokens[0].role == "afterthought" or any(token.role in _FRAMES for token in clause.tokens):
        _spoil(reading, first, _("“%(words)s” behind it may limit it.", words=_words(reading, clause)))


def _read_figure(reading: _Reading, clause: Clause, first: int) -> None:
    """A clause with a figure: a statement."""
    tokens, number = clause.tokens, clause.numbers[0]
    if any("agent" in (token.features or {}) for token in tokens):
        reading.division = None
        reading.doubts.discard("division")
    for token in tokens:
        if token.span:
            _take_span(reading, token.span)
        _take_division(reading, token)
    numeral, unit, end = _measured(tokens, number)
    start = _start(tokens, number)
    before = len(reading.found)
    problem, selection = "", None
    try:
        selection, features = _selection(reading, clause)
        if (number.numeral and number.numeral.qualifier == "vague") or numeral.qualifier == "vague":
            raise NotUnderstood(_("It is no definite number."))
    except NotUnderstood as reason:
        problem, selection, features = str(reason), None, None
        reading.spoilt = reading.spoilt or _limiting(tokens)
    # A Chinese number in running prose (一项重要工作) is no statement.
    if not problem or any(character.isdigit() for character in number.text) or _features_of_any(tokens):
        for other in clause.numbers[1:]:
            end = max(end, other.end)
        reading.found.append(Statement(start, end, reading.text[start:end], numeral, unit, selection, problem))
    changes = clause.bracketed and (features is None or not _narrows(features, reading.explained))
    if changes or tokens[0].role == "afterthought":
        _spoil(reading, first, _("“%(words)s” behind it may limit it.", words=_words(reading, clause)), before)
    reading.context = features


def _narrows(features: Features, whole: Features | None) -> bool:
    return whole is not None and all(features.get(name) == value for name, value in whole.items())


def _features_of_any(tokens: tuple[Token, ...]) -> bool:
    return any(token.features and {"subject", "level", "grade"} & set(token.features) for token in tokens)


def _limiting(tokens: tuple[Token, ...]) -> str:
    """The words of a clause that may limit the clauses after it: frames, and what stands before what is counted."""
    seen = ""
    for token in tokens:
        if token.role in _FRAMES:
            return token.text
        if token.role in {"unknown", "rhetoric"}:
            seen = seen or token.text
        elif seen and token.features and {"subject", "grade", "level"} & set(token.features):
            return seen
    return ""


def _words(reading: _Reading, clause: Clause) -> str:
    return reading.text[clause.tokens[0].start : clause.tokens[-1].end]


def _spoil(reading: _Reading, first: int, problem: str, end: int | None = None) -> None:
    """Take back what was understood of this sentence so far."""
    end = len(reading.found) if end is None else end
    for place in range(max(first, reading.taken_back), end):
        statement = reading.found[place]
        reading.found[place] = replace(statement, selection=None, problem=statement.problem or problem)
    reading.taken_back = max(reading.taken_back, end)


def _take_span(reading: _Reading, span: Span) -> None:
    if span.as_of:
        reading.day, reading.period = span.as_of, None
        reading.doubts.discard("period")
    else:
        reading.period = span


def _take_division(reading: _Reading, token: Token) -> None:
    if token.features and "division" in token.features:
        reading.division = token.features["division"]


def _measured(tokens: tuple[Token, ...], number: Token) -> tuple[Numeral, str, int]:
    """The number in single items or yuan, its unit, and where it ends in the text."""
    numeral, end, unit = number.numeral, number.end, ""
    if numeral is None:
        raise ValueError("a number token has its numeral")
    place = tokens.index(number) + 1
    if place < len(tokens) and tokens[place].role in {"measure", "unit"}:
        unit, end = tokens[place].text, tokens[place].end
        place += 1
    elsewhere = [token.text for token in tokens if token.role == "measure"]
    if not unit and len(elsewhere) == 1:
        unit = elsewhere[0]
    if place < len(tokens) and tokens[place].role == "after":
        after = QUALIFIERS_AFTER[tokens[place].text]
        numeral = replace(numeral, qualifier=after if numeral.qualifier == "exact" else "vague")
        end = tokens[place].end
    return numeral.times(MEASURES[unit][0]) if unit in MEASURES else numeral, unit, end


def _start(tokens: tuple[Token, ...], number: Token) -> int:
    place = tokens.index(number)
    before = tokens[place - 1] if place else None
    if before and before.end == number.start and "grade" in (before.features or {}):
        return before.start
    return number.start


def _features(tokens: tuple[Token, ...]) -> dict[str, str]:
    """The features of a clause. Raises NotUnderstood where two words contradict each other."""
    features: dict[str, str] = {}
    for token in tokens:
        for name, value in (token.features or {}).items():
            if features.setdefault(name, value) != value:
                raise NotUnderstood(_("“%(word)s” does not go with the words before it.", word=token.text))
    return features


def _selection(reading: _Reading, clause: Clause) -> tuple[Selection, Features]:
    """What a figure counts. Raises NotUnderstood."""
    _check_surroundings(reading, clause)
    own = _features(clause.tokens)
    features = resolved(own, reading.context)
    subject = features["subject"]
    _check_unit(clause, subject)
    _check_period(reading, own, features, clause)
    if "division" in reading.doubts and not reading.division and "agent" not in own:
        raise NotUnderstood(_("The sentences before it speak of one division."))
    name, values = tally_of(features)
    if reading.division:
        if "division" not in SUBJECTS[name].dimensions:
            raise NotUnderstood(_("The catalogue does not keep this by division."))
        values = (*values, ("division", reading.division))
    years = reading.period or Span()
    if years.year_from and features.get("act") == "granted":  # a patent's own year is that of filing
        values, years = (*values, ("grant_year", years.year_from)), Span()
    return Selection(SUBJECTS[name], reading.day or reading.as_of, years.year_from, years.year_to, values), features


def _check_surroundings(reading: _Reading, clause: Clause) -> None:
    if len(clause.numbers) > 1:
        raise NotUnderstood(_("It cannot be told which of two numbers counts what."))
    roles = {token.role: token.text for token in reversed(clause.tokens)}
    if "unkept" in roles:
        raise NotUnderstood(_("The catalogue keeps no records of “%(words)s”.", words=roles["unkept"]))
    if "unit" in roles:
        raise NotUnderstood(_("Nothing that the catalogue tallies is counted in “%(words)s”.", words=roles["unit"]))
    strange = next((token for token in clause.tokens if token.role not in _KNOWN), None) or _stray_after(clause.tokens)
    if strange:
        words = reading.text[strange.start : strange.end]
        raise NotUnderstood(_("“%(words)s” is not understood, and may change what is counted.", words=words))
    if words := reading.spoilt or reading.passage:
        raise NotUnderstood(_("“%(words)s” before it is not understood, and may limit it.", words=words))


def _stray_after(tokens: tuple[Token, ...]) -> Token | None:
    """An 以上 that does not stand behind a figure: 省部级以上 names several levels."""
    for before, token in zip((None, *tokens), tokens, strict=False):
        if token.role == "after" and (before is None or before.role not in {"number", "measure"}):
            return token
    return None


def _check_unit(clause: Clause, subject: str) -> None:
    units = {token.text for token in clause.tokens if token.role == "measure"}
    yuan = any(token.numeral and token.numeral.yuan for token in clause.numbers)
    if len(units) > 1 or any(subject not in MEASURES[unit][1] for unit in units) or (yuan and subject != "benefits"):
        raise NotUnderstood(_("The unit does not go with what is counted."))
    if subject == "benefits" and not units and not yuan:
        raise NotUnderstood(_("It does not say in which unit."))


def _check_period(reading: _Reading, own: Features, features: Features, clause: Clause) -> None:
    spans = {token.span for token in clause.tokens if token.span}
    period = reading.period
    if len(spans) > 1 or (period and not period.certain) or any(not span.certain for span in spans):
        raise NotUnderstood(_("It cannot be told which period is meant."))
    cumulative = "cumulative" in own
    if "period" in reading.doubts and not period and not cumulative:
        raise NotUnderstood(_("The sentences before it speak of one period."))
    if period is None:
        return
    if "now" in own or (cumulative and not spans and reading.context is not None):
        raise NotUnderstood(_("It cannot be told which period is meant."))
    day = reading.day or reading.as_of
    if (period.year_to or period.year_from or 0) > day.year:
        raise NotUnderstood(_("It speaks of a time after the as-of date."))
    one_year_of_grant = features.get("act") == "granted" and period.year_from == period.year_to
    if features.get("act") in {"granted", "in_force"} and not one_year_of_grant:
        raise NotUnderstood(_("The catalogue tallies grants by the single year, and what is in force by the day."))
