"""Documents for the printer: templates set by typst with a Chinese font that comes as a package, and QR codes."""

from gateway.api.printing.codes import code_svg
from gateway.api.printing.typesetting import Press

__all__ = ["Press", "code_svg"]
