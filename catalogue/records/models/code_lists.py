"""The coded values of the field: what is stored (English codes) and what is shown (labels).

The terms are those of the Patent Law and of the schemes of science and technology awards; the order is that of display.
"""

from flask_babel import lazy_gettext as _l

from catalogue.code_list import CodeList

PROJECT_STATUSES = CodeList(
    {
        "planned": _l("Planned"),
        "under_way": _l("Under way"),
        "completed": _l("Complete"),
        "stopped": _l("Stopped"),
    }
)
PROJECT_CATEGORIES = CodeList(
    {
        "research": _l("Research and development"),
        "renovation": _l("Technical renovation"),
        "import": _l("Imported technology"),
    }
)

# Levels of schemes and registrations, highest first.
LEVELS = CodeList(
    {
        "national": _l("National"),
        "provincial_ministerial": _l("Provincial and ministerial"),
        "industry": _l("Industry"),
        "prefecture": _l("Prefecture"),
        "company": _l("Company"),
    }
)
GRADES = CodeList(
    {
        "special": _l("Special prize"),
        "first": _l("First prize"),
        "second": _l("Second prize"),
        "third": _l("Third prize"),
        "fourth": _l("Fourth prize"),
    }
)
APPRAISAL_LEVELS = CodeList(
    {
        "international_leading": _l("Internationally leading"),
        "international_advanced": _l("Internationally advanced"),
        "domestic_leading": _l("Leading in China"),
        "domestic_advanced": _l("Advanced in China"),
        "not_assessed": _l("Not assessed"),
    }
)

PATENT_TYPES = CodeList({"invention": _l("Invention"), "utility_model": _l("Utility model"), "design": _l("Design")})
PATENT_EVENTS = CodeList(
    {
        "filed": _l("Filed"),
        "published": _l("Application published"),
        "examination": _l("Substantive examination begun"),
        "granted": _l("Granted"),
        "fee_paid": _l("Annual fee paid"),
        "rejected": _l("Application rejected"),
        "withdrawn": _l("Application withdrawn"),
        "lapsed": _l("Lapsed"),
        "restored": _l("Right restored"),
        "invalidated": _l("Declared invalid"),
    }
)
# What the events of a patent add up to on a day; see `patents.status_at`.
PATENT_STATUSES = CodeList(
    {
        "pending": _l("Pending"),
        "in_force": _l("In force"),
        "rejected": _l("Rejected"),
        "withdrawn": _l("Application withdrawn"),
        "lapsed": _l("Lapsed"),
        "invalidated": _l("Declared invalid"),
        "expired": _l("Expired"),
    }
)

PROPOSAL_STATUSES = CodeList(
    {"submitted": _l("Put forward"), "adopted": _l("Adopted"), "implemented": _l("Implemented")}
)
ROLES = CodeList(
    {
        "leader": _l("Project leader"),
        "contributor": _l("Contributor"),
        "inventor": _l("Inventor"),
        "author": _l("Author"),
        "proposer": _l("Proposer"),
    }
)

BENEFIT_KINDS = CodeList(
    {
        "new_profit": _l("New profit"),
        "cost_saving": _l("Cost saving"),
        "new_output_value": _l("New output value"),
        "new_tax": _l("New tax"),
        "foreign_exchange": _l("Foreign exchange earned or saved"),
        "energy_saving": _l("Energy saving"),
        "other": _l("Other"),
    }
)
# The kinds that make up the headline 累计经济效益: they do not overlap. Profit is contained in
# output value and taxed into tax, so those are never added to it.
COUNTED_BENEFIT_KINDS = ("new_profit", "cost_saving")
UNITS = CodeList(
    {
        "CNY": _l("CNY"),
        "CHF": _l("CHF"),
        "USD": _l("USD"),
        "EUR": _l("EUR"),
        "JPY": _l("JPY"),
        "tce": _l("tce"),
        "MWh": _l("MWh"),
    }
)
QUALIFIERS = CodeList({"exact": _l("exactly"), "over": _l("over"), "about": _l("about")})

# Links between records. The label reads from the source to the target; `LINK_INVERSES` reads back.
RELATIONS = CodeList(
    {
        "resulted_in": _l("Resulted in"),
        "awarded": _l("Awarded"),
        "protected_by": _l("Protected by"),
        "reported_in": _l("Reported in"),
        "implemented_by": _l("Implemented by"),
        "continued_by": _l("Continued by"),
        "related_to": _l("Related to"),
    }
)
RELATION_INVERSES = CodeList(
    {
        "resulted_in": _l("Result of"),
        "awarded": _l("Award for"),
        "protected_by": _l("Protects"),
        "reported_in": _l("Reports on"),
        "implemented_by": _l("Implements"),
        "continued_by": _l("Continues"),
        "related_to": _l("Related to"),
    }
)

CHANNELS = CodeList(
    {
        "form": _l("Form"),
        "review": _l("Review"),
        "import": _l("Import"),
        "api": _l("API"),
        "command": _l("Command"),
    }
)
BATCH_STATES = CodeList(
    {
        "planning": _l("Being read"),
        "planned": _l("Read, not yet applied"),
        "refused": _l("Cannot be read"),
        "applied": _l("Applied"),
        "undone": _l("Undone"),
    }
)
MEASURES = CodeList({"proposals": _l("Rationalisation proposals"), "papers_contested": _l("Papers sent to contests")})
