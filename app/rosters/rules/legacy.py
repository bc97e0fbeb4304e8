"""Lists whose letters are not what they look like: old fonts, a wrong encoding, letters lost on the way."""

import re
from collections.abc import Sequence

# Old Vietnamese fonts draw Latin-1 characters as Vietnamese letters: TCVN3 signs inside words, VNI a second vowel that
# carries the mark of the first. In a name of today they do not occur.
OLD_FONT = re.compile(
    r"[^\W\d_][¡¢£¤¥¦¨©ª«¬®µ¶·¸¹»¼½¾×÷\xad]|[¡¢§¤¥¦©ª«¬®µ¶·¸¹»¼½¾][^\W\d_]|[ûøïåäëüöæçîßÛØÏÅÄËÜÖÆÇÎ]"
    r"|[aA][àáãâêéèăÀÁÃÂÊÉÈĂ]|[eE][àáãâăÀÁÃÂĂ]|[oO][âÂ]"
)
WRONG_ENCODING = re.compile(r"á[º»]|Ä[‘\x90\x91]|Æ[°¡]|Ã[\x80-\xbf¡-¿€-™]|\ufffd")
LOST = re.compile(r"\w\?\w|\w\?(?:\s|$)|(?:^|\s)\?\w")


def damage(names: Sequence[str]) -> str | None:
    """A word of `words.REFUSED` where at least a fifth of the names show the same damage, and more than one does (or
    there is only one); None where they read well."""
    for why, pattern in (("wrong_encoding", WRONG_ENCODING), ("old_font", OLD_FONT), ("lost_letters", LOST)):
        hit = sum(pattern.search(name) is not None for name in names)
        if hit >= max(2, len(names) / 5) or (hit and len(names) == 1):
            return why
    return None
