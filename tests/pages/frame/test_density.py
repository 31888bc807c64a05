"""Compact: a switch of the sidebar that the address keeps."""

from tests.pages.driver import bring, go, start

TABLE = "a,b\n" + "".join(f"{n},x\n" for n in range(30))


def rows(app):
    return [each.proto.row_height for each in app.dataframe]


def test_the_switch_makes_rows_lower_on_every_page_and_the_address_says_so():
    app = start("data", d=bring(TABLE))
    usual = rows(app)
    app.toggle(key="frame.compact").set_value(True).run()
    assert rows(app) != usual and app.query_params["compact"] == "yes"
    go(app, "clean")
    assert app.query_params["compact"] == "yes" and app.toggle(key="frame.compact").value


def test_an_address_that_says_so_opens_compact_and_the_switch_turns_it_off():
    app = start("data", d=bring(TABLE), compact="yes")
    assert app.toggle(key="frame.compact").value
    low = rows(app)
    app.toggle(key="frame.compact").set_value(False).run()
    assert "compact" not in app.query_params and rows(app) != low
