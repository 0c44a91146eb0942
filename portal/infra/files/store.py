"""Keeps files under the hash of their content, in a folder or in a store that speaks S3, whichever the settings name."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import obstore
from obstore.store import LocalStore, from_url

from portal.infra.files.judging import judged
from portal.infra.texts import Refused
from portal.kernel.files import NameRefused, RefusedFile, StoredFile, safe_name


class Store:
    """Bytes by their SHA-256. Nothing is ever overwritten: the same content has the same place."""

    def __init__(self, url: str, folder: Path) -> None:
        """`url` such as `s3://bucket/prefix`; empty means `folder`, which is made for its own user only."""
        self._store: Any
        if url:
            self._store = from_url(url)
        else:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._store = LocalStore(folder)

    def put(self, content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        obstore.put(self._store, _place(digest), content)
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes; `FileNotFoundError` when they are not there, `ValueError` when they are not what was stored."""
        content = bytes(obstore.get(self._store, _place(digest)).bytes())
        if hashlib.sha256(content).hexdigest() != digest:
            raise ValueError(f"the stored file {digest} was changed")
        return content

    def holds(self, digest: str) -> bool:
        try:
            obstore.head(self._store, _place(digest))
        except FileNotFoundError:
            return False
        return True

    def older_than(self, at: datetime) -> Iterator[list[str]]:
        """The digests of what was stored before, a batch at a time."""
        for batch in obstore.list(self._store):
            yield [str(found["path"]).rpartition("/")[2] for found in batch if found["last_modified"] < at]

    def delete(self, digests: Iterable[str]) -> None:
        for digest in digests:
            obstore.delete(self._store, _place(digest))


def _place(digest: str) -> str:
    return f"{digest[:2]}/{digest}"


def take(store: Store, content: bytes, name: str) -> StoredFile | RefusedFile:
    """Judge a file, store what is kept of it, and say what became of it. Nothing is raised: a form tells all at once."""
    try:
        kind, kept = judged(content)
        return StoredFile(store.put(kept), safe_name(name, kind), kind, len(kept))
    except NameRefused as refusal:
        return RefusedFile(str(refusal))
    except Refused as refusal:
        return RefusedFile(refusal.code, refusal.params)
