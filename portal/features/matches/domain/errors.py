"""What a proposal answers when someone consents to what no longer stands."""

from portal.kernel.errors import Conflict, Problem, Stale


class TermsMoved(Stale):
    """The version that someone answered is no longer the current one."""

    def __init__(self, ref: str, *, seen: int, current: int) -> None:
        super().__init__(Problem("terms_moved", None, {"seen": seen, "current": current}))
        self.ref, self.seen, self.current = ref, seen, current


class NotOpen(Conflict):
    """Nobody can answer this proposal any more: it was agreed, or it ended."""

    def __init__(self, ref: str, state: str) -> None:
        super().__init__(Problem("proposal_not_open", None, {"state": state}))
        self.ref = ref
