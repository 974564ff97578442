"""QR codes that lead a telephone's camera to a page."""

import io

import segno


def code_svg(address: str) -> str:
    """An SVG of the QR code of `address`, which survives a crease: error correction M or better."""
    out = io.BytesIO()
    segno.make_qr(address, error="m").save(out, kind="svg", border=2, xmldecl=False, svgns=True, omitsize=True)
    return out.getvalue().decode()
