"""The rows of IDE Services' answers, in the default field names (the switch `names` has others)."""

from mockserver.gateway.schemas import Column, ColumnarSchema


class AnalyticsRows(ColumnarSchema):
    """Rows of any report, with the fields of which the report has a column."""

    user_id = Column[str](data_key="userId")
    user_name = Column[str](data_key="userName")
    user_email = Column[str](data_key="userEmail")
    date = Column[str]()
    tool = Column[str]()
    enabled = Column[int](data_key="enabledUsers")
    active = Column[int](data_key="activeUsers")
    suggestions = Column[int]()
    acceptances = Column[int]()
    invocations = Column[int]()
