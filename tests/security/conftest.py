"""The catalogue of `world`, built once, and what the rows of the matrix name in it."""

import io
from collections.abc import Mapping

import pytest

from catalogue.accounts.permissions import ANONYMOUS
from catalogue.database import db, writing
from catalogue.priorwork.check import Draft, Scope, check
from catalogue.priorwork.reports import IndexState, save_report
from catalogue.search.facets import facet_labels
from catalogue.services import services
from catalogue.tallies import issuing
from tests.accounts import signed_in
from tests.security.matrix import DRAFT
from tests.security.world import DAY, World, make_world


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
    batch = contributor.post("/imports", data=upload).headers["Location"].rpartition("/")[2]
    with world.app.app_context():
        index, session, data = services().index, db.session(), services().settings.data
        labels = facet_labels(session, ANONYMOUS)
        checked = check(session, ANONYMOUS, index, Draft.of(**DRAFT), Scope(), labels, DAY)
        state = IndexState.of(index, 0)
        with writing(session):
            kept = issuing.freeze(session, ANONYMOUS, "awards", {"as_of": DAY.isoformat()}, index, data)
            report = issuing.issue(session, ANONYMOUS, kept, "获奖统计").number
            prior_work = save_report(session, ANONYMOUS, checked, state).token
    return {
        "report": report,
        "prior_work": prior_work,
        "batch": batch,
        "benefit": world.of("anonymous", "benefits")[0].code,
    }
