"""Defects that can be armed in Lark's answers."""

from mockserver.gateway.defects import Defect, increment

DEFECTS = (
    Defect("song-too-many", ("listDays",), "A day has one more song than its singers.", increment("songs", "days")),
)
