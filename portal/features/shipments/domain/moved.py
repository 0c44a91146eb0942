"""What a shipment answers when someone acts on what no longer stands."""

from portal.kernel.errors import Problem, Stale


class ShipmentMoved(Stale):
    """It took another step, or says something else, since this person looked at it."""

    def __init__(self, ref: str) -> None:
        super().__init__(Problem("shipment_moved"))
        self.ref = ref


class ReceiptTaken(Stale):
    """Another storekeeper entered a receipt while this person counted."""

    def __init__(self, ref: str) -> None:
        super().__init__(Problem("receipt_taken"))
        self.ref = ref
