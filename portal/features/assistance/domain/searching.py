"""What donors may do while they look for something to pledge to."""

from portal.kernel.contract import Command, words

MOST_SEARCHES = 20


class SaveSearch(Command):
    """Filters kept under a name; what they are is read from the address."""

    name: words(80)
