"""The smallest files of each type that is taken as evidence."""

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\xff\xd9"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
EMAIL = b"From: Dinas <a@example.org>\r\nTo: b@example.org\r\nDate: Mon, 20 Jan 2025\r\n\r\nIsi\xe9\r\n"
TEXT = "Diterima 20 Januari 2025, pukul 09.00 \u2013 petugas \u201cPiket\u201d.\n".encode()
