"""The forms of documents."""

from typing import Any

from wtforms import StringField, TextAreaField

from portal.features.documents.domain import AttachDocument, RemoveDocument, labels_within
from portal.kernel.labels import Tlp
from portal.web.forms import ChoiceField, CommandForm, choices
from portal.web.i18n import later as _
from portal.web.uploads import UploadField


class AttachForm(CommandForm[AttachDocument]):
    command = AttachDocument
    file = UploadField(_("File"))
    title = StringField(
        _("What it is"), description=_("For people who have not opened it. No names of people or cases.")
    )
    label = ChoiceField(
        _("Who may see it?"), description=_("Not more widely than the record itself; closer where it needs to be.")
    )

    def __init__(self, *, within: Tlp, **kwargs: Any) -> None:
        super().__init__(data={"label": within}, **kwargs)
        self.label.choices = choices((one.value, one.shown) for one in labels_within(within))


class RemoveForm(CommandForm[RemoveDocument]):
    command = RemoveDocument
    reason = TextAreaField(_("Why?"), description=_("It stands in the history of the record."), render_kw={"rows": 3})
