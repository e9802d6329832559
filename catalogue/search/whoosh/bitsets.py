"""Sets of document numbers as whole numbers: bit n stands for document n.

Python's integers join, meet and count 50,000 bits in about two microseconds, so facets are counted for any answer
in well under a millisecond, without numpy and without asking the engine.
"""

from collections.abc import Iterable, Iterator, Mapping

# The bits that are set in each byte.
_BITS = [[bit for bit in range(8) if byte >> bit & 1] for byte in range(256)]


def from_documents(documents: Iterable[int], size: int) -> int:
    """The set of these documents, each below `size`."""
    packed = bytearray((size >> 3) + 1)
    for document in documents:
        packed[document >> 3] |= 1 << (document & 7)
    return int.from_bytes(packed, "little")


def documents(bits: int, size: int) -> list[int]:
    """The documents of a set, rising."""
    packed = bits.to_bytes((size >> 3) + 1, "little")
    return [(place << 3) + bit for place, byte in enumerate(packed) if byte for bit in _BITS[byte]]


class Membership:
    """Fast asking, many times over, whether documents are in a set. (Shifting a long integer each time is slow.)"""

    def __init__(self, documents: int, size: int) -> None:
        self._packed = documents.to_bytes((size >> 3) + 1, "little")

    def __contains__(self, document: int) -> bool:
        return bool(self._packed[document >> 3] >> (document & 7) & 1)

    def among(self, documents: Iterable[int]) -> Iterator[int]:
        """Those of the documents that are in the set, in the same order."""
        packed = self._packed
        return (document for document in documents if packed[document >> 3] >> (document & 7) & 1)


def count_values(documents: int, values: Mapping[str, int]) -> dict[str, int]:
    """How many of the documents have each value; values of none are left out."""
    counts = {value: (documents & having).bit_count() for value, having in values.items()}
    return {value: count for value, count in counts.items() if count}
