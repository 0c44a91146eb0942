"""What a pledge answers when someone acts on what no longer stands."""

from portal.kernel.errors import Conflict, Problem, Stale


class PledgeMoved(Stale):
    """It took another step, or says something else, since this person looked at it."""

    def __init__(self, ref: str) -> None:
        super().__init__(Problem("pledge_moved"))
        self.ref = ref


class RequestNotOpen(Conflict):
    """Nothing can be pledged to it, or accepted on it, as it stands."""

    def __init__(self, ref: str) -> None:
        super().__init__(Problem("request_not_open"))
        self.ref = ref
