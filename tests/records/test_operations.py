"""Operations write what changed, a revision and a place in the index queue, or nothing at all."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from catalogue.database import db, writing
from catalogue.errors import InvalidFields
from catalogue.records.history.models import IndexQueueEntry, Revision
from catalogue.records.models.records import Patent, Record
from catalogue.records.operations import save
from catalogue.records.schema.reference_data import ENTITIES
from tests.support.catalogues import filled_catalogue, project, put, work


def fill(_app: Flask) -> None:
    put("divisions", code="smelting", name="铝冶炼学部", aliases="电解学部")
    put("people", staff_number="A1", name="张三", division="铝冶炼学部")
    put("people", staff_number="A2", name="李四")


@pytest.fixture
def app(tmp_path: Path):
    app = filled_catalogue(tmp_path, fill)
    with app.app_context():
        yield app


def revisions(entity: str, code: str) -> list[Revision]:
    query = select(Revision).where(Revision.entity == entity, Revision.entity_code == code).order_by(Revision.number)
    return list(db.session.scalars(query))


def test_a_new_record_has_a_first_revision(app: Flask) -> None:
    outcome = project(keywords="扩容;预焙槽", people="张三(A1);李四(A2)", divisions="电解学部")
    assert outcome.change == "new"
    (first,) = revisions("project", "XM-2001-001")
    assert (first.number, first.actor, first.channel) == (1, "command line", "command")
    assert first.changes["divisions"] == ["", "铝冶炼学部"]
    assert first.changes["people"] == ["", "张三(A1);李四(A2)"]


def test_a_change_keeps_old_and_new_and_raises_the_version(app: Flask) -> None:
    project()
    outcome = project(title="电解槽扩容试验")
    assert outcome.changes == {"title": ("电解槽试验", "电解槽扩容试验")}
    record = db.session.scalars(select(Record)).one()
    assert record.version == 2
    assert [revision.number for revision in revisions("project", "XM-2001-001")] == [1, 2]


def test_saving_the_same_again_changes_nothing(app: Flask) -> None:
    project(people="张三(A1)")
    assert project(people="张三(A1)").change == "unchanged"
    assert len(revisions("project", "XM-2001-001")) == 1


def test_fields_that_are_not_named_keep_their_value(app: Flask) -> None:
    project(abstract="摘要")
    put("projects", code="XM-2001-001", title="新题名")
    record = db.session.scalars(select(Record)).one()
    assert (record.title, record.abstract, str(record.date)) == ("新题名", "摘要", "2001-05")


def test_two_people_can_change_places(app: Flask) -> None:
    project(people="张三(A1);李四(A2)")
    outcome = project(people="李四(A2);张三(A1)")
    assert outcome.changes == {"people": ("张三(A1);李四(A2)", "李四(A2);张三(A1)")}


def test_every_unusable_field_is_named_and_nothing_is_kept(app: Flask) -> None:
    with pytest.raises(InvalidFields) as caught:
        project(date="2001-13", status="fertig", people="王五(A9)")
    assert {place for place, _message in caught.value.problems} == {"date", "status"}
    with pytest.raises(InvalidFields) as caught:
        project(people="王五(A1)", divisions="无此学部")
    assert {place for place, _message in caught.value.problems} == {"people", "divisions"}
    assert db.session.scalars(select(Record)).all() == []
    assert db.session.scalars(select(Revision).where(Revision.entity == "project")).all() == []


def test_a_failed_change_leaves_the_record_as_it_was(app: Flask) -> None:
    project(people="张三(A1);李四(A2)")
    with pytest.raises(InvalidFields):
        project(title="另一题名", people="李四(A2);王五(A9)")
    db.session.expire_all()
    record = db.session.scalars(select(Record)).one()
    assert (record.title, record.version, len(record.contributions)) == ("电解槽试验", 1, 2)


def patent(code: str = "ZL-2005-001", number: str = "200510136354.X", **texts: str):
    return put(
        "patents",
        **{
            "code": code,
            "title": "一种装置",
            "date": "2005-12-31",
            "patent_type": "invention",
            "application_number": number,
            "events": "filed 2005-12-31",
            **texts,
        },
    )


def test_a_number_that_another_record_has_is_refused_by_name(app: Flask) -> None:
    patent()
    with pytest.raises(InvalidFields) as caught:
        patent("ZL-2005-002")
    assert caught.value.problems[0][0] == "application_number"
    assert len(db.session.scalars(select(Patent)).all()) == 1


def test_a_wrong_check_character_is_told_with_the_right_one(app: Flask) -> None:
    with pytest.raises(InvalidFields, match="X"):
        patent(number="200510136354.1")


def test_a_patent_is_filed_on_a_day(app: Flask) -> None:
    with pytest.raises(InvalidFields) as caught:
        patent(date="2005-12")
    assert caught.value.problems[0][0] == "date"


def test_links_join_only_kinds_that_belong_together(app: Flask) -> None:
    project()
    project("XM-2001-002")
    with pytest.raises(InvalidFields):
        put("links", source="XM-2001-001", target="XM-2001-002", relation="resulted_in")
    assert put("links", source="XM-2001-001", target="XM-2001-002", relation="continued_by").change == "new"
    assert put("links", source="XM-2001-001", target="XM-2001-002", relation="continued_by").change == "unchanged"


def test_shares_of_a_benefit_add_up_to_at_most_100_percent(app: Flask) -> None:
    project()
    project("XM-2001-002")
    line = {"code": "XY-1", "year": "2002", "kind": "new_profit", "amount": "1,234.50"}
    with pytest.raises(InvalidFields, match="100"):
        put("benefits", **line, records="XM-2001-001 60%;XM-2001-002 50%")
    outcome = put("benefits", **line, records="XM-2001-001 60%;XM-2001-002 40%")
    assert outcome.changes["amount"] == ("", "1234.5")


def test_everything_written_waits_for_the_index_in_the_same_transaction(app: Flask) -> None:
    with pytest.raises(RuntimeError), writing(db.session):
        save(work(), ENTITIES["projects"], {"code": "XM-1", "title": "甲", "status": "planned"})
        assert db.session.scalars(select(IndexQueueEntry)).all() != []
        raise RuntimeError
    assert db.session.scalars(select(IndexQueueEntry)).all() == []
    assert db.session.scalars(select(Record)).all() == []


def test_renaming_a_person_queues_their_records(app: Flask) -> None:
    project(people="张三(A1)")
    with writing(db.session):
        save(work(), ENTITIES["people"], {"staff_number": "A1", "name": "张山"})
        assert len(db.session.scalars(select(IndexQueueEntry)).all()) == 1


def test_a_stale_copy_cannot_overwrite(app: Flask) -> None:
    project()
    record = db.session.scalars(select(Record)).one()
    db.session.execute(text("UPDATE record SET version = 7"))
    record.title = "旧稿"
    with pytest.raises(StaleDataError):
        db.session.flush()
    db.session.rollback()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE record SET kind = 'book'",
        "UPDATE record SET title = ''",
        "UPDATE record SET review_state = 'maybe'",
        "UPDATE record SET date_from = NULL",
        "UPDATE record SET date_from = '2002-01-01', date_to = '2001-01-01'",
        "UPDATE project SET status = 'done'",
        "INSERT INTO record_link (source_id, relation, target_id) VALUES (1, 'related_to', 1)",
        "INSERT INTO contribution (record_id, rank, person_id, role) VALUES (1, 0, 1, 'author')",
        "INSERT INTO contribution (record_id, rank, person_id, role) VALUES (1, 9, 99, 'author')",
        "INSERT INTO benefit_share (benefit_id, record_id, percent) VALUES (1, 1, 10001)",
    ],
)
def test_the_database_itself_refuses(app: Flask, statement: str) -> None:
    project()
    with pytest.raises(IntegrityError):
        db.session.execute(text(statement))
    db.session.rollback()
