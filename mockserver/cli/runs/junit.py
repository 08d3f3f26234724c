"""JUnit XML, which services and tools show as test results."""

from xml.etree import ElementTree as ET


class Suite:
    """A test suite; the name of a test is its group, a dot, and the rest."""

    def __init__(self, name: str) -> None:
        self._suite = ET.Element("testsuite", name=name)

    def passed(self, name: str, seconds: float, output: str) -> None:
        ET.SubElement(self._case(name, seconds), "system-out").text = output

    def failed(self, name: str, seconds: float, output: str, message: str, kind: str | None = None) -> None:
        attributes = {"message": message} if kind is None else {"message": message, "type": kind}
        ET.SubElement(self._case(name, seconds), "failure", attributes).text = output

    def skipped(self, name: str, reason: str) -> None:
        ET.SubElement(self._case(name), "skipped", message=reason)

    def text(self) -> str:
        """The XML, without a declaration."""
        for name, what in (("tests", "testcase"), ("failures", ".//failure"), ("skipped", ".//skipped")):
            self._suite.set(name, str(len(self._suite.findall(what))))
        self._suite.set("errors", "0")
        ET.indent(self._suite)
        return ET.tostring(self._suite, encoding="unicode", xml_declaration=False)

    def _case(self, name: str, seconds: float | None = None) -> ET.Element:
        group, _, short = name.partition(".")
        time = {} if seconds is None else {"time": f"{seconds:.3f}"}
        return ET.SubElement(self._suite, "testcase", {"classname": group, "name": short, **time})
