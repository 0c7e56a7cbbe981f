"""The form that texts of problems have: what is wrong, then what to do, in whole sentences."""

import re

#: What begins a sentence that says what to do.
ENGLISH = re.compile(
    "(?:Activate|Add|Ask|Check|Choose|Compare|Correct|Fill|Give|Have|Install|Keep|Lower|Put|Raise"
    "|Remove|Round|Set|Shorten|Switch|Update|Use|Write) "
)
#: One of these stands in a Turkish sentence that says what to do.
TURKISH = re.compile(
    r"\b(?:açın|alın|artırın|ayarlayın|belirleyin|bırakın|bölmeyin|değiştirin|doldurun|düşürün"
    r"|düzeltin|ekleyin|etkinleştirin|isteyin|kaldırın|karşılaştırın|kısaltın|kontrol edin"
    r"|kullanın|okutun|saydırın|seçin|sorun|verin|yazın|yerleştirin|yükseltin|yuvarlayın)\b",
    re.IGNORECASE,
)
#: A sentence ends where the next one begins with a capital letter, a digit or a name.
_END = re.compile(r"(?<=[.”])(?<=\.)\s+(?=[A-ZÇĞİÖŞÜ0-9“{\"])")


def sentences(text: str, language: str) -> list[str]:
    """The sentences of a text.

    Raises:
        AssertionError: it is not made of whole sentences.
    """
    assert re.match(r"[A-ZÇĞİÖŞÜ“{0-9]", text), text
    assert text.endswith("."), text
    assert "  " not in text, text
    assert language in ("en", "tr")
    return _END.split(text)


def is_fix(sentence: str, language: str) -> bool:
    """Whether a sentence says what to do."""
    if language == "en":
        return ENGLISH.match(sentence) is not None
    return TURKISH.search(sentence) is not None
