"""A signed day on paper.

In: a signed day. Out: bytes of a PDF. Called by: api, console.
"""

from __future__ import annotations

from typing import Final

from fpdf import FPDF

from node.days.store import SignedDay
from node.days.tabulated import sheets_of

MEDIA_TYPE: Final = "application/pdf"


def paper(signed: SignedDay) -> bytes:
    """The document, landscape A4. Letters that its font lacks are shown as question marks."""
    pdf = FPDF(orientation="landscape", format="A4")
    pdf.set_title(f"Certificate of {signed.day}")
    pdf.set_creation_date(signed.signed_at)
    pdf.add_page()
    pdf.set_font("helvetica", size=16)
    pdf.cell(text=f"Certificate of {signed.day}", new_x="LMARGIN", new_y="NEXT")
    for each in sheets_of(signed)[:4]:
        pdf.ln(4)
        pdf.set_font("helvetica", style="B", size=11)
        pdf.cell(text=each.title, new_x="LMARGIN", new_y="NEXT")
        pdf.set_font("helvetica", size=8)
        with pdf.table(text_align="LEFT") as drawn:
            for line in (each.heads, *each.rows):
                row = drawn.row()
                for text in line:
                    row.cell(text.encode("latin-1", "replace").decode("latin-1"))
    return bytes(pdf.output())
