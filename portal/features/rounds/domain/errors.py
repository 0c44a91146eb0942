"""What a round answers when the world has moved since its run."""

from collections.abc import Sequence

from portal.kernel.errors import Conflict, Problem


class OutOfDate(Conflict):
    """Pairs of the chosen run can no longer be put forward; nothing was sent. Run again."""

    def __init__(self, ref: str, pairs: Sequence[tuple[str, str]]) -> None:
        super().__init__(Problem("run_out_of_date", None, {"pairs": len(pairs)}))
        self.ref, self.pairs = ref, tuple(pairs)
