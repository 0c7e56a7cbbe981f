"""A file to begin with, in English or Turkish; it is read as any other."""

import csv
import io

_ENGLISH = (
    ",",
    (
        "email", "saleor_user_id", "external_id", "points", "expires_at", "earned_at",
        "lifetime_points", "channel", "currency", "consent_email", "consent_sms", "consent_at",
        "consent_proof", "phone", "note",
    ),
    (
        ("ada@example.com", "", "LOT-1001", "250", "2031-12-31", "2025-03-14", "1840", "", "",
         "yes", "no", "2024-05-02 10:15", "Sign-up form, text of 2024-01", "", "Moved with us"),
        ("ada@example.com", "", "LOT-1002", "40", "never", "", "", "", "", "", "", "", "", "", ""),
        ("", "VXNlcjo0Mg==", "BAL-7", "120", "", "", "", "", "", "", "", "", "", "", ""),
    ),
)  # fmt: skip
_TURKISH = (
    ";",
    (
        "e-posta", "saleor kullanıcı no", "dış no", "puan", "son geçerlilik", "kazanma tarihi",
        "toplam puan", "kanal", "para birimi", "e-posta izni", "sms izni", "izin tarihi",
        "izin kanıtı", "telefon", "not",
    ),
    (
        ("ada@example.com", "", "LOT-1001", "250", "31.12.2031", "14.03.2025", "1840", "", "",
         "evet", "hayır", "02.05.2024 10:15", "Üyelik formu, 2024-01 metni", "", "Bizimle geldi"),
        ("ada@example.com", "", "LOT-1002", "40", "süresiz", "", "", "", "", "", "", "", "", "",
         ""),
        ("", "VXNlcjo0Mg==", "BAL-7", "120", "", "", "", "", "", "", "", "", "", "", ""),
    ),
)  # fmt: skip


def template(language: str) -> str:
    """The template in a language ("en", "tr"); Turkish Excel takes semicolons for columns."""
    delimiter, header, rows = _TURKISH if language == "tr" else _ENGLISH
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()
