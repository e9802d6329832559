"""The catalogue of `world`, built once, and what the rows of the matrix name in it."""

import io
from collections.abc import Mapping

import pytest
from sqlalchemy import select

from catalogue.accounts.account_links import new_link
from catalogue.accounts.models import Account
from catalogue.accounts.permissions import ANONYMOUS
from catalogue.attachments.models import Attachment
from catalogue.config import current_settings
from catalogue.database import db, writing
from catalogue.priorwork.check import Draft, Scope, check
from catalogue.priorwork.reports import IndexState, save_report
from catalogue.search.current import current_index
from catalogue.search.facets import facet_labels
from catalogue.tallies.issued import reports
from tests.attachments.files import picture, send
from tests.security.matrix import DRAFT
from tests.security.world import DAY, World, make_world
from tests.support.accounts import account, signed_in


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A catalogue with everything in every state and under every restriction; read only by custom."""
    return make_world(tmp_path_factory.mktemp("world") / "data")


@pytest.fixture(scope="session")
def examples(world: World) -> Mapping[str, str]:
    """What stands for the braces in addresses: a report, a prior-work report, an import of the contributor's."""
    contributor = signed_in(world.app, "contributor")
    sheet = "项目名称,完成时间,项目状态\n阳极焙烧试验,2004-05,completed\n".encode()
    upload = {"file": (io.BytesIO(sheet), "项目.csv"), "kind": "projects"}
    send(signed_in(world.app, "reviewer"), ("照片.jpg", picture("JPEG")), place="/records/XM-PLAIN/attachments")
    invited = account(world.app, "reader", "invited")
    batch = contributor.post("/imports", data=upload).headers["Location"].rpartition("/")[2]
    with world.app.app_context():
        index, session, data = current_index(), db.session(), current_settings().data
        labels = facet_labels(session, ANONYMOUS)
        checked = check(session, ANONYMOUS, index, Draft.of(**DRAFT), Scope(), labels, DAY)
        state = IndexState.of(index, 0)
        picture_id = session.scalars(select(Attachment.id)).one()
        with writing(session):
            link = new_link(session, "invitation", session.get_one(Account, invited.id))
            kept = reports.freeze(session, ANONYMOUS, "awards", {"as_of": DAY.isoformat()}, index, data)
            report = reports.issue(session, ANONYMOUS, kept, "获奖统计").number
            prior_work = save_report(session, ANONYMOUS, checked, state).token
    return {
        "report": report,
        "prior_work": prior_work,
        "batch": batch,
        "picture": str(picture_id),
        "account": str(invited.id),
        "link": link,
        "benefit": world.of("anonymous", "benefits")[0].code,
    }
