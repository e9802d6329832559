"""What is said once a form has been saved."""

from flask_babel import lazy_gettext as _l

from catalogue.code_list import CodeList

DONE = CodeList(
    {
        "draft": _l("Saved as a draft."),
        "submitted": _l("Submitted: it waits for review."),
        "looked": _l("Saved as a draft, not yet submitted: look at these notices first, then submit it all the same."),
        "saved": _l("Saved."),
        "proposed": _l("Your change is proposed and waits for review."),
        "unchanged": _l("Nothing was changed."),
        "removed": _l("Removed."),
        "withdrawn": _l("Withdrawn; a reviewer can open it again."),
    }
)
