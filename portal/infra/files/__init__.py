"""Judges files by what is in them, cleans pictures, and keeps the bytes by the hash of their content."""

from portal.infra.files.judging import LARGEST_FILE, judged
from portal.infra.files.store import Store, take

__all__ = ["LARGEST_FILE", "Store", "judged", "take"]
