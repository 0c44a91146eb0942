"""The form field for one file. A file that was sound is kept while the rest of the form is mended."""

from typing import Any

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from wtforms import Field
from wtforms.widgets import FileInput

from portal.infra.files import LARGEST_FILE, Store, take
from portal.kernel.files import FileKind, RefusedFile, StoredFile
from portal.web.access import optional_actor
from portal.web.i18n import gettext

KEPT_SECONDS = 24 * 3_600
ACCEPTED = ",".join(ending for kind in FileKind for ending in kind.endings)
EXTENSION = "files"


def store() -> Store:
    found: Store = current_app.extensions[EXTENSION]
    return found


class UploadField(Field):
    """For a command's `attachment()`: a browser cannot fill a file in again, so a signed note of it goes along.

    The form needs `form_open(files=true)`.
    """

    widget = FileInput()
    data: StoredFile | RefusedFile | None

    def __init__(self, text: str, **kwargs: Any) -> None:
        kwargs.setdefault("render_kw", {"accept": ACCEPTED})
        super().__init__(text, **kwargs)
        self.kept: StoredFile | None = None

    @property
    def kept_name(self) -> str:
        """Of the hidden control that remembers a file sent before."""
        return f"{self.name}-kept"

    @property
    def kept_note(self) -> str:
        """The note itself: good for the same person only, and for a day."""
        file = self.kept
        return _serializer().dumps([_reader(), file.digest, file.name, file.kind, file.size]) if file else ""

    @property
    def hint(self) -> str:
        return gettext(
            "PDF, picture, XLSX, DOCX, CSV or plain text, %(limit)s MB at most. Pictures lose what the camera wrote"
            " into them, such as the place.",
            limit=LARGEST_FILE // 1024 // 1024,
        )

    def process_data(self, value: Any) -> None:
        self.data = value if isinstance(value, StoredFile) else None

    def process_formdata(self, valuelist: list[Any]) -> None:  # noqa: ARG002 - files are no part of the form's data
        before = _known(request.form.get(self.kept_name, ""))
        sent = request.files.get(self.name)
        if sent is None or not sent.filename:
            self.data = before
        else:
            self.data = take(store(), sent.stream.read(LARGEST_FILE + 1), sent.filename)
        self.kept = self.data if isinstance(self.data, StoredFile) else None
        if self.kept is None and isinstance(before, StoredFile):
            self.kept = before  # the new one is refused, the one sent before is still there


def _known(note: str) -> StoredFile | RefusedFile | None:
    if not note:
        return None
    try:
        reader, digest, name, kind, size = _serializer().loads(note, max_age=KEPT_SECONDS)
    except (BadSignature, ValueError, TypeError):
        return RefusedFile("file_gone")
    if reader != _reader() or not store().holds(digest):
        return RefusedFile("file_gone")
    return StoredFile(digest, name, FileKind(kind), size)


def _reader() -> int | None:
    actor = optional_actor()
    return actor.person_id if actor else None


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="a file kept with a form")
