"""Defects that can be armed in Augment's answers; `gateway.defects` has the changes that every vendor uses."""

from typing import Any

from mockserver.gateway.defects import Defect, drop_first, each, exceed, first, increment, negative, repeat_last, set_to


def _clear_metrics(row: Any) -> None:
    row["metrics"] = dict.fromkeys(row["metrics"], 0)


def _keep_first_user(body: Any) -> None:
    del body["users"][1:]


def _add_to_a_model(row: Any) -> None:
    row["credits_consumed"] += "model_name" in row


def _start_at_the_end(row: Any) -> None:
    row["effective_start_date"] = row["effective_end_date"]


DEFECTS = (
    Defect("dau-count-off-by-one", ("getDauCount",), "A day counts one user more than are listed.",
           increment("user_count", "daily_active_user_counts")),
    Defect("duplicate-row", ("getDau",), "The last user of a page is there twice.", repeat_last("users")),
    Defect("lost-row", ("getDau",), "Each page leaves out its first user.", drop_first("users")),
    Defect("users-sum-gap", ("getUserActivity",), "One user of a page has one completion less.",
           increment("metrics.completions_count", "users", by=-1)),
    Defect("records-gap", ("getDailyUserActivityByEditorLanguage",),
           "One record of a page has one suggested line less.",
           increment("metrics.completions_suggested_lines_of_code", "records", by=-1)),
    Defect("lines-without-messages", ("getDailyUserActivityByEditorLanguage",),
           "The agent in the IDE wrote its lines without a message or a tool call.",
           set_to(0, "records", "metrics.ide_agent_messages", "metrics.total_tool_calls")),
    Defect("total-off-by-one", ("getDailyUsage",), "A day's messages are one less than their parts.",
           increment("metrics.total_messages", "daily_usage", by=-1)),
    Defect("active-days-off-by-one", ("getUserActivity",), "The first user of a page has a day too many.",
           increment("active_days", "users")),
    Defect("accepted-above-suggested", ("getDailyUsage",), "More completions were accepted than there were.",
           exceed("metrics.completions_accepted", "metrics.completions_count", "daily_usage")),
    Defect("active-without-events", ("getUserActivity",), "The first user of a page did nothing at all.",
           first("users", _clear_metrics)),
    Defect("day-left-out", ("getDailyUsage",), "The first day with data is left out.", drop_first("daily_usage")),
    Defect("thin-pages", ("getUserActivity",), "Each page leaves out all users but the first.", _keep_first_user),
    Defect("returned-count-off-by-one", ("getUserActivity",), "A page counts one user more than it has.",
           increment("metadata.returned_user_count")),
    Defect("effective-start-lost", ("getDauCount",), "The effective range is said to be its last day alone.",
           each("metadata", _start_at_the_end)),
    Defect("negative-lines", ("getDailyUsage",), "Lines of completions are below 0.",
           negative("metrics.completions_lines_of_code", "daily_usage")),
    Defect("user-credits-gap", ("getCreditUsageByUser",), "One record of a page has one credit more.",
           increment("credits_consumed", "records")),
    Defect("model-credits-gap", ("getCreditUsageByUser",), "Each record of a model has one credit more.",
           each("records", _add_to_a_model)),
    Defect("cost-point-twice", ("queryCostAnalytics",), "The last data point of a page is there twice.",
           repeat_last("data_points")),
    Defect("billed-off-by-a-dollar", ("queryCostAnalytics",), "The first data point of a page bills one dollar more.",
           increment("cost_metrics.billed_amount_usd", "data_points")),
)  # fmt: skip
