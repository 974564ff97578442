"""Which of the two languages a caller reads: Chinese unless English is asked for (RFC 9110, Accept-Language)."""

LANGUAGES = ("zh", "en")
DEFAULT = "zh"


def negotiate(header: str | None, fallback: str = DEFAULT) -> str:
    """Return "zh" or "en", whichever `header` weighs higher; `fallback` where it names neither, Chinese on a tie."""
    weights = {language: _weight(header or "", language) for language in LANGUAGES}
    if not any(weights.values()):
        return fallback if fallback in LANGUAGES else DEFAULT
    return max(LANGUAGES, key=lambda language: weights[language])


def _weight(header: str, language: str) -> float:
    """The highest quality that one of the ranges of `header` gives to `language`; 0.0 where none speaks of it."""
    ranges = (part.strip().partition(";") for part in header[:500].split(","))
    return max((_quality(params) for tag, _, params in ranges if tag.strip().lower()[:2] == language), default=0.0)


def _quality(params: str) -> float:
    name, _, value = params.strip().partition("=")
    try:
        return min(max(float(value), 0.0), 1.0) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0
