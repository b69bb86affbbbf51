"""Shows values of spreadsheet cells in their number formats."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache

Value = str | int | float | bool | datetime.datetime | datetime.date | datetime.time | datetime.timedelta | None

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_(?P<space>.)|\*.|\[(?P<bracket>[^\]]*)\]|(?P<text>@)'
    r"|(?P<half>(?:AM/PM|A/P|上午/下午))|(?P<date>[yY]+|[mM]+|[dD]+|[hH]+|[sS]+(?:\.0+)?|a{3,4})|(?P<exponent>E[+-]0+)"
    r"|(?P<digits>[0#?][0#?,]*(?:\.[0#?,]*)?|\.[0#?]+)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_FRACTION = re.compile(r"^(?P<whole>[#0?]+ )?(?P<over>[#0?]+)/(?P<under>[#0?]+|\d+)$")
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
           "December")  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MOST_PLACES = 30


def shown(value: Value, code: str) -> str:
    """Returns the displayed text of the cell; the plain value if the format is not understood."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    code = code or "General"
    if isinstance(value, str):
        return _text(value, code)
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time, datetime.timedelta)):
        return _moment(value, code)
    try:
        return _number(Decimal(repr(value)), code)
    except (InvalidOperation, ValueError, ArithmeticError):
        return general(value)


def general(value: float) -> str:
    """Returns a number without a format: at most ten digits, after rounding off floating-point error."""
    if isinstance(value, int) or (value.is_integer() and abs(value) < 1e15):
        return str(int(value))
    return f"{value:.10g}".replace("e", "E")


@lru_cache(maxsize=512)
def _sections(code: str) -> tuple[str, ...]:
    """The sections of a format: for positive numbers, negative ones, zero, and text."""
    found, start, quoted, at = [], 0, False, 0
    while at < len(code):
        letter = code[at]
        if letter == "\\":
            at += 1
        elif letter == '"':
            quoted = not quoted
        elif letter == ";" and not quoted:
            found.append(code[start:at])
            start = at + 1
        at += 1
    return (*found, code[start:])


@lru_cache(maxsize=2048)
def _tokens(section: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (found.lastgroup or "", found[found.lastgroup] or "") for found in _TOKEN.finditer(section) if found.lastgroup
    )


def _text(value: str, code: str) -> str:
    sections = _sections(code)
    section = sections[3] if len(sections) > 3 else next((each for each in sections if "@" in each), "@")
    if code.lower() == "general" or "@" not in section:
        return value if section.strip() else ""
    return "".join(value if kind == "text" else _literal(kind, token) for kind, token in _tokens(section)).strip()


def _literal(kind: str, token: str) -> str:
    if kind in ("quoted", "escaped"):
        return token
    if kind == "space":
        return " "
    if kind == "bracket":  # [$€-407] is a sign of money; colours, conditions and languages print nothing
        return token[1:].split("-")[0] if token.startswith("$") else ""
    return token if kind == "other" else ""


def _section_for(number: Decimal, sections: Sequence[str]) -> tuple[str, Decimal]:
    """The section for a number, and the sign that remains to be shown."""
    numeric = sections[:3]
    for section in numeric:
        if found := _CONDITION.search("".join(re.findall(r"\[([^\]]*)\]", section))):
            limit = Decimal(found[2])
            holds = {"<": number < limit, ">": number > limit, "=": number == limit, "<=": number <= limit,
                     ">=": number >= limit, "<>": number != limit}[found[1]]  # fmt: skip
            if holds:
                return section, number
        elif any(_CONDITION.search(each) for each in numeric):
            return section, number
    if number < 0 and len(numeric) > 1:
        return numeric[1], -number
    if number == 0 and len(numeric) > 2:
        return numeric[2], number
    return numeric[0], number


def _number(number: Decimal, code: str) -> str:
    section, number = _section_for(number, _sections(code))
    if not section.strip():
        return ""
    if "general" in section.lower():
        plain = general(float(number))
        return re.sub("general", lambda _: plain, re.sub(r'["\\]|\[[^\]]*\]', "", section), flags=re.IGNORECASE)
    tokens = _tokens(section)
    if any(kind == "date" for kind, _ in tokens):
        return general(float(number))  # a number that is no date
    bare = re.sub(r'\[[^\]]*\]|_.|\*.|\\ ?|"', "", section).strip()
    if found := _FRACTION.match(bare):
        return _fraction(number, found["whole"] is not None, found["under"])
    if not any(kind == "digits" for kind, _ in tokens):
        sign = "-" if number < 0 else ""
        written = "".join(str(number) if kind == "text" else _literal(kind, token) for kind, token in tokens)
        return (sign + written).strip()
    return _digits(number, tokens)


def _digits(number: Decimal, tokens: Sequence[tuple[str, str]]) -> str:
    patterns = [token for kind, token in tokens if kind == "digits"]
    pattern = "".join(patterns)
    percent = sum(kind == "other" and token in "%％" for kind, token in tokens)
    exponent = next((token for kind, token in tokens if kind == "exponent"), "")
    scaled = number * 100**percent
    if pattern.endswith(","):
        scaled /= Decimal(1000) ** (len(pattern) - len(pattern.rstrip(",")))
    power = 0
    if exponent and scaled:
        power = scaled.adjusted()
        scaled = scaled.scaleb(-power)
    whole, point, places = pattern.rstrip(",").partition(".")
    most = min(len(re.sub(r"[^0#?]", "", places)), _MOST_PLACES)
    rounded = abs(scaled).quantize(Decimal(1).scaleb(-most), ROUND_HALF_UP)
    if exponent and rounded >= 10:
        rounded, power = rounded / 10, power + 1
        rounded = rounded.quantize(Decimal(1).scaleb(-most), ROUND_HALF_UP)
    written = _written(rounded, whole, places[:most], bool(point))
    if exponent:
        digits = str(abs(power)).zfill(exponent.count("0"))
        written += f"E{'-' if power < 0 else '+' if '+' in exponent else ''}{digits}"
    sign = "-" if number < 0 and rounded else ""
    apart = len(patterns) > 1 and not exponent and not {*pattern} & {".", ","}
    parts = iter(_parted(written, patterns) if apart else [written, *[""] * len(patterns)])
    done = [next(parts) if kind == "digits" else _literal(kind, token) for kind, token in tokens]
    return (sign + "".join(done)).strip()


def _parted(digits: str, patterns: Sequence[str]) -> list[str]:
    """Digits between the signs of a format as 000-00, filled from the last."""
    parts: list[str] = []
    for pattern in reversed(patterns[1:]):
        parts.insert(0, digits[-len(pattern) :])
        digits = digits[: -len(pattern)]
    return [digits, *parts]


def _written(number: Decimal, whole: str, places: str, point: bool) -> str:
    """Digits by a pattern: ``whole`` before the point, ``places`` after it."""
    integer, _, fraction = f"{number:f}".partition(".")
    needed = len(re.sub(r"[^0]", "", whole))
    integer = integer.lstrip("0").zfill(needed)
    if "," in whole:
        integer = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ",", integer)
    least = len(places.rstrip("#?"))
    fraction = fraction[:least] + fraction[least:].rstrip("0")
    return integer + ("." + fraction if fraction or (point and least) else "")


def _fraction(number: Decimal, mixed: bool, under: str) -> str:
    exact = Fraction(abs(number))
    limit = int(under) if under.isdigit() and under.strip("0") else 10 ** len(under) - 1
    if under.isdigit() and under.strip("0"):
        near = Fraction(round(exact * limit), limit)
        top, bottom = round(exact * limit), limit
    else:
        near = exact.limit_denominator(limit)
        top, bottom = near.numerator, near.denominator
    whole = int(near) if mixed else 0
    top -= whole * bottom
    written = f"{whole or ''} {top}/{bottom}" if top else str(whole)
    return ("-" if number < 0 and near else "") + written.strip()


def _moment(value: datetime.datetime | datetime.date | datetime.time | datetime.timedelta, code: str) -> str:
    tokens = _tokens(_sections(code)[0])
    if isinstance(value, datetime.timedelta):
        return _elapsed(value, tokens)
    if not any(kind == "date" for kind, _ in tokens):
        return value.isoformat(sep=" ") if isinstance(value, datetime.datetime) else value.isoformat()
    half = any(kind == "half" for kind, _ in tokens)
    done: list[str] = []
    for at, (kind, token) in enumerate(tokens):
        if kind == "date":
            done.append(_part(value, token.lower(), tokens, at, half))
        elif kind == "half":
            early, late = token.split("/")
            done.append(late if getattr(value, "hour", 0) >= 12 else early)
        elif kind == "bracket" and token.lower().strip("hms") == "":
            done.append(str(getattr(value, (token.lower()[0] == "h" and "hour") or "minute", 0)))
        elif kind not in ("digits", "exponent"):
            done.append(_literal(kind, token))
    return "".join(done).strip()


def _part(
    value: datetime.datetime | datetime.date | datetime.time,
    token: str,
    tokens: Sequence[tuple[str, str]],
    at: int,
    half: bool,
) -> str:
    """One part of a date or time. m means minutes beside hours or seconds, else the month."""
    hour, minute, second = (getattr(value, name, 0) for name in ("hour", "minute", "second"))
    if token[0] == "h":
        hour = hour % 12 or 12 if half else hour
        return str(hour).zfill(len(token[:2]))
    if token[0] == "s":
        return str(second).zfill(len(token[:2].rstrip(".0")))
    if token[0] == "m" and len(token) < 3:
        beside = [each.lower()[0] for kind, each in tokens[:at] if kind in ("date", "half")][-1:]
        after = [each.lower()[0] for kind, each in tokens[at + 1 :] if kind == "date"][:1]
        if beside == ["h"] or after == ["s"]:
            return str(minute).zfill(len(token))
    if isinstance(value, datetime.time):
        return ""
    if token[0] == "y":
        return f"{value.year % 100:02d}" if len(token) < 3 else f"{value.year:04d}"
    if token[0] == "m":
        name = _MONTHS[value.month - 1]
        return {3: name[:3], 5: name[0]}.get(len(token), name) if len(token) > 2 else str(value.month).zfill(len(token))
    if token[0] == "a":
        return ("星期" if len(token) > 3 else "") + "一二三四五六日"[value.weekday()]
    day = _DAYS[value.weekday()]
    return {3: day[:3]}.get(len(token), day) if len(token) > 2 else str(value.day).zfill(len(token))


def _elapsed(value: datetime.timedelta, tokens: Sequence[tuple[str, str]]) -> str:
    seconds = round(value.total_seconds())
    hours, rest = divmod(abs(seconds), 3600)
    with_seconds = any(kind == "date" and token.lower().startswith("s") for kind, token in tokens)
    return ("-" if seconds < 0 else "") + f"{hours}:{rest // 60:02d}" + (f":{rest % 60:02d}" if with_seconds else "")
