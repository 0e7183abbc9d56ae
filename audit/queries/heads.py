"""The heads of the chains, to be stored outside the database for later comparison."""

from dataclasses import dataclass

from audit.models import Block, Chain


@dataclass(frozen=True)
class Head:
    """The last block of a chain: its number, the number of entries in the chain, and the hash over all of them."""

    block: int
    entries: int
    sha256: str

    def __str__(self) -> str:
        return f"block {self.block} {self.sha256}"


def chain_head(*, trial_id: int | None, sealed: bool, using: str = "default") -> Head | None:
    """The head of a trial's open or sealed chain (of accounts without a trial).

    None when nothing was sealed yet.

    The sealed chain needs an open clearance, because its counts reveal how much sealed work was done.
    """
    chain = Chain.objects.using(using).filter(trial_id=trial_id, sealed=sealed, length__gt=0).first()
    return Head(chain.length, chain.entries, chain.head_sha256) if chain else None


def sha256_of_block(*, trial_id: int | None, sealed: bool, number: int, using: str = "default") -> str | None:
    """The hash of a block as it is now; None when there is no such block."""
    blocks = Block.objects.using(using).filter(chain__trial_id=trial_id, chain__sealed=sealed, number=number)
    return blocks.values_list("sha256", flat=True).first()


def has_block(*, trial_id: int | None, sealed: bool, sha256: str, using: str = "default") -> bool:
    """Whether some block of the chain has this hash: an earlier head is a block now."""
    blocks = Block.objects.using(using).filter(chain__trial_id=trial_id, chain__sealed=sealed, sha256=sha256)
    return blocks.exists()
