"""Short recordings (INC-01), told by their first bytes: Ogg Opus, MPEG-4 audio, WAV. They are kept as they are."""

from .errors import NotAnUpload

LIMIT = 5 * 1024 * 1024
AUDIO_BRANDS = (b"M4A ", b"M4B ", b"mp42", b"mp41", b"isom", b"iso2", b"dash")


def media_type(head: bytes) -> str | None:
    """The media type of a recording that begins with `head` (64 bytes are enough); None where it is none."""
    if head[:4] == b"OggS" and b"OpusHead" in head[:64]:
        return "audio/ogg"
    if head[4:8] == b"ftyp" and head[8:12] in AUDIO_BRANDS:
        return "audio/mp4"
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "audio/wav"
    return None


def check(content: bytes, kind: str) -> None:
    """Raise NotAnUpload for a recording over LIMIT bytes, or an MPEG-4 file that holds a video track."""
    if len(content) > LIMIT:
        megabytes = LIMIT // (1024 * 1024)
        raise NotAnUpload(why=f"a recording may have {megabytes} MiB", why_zh=f"录音不得超过 {megabytes} MiB")
    if kind == "audio/mp4" and b"vide" in (content[at + 12 : at + 16] for at in _handlers(content)):
        raise NotAnUpload(why="videos are not taken, recordings are", why_zh="不接收视频,只接收录音")


def _handlers(content: bytes) -> list[int]:
    """Where the handler boxes of an MPEG-4 file stand."""
    found, at = [], content.find(b"hdlr")
    while at >= 0:
        found.append(at)
        at = content.find(b"hdlr", at + 4)
    return found
