"""Files that belong to the app are found, and nothing else is."""

import pytest

from saleor_loyalty_app import assets


def test_documents_are_found_by_name() -> None:
    assert "fragment EventEnvelope" in assets.read_text("graphql/fragments/EventEnvelope.graphql")
    found = assets.names("graphql/fragments", ".graphql")
    assert "graphql/fragments/EventEnvelope.graphql" in found
    assert found == sorted(found)


@pytest.mark.parametrize("name", ["../etc/passwd", "/etc/passwd", "graphql/../../x", "", "nowhere"])
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(assets.AssetMissing):
        assets.read_bytes(name)


def test_a_folder_that_is_missing_is_said() -> None:
    with pytest.raises(assets.AssetMissing, match="graphql/none is missing"):
        assets.names("graphql/none", ".graphql")
