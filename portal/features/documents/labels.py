"""The words of documents, and why a file is not taken."""

from collections.abc import Iterable

from portal.kernel.files import FileKind
from portal.web.i18n import later as _
from portal.web.labels import Labels

LABELS: Labels = {
    FileKind: {
        FileKind.PDF: _("PDF"),
        FileKind.PNG: _("Picture (PNG)"),
        FileKind.JPEG: _("Picture (JPEG)"),
        FileKind.WEBP: _("Picture (WebP)"),
        FileKind.XLSX: _("Table (XLSX)"),
        FileKind.DOCX: _("Text (DOCX)"),
        FileKind.TEXT: _("Plain text or CSV"),
    },
}


def history_words(lifecycles: Iterable[str]) -> Labels:
    """What the history of each kind of record says of its documents."""
    done = {"attach_document": _("A document was attached."), "remove_document": _("A document was removed.")}
    return {str: {f"{name}.{step}.done": text for name in lifecycles for step, text in done.items()}}


MESSAGES = {
    "document_too_large": _("The file is larger than %(limit)s MB."),
    "document_twice": _("This file is attached already, as “%(title)s”."),
    "documents_too_many": _("A record has at most %(most)s documents. Remove one that is no longer needed."),
    "document_unpacks_too_large": _("Unpacked, the file is larger than %(limit)s MB."),
    "file_gone": _("The file is no longer kept. Choose it again."),
    "file_kind_not_taken": _(
        "This is not a kind of file that is taken. Send PDF, PNG, JPEG, WebP, XLSX, DOCX, CSV or plain text."
    ),
    "file_name_hidden": _("The name of the file has hidden characters. Give it another name."),
    "file_with_programs": _("The file contains programs or other files. Save it without them."),
    "label_too_wide": _("A document is not shared more widely than its record: choose %(label)s or a closer label."),
    "not_a_file": _("Choose a file."),
    "picture_too_large": _("The picture has more than %(limit)s million pixels."),
}
