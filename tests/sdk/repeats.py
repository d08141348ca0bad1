"""What may be delivered twice: only what was under way when the service was killed."""


class Repeats:
    """Compares what the partner got with what the service has on record, at each end of the service."""

    def __init__(self, partner, service):
        self._partner = partner
        self._service = service
        self._faults = []
        # As they were at the last end.
        self._settled = set()
        self._copies = {}
        self._was_killed = False

    def killed(self):
        """The service was killed: what it has on record must not be sent again."""
        self._look()
        self._was_killed = True

    def stopped(self):
        """The service was stopped in good order: it must have everything on record that was taken."""
        self._look()
        unknown = self._copies.keys() - self._settled
        self._faults += [f"unsettled: {message} was taken, and the service stopped without knowing" for message in unknown]

    def faults(self):
        """What was wrong, in the end."""
        self._judge()
        return self._faults

    def _look(self):
        self._judge()
        self._settled = self._service.settled()
        self._copies = self._partner.copies()

    def _judge(self):
        copies = self._partner.copies()
        again = {message for message in self._settled if copies[message] > self._copies[message]}
        if not self._was_killed:
            again |= {message for message, count in copies.items() if count > 1}
        self._faults += [f"repeated: {message} was delivered again without need" for message in again]
