"""Data: bringing files, good and bad; how they were read; what the columns are for."""

import gzip

import pytest

from dataops_core.store import datasets, states
from dataops_core.store.store import Store
from tests.pages.driver import button, click, dataset, go, header, labels, said, start, unforeseen


def upload(app, name, content):
    """Upload a file as the box on the page does."""
    app.file_uploader[0].upload(name, content).run()
    return app


def everything():
    store = Store()
    return [d["name"] for p in datasets.projects(store) for d in datasets.in_project(store, p["id"])]


GOOD = {
    "shop.csv": b"a;b\n1;2\n3;4\n",
    "shop.csv.gz": gzip.compress(b"a,b\n1,2\n3,4\n", mtime=0),
    "shop.json": b'[{"a":1,"b":2},{"a":3,"b":4}]',
}
BAD = {
    "garbage.csv": bytes(range(256)) * 40,
    "empty.csv": b"",
    "picture.xlsx": b"\x89PNG\r\n\x1a\n" + b"\0" * 500,
    "broken.parquet": b"PAR1" + b"\0" * 100,
    "broken.json": b'{"a": [1, 2',
    "broken.csv.gz": b"\x1f\x8b\x08\0" + b"x" * 30,
    "broken.zip": b"PK\x03\x04" + b"x" * 60,
}


@pytest.mark.parametrize("name", GOOD)
def test_uploaded_file_becomes_a_dataset_under_its_name(name):
    app = upload(start(), name, GOOD[name])
    assert unforeseen(app) == []
    assert "2 × 2" in header(app)
    assert dataset(app).raw["name"] == name
    assert app.dataframe[0].value.to_numpy().tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize("name", BAD)
def test_bad_file_is_refused_with_what_and_how_to_fix_it_and_the_app_goes_on(name):
    app = upload(start(), name, BAD[name])
    assert unforeseen(app) == []
    errors = [(each.proto.title, each.value) for each in app.error]
    assert len(errors) == 1, said(app)
    assert all(part.strip() for part in errors[0])
    assert everything() == []
    app.run()
    upload(app, "good.csv", b"a\n1\n2\n")
    assert unforeseen(app) == []
    assert "2 × 1" in header(app)
    assert everything() == ["good"]


def test_flawed_table_is_read_only_when_asked_to():
    app = upload(start(), "twice.csv", b"a,a\n1,2\n")
    assert unforeseen(app) == []
    assert everything() == []
    assert [each.proto.title for each in app.warning] == ['Two columns are called "a".']
    click(app, "Read it anyway")
    assert unforeseen(app) == []
    assert everything() == ["twice"]
    assert app.dataframe[0].value.to_numpy().tolist() == [[1, 2]]


def test_flawed_table_can_be_left():
    app = click(upload(start(), "twice.csv", b"a,a\n1,2\n"), "Leave it")
    assert unforeseen(app) == []
    assert everything() == []
    assert button(app, "Open the sample")


def test_second_file_of_that_name_is_a_dataset_of_its_own():
    app = click(start(), "Open the sample")
    app.button(key="data.sample_again").click().run()
    assert everything() == ["loan_applications", "loan_applications (2)"]
    assert "loan\\_applications \\(2\\)" in header(app)


def test_path_that_does_not_exist_is_told(tmp_path):
    app = start()
    app.text_input(key="data.path").set_value(str(tmp_path / "no.csv")).run()
    assert [each.value for each in app.error] == ["Check the path; it must be on the machine that runs this app."]


def test_path_of_a_file_is_opened(tmp_path):
    (tmp_path / "shop.csv").write_text("a,b\n1,2\n")
    app = start()
    app.text_input(key="data.path").set_value(str(tmp_path / "shop.csv")).run()
    assert unforeseen(app) == []
    assert "1 × 2" in header(app)


def test_file_is_read_differently_and_undo_takes_it_back():
    app = upload(start(), "shop.csv", b"a,b\n1;2,3\n")
    app.session_state["data.tabs"] = "How it was read"
    app.run()
    next(each for each in app.selectbox if each.label == "Delimiter").select(";")
    app.run()
    click(app, "Read the whole file this way")
    assert unforeseen(app) == []
    here = dataset(app)
    assert here.recipe.read["delimiter"] == ";"
    assert here.undo == "Read the file differently"


def test_roles_are_kept(sample):
    sample.session_state["data.tabs"] = "Column roles"
    sample.run()
    box = {each.label: each for kind in (sample.selectbox, sample.multiselect) for each in kind}
    box["Outcome"].select("approved")
    box["Sensitive columns"].set_value(["sex", "migration_background"])
    box["Identifier"].select("application_id")
    click(sample, "Keep these roles")
    assert unforeseen(sample) == []
    assert dataset(sample).roles == {
        "target": "approved",
        "sensitive": ["sex", "migration_background"],
        "id": "application_id",
    }
    box = {each.label: each for kind in (sample.selectbox, sample.multiselect) for each in kind}
    assert box["Outcome"].value == "approved"
    assert {"yes", "no"} <= set(box["Good outcome"].options)


def test_roles_are_proposed_and_kept_by_one_click(sample):
    sample.session_state["data.tabs"] = "Column roles"
    sample.run()
    titles = [each.proto.title for each in sample.info]
    assert "Proposed from the names and values of the columns" in titles
    assert dataset(sample).roles == {}
    click(sample, "Keep these roles")
    assert unforeseen(sample) == []
    assert dataset(sample).roles == {"target": "approved", "sensitive": ["sex", "migration_background", "age"]}
    assert "Proposed from the names and values of the columns" not in [each.proto.title for each in sample.info]


def test_new_project_has_no_data_and_leaves_the_other_as_it_was(sample):
    first = dict(sample.query_params)
    sample.text_input(key="frame.new_project").set_value("Second").run()
    click(sample, "Make it")
    assert unforeseen(sample) == []
    assert "Open the sample" in labels(sample)
    assert sample.query_params["p"] != first["p"]
    assert "d" not in sample.query_params
    assert [p["name"] for p in datasets.projects(Store())] == ["My project", "Second"]
    sample.selectbox(key=f"frame.project.{sample.query_params['p']}").select(first["p"]).run()
    assert everything() == ["loan_applications"]


def test_project_without_a_name_is_refused(sample):
    click(sample, "Make it")
    assert said(sample) == [("A project needs a name.", "Type a name. \\(name of the project\\)")]
    assert button(sample, "See what is wrong")


def test_no_file_is_read_in_the_server_however_small(processes, monkeypatch):
    def never(*_args, **_kwargs):
        raise AssertionError("a file was read in the server's process")

    monkeypatch.setattr(states, "read_file", never)
    app = click(start(), "Open the sample")
    assert not app.exception
    assert "4,960 × 17" in header(app)


@pytest.fixture
def web(tmp_path):
    """A web server of this machine with one table, and its address."""
    import functools
    import threading
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "rates.csv").write_text("city,rate\nRome,1\nOslo,2\n")
    handler = functools.partial(SimpleHTTPRequestHandler, directory=tmp_path / "web")
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/rates.csv"
    server.shutdown()
    server.server_close()


def fetch(app, address):
    """Ask for an address, as a person does on the first screen."""
    app.text_input(key="data.address").set_value(address)
    click(app, "Fetch")
    for _ in range(200):
        if "data.fetching" not in app.session_state and "data.incoming" not in app.session_state:
            return app
        app.run()
    raise AssertionError("It is not fetched.")


def test_an_address_is_fetched_and_read(web, monkeypatch):
    monkeypatch.setenv("DATAOPS_HOSTS", "127.0.0.1")
    app = fetch(start(), web)
    assert unforeseen(app) == [] and "2 × 2" in header(app)
    assert dataset(app).raw["name"] == "rates.csv"


def test_an_address_in_the_own_network_is_refused_with_a_reason(web):
    app = fetch(start(), web)
    assert everything() == [] and unforeseen(app) == []
    assert any("127.0.0.1" in title + text or "own network" in (title + text).casefold() for title, text in said(app))


def test_a_password_in_an_address_is_not_written_down():
    app = start()
    app.text_input(key="data.address").set_value("postgresql://jo:geheim77@db.example.com/shop")
    app = click(app, "Fetch")
    assert [title for title, _ in said(app)] == ["A password stands in the address."]
    home = Store().home
    assert not any(b"geheim77" in path.read_bytes() for path in home.rglob("*") if path.is_file())


def drawn(node):
    """Everything that a page shows or holds, as it is sent to the browser."""
    own = str(getattr(node, "proto", ""))
    return own + "".join(drawn(child) for child in getattr(node, "children", {}).values())


def test_a_secret_of_a_connection_is_drawn_on_no_page(web, monkeypatch):
    monkeypatch.setenv("DATAOPS_HOSTS", "127.0.0.1")
    monkeypatch.setenv("DATAOPS_SECRET_KEY", "s3cr3t-9137")
    address = web.replace("http://", "http://jo:${KEY}@") + "?key=${KEY}"
    app = fetch(start(), address)
    assert unforeseen(app) == [] and "2 × 2" in header(app)
    failed = fetch(start(), address.replace("rates", "none"))
    assert "none.csv" in drawn(failed._tree)
    pages = [drawn(go(app, name)._tree) for name in ("data", "overview", "versions", "privacy")]
    assert all(len(page) > 1000 for page in pages)
    assert not any(word in page for page in [*pages, drawn(failed._tree)] for word in ("s3cr3t", "czNjcjN0"))
    home = Store().home
    assert not any(b"s3cr3t" in path.read_bytes() for path in home.rglob("*") if path.is_file())


def test_a_file_of_the_allowed_folders_is_opened(tmp_path, monkeypatch):
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "rates.csv").write_text("city,rate\nRome,1\n")
    monkeypatch.setenv("DATAOPS_FOLDERS", str(tmp_path / "shared"))
    app = start()
    app.session_state["data.folders"] = True
    app.run()
    box = next(each for each in app.selectbox if each.label == "File")
    assert box.options == [str(tmp_path / "shared" / "rates.csv")]
    box.select(box.options[0]).run()
    assert unforeseen(app) == [] and "1 × 2" in header(app)


def test_a_change_of_how_a_file_is_read_shows_before_it_is_kept():
    app = upload(start(), "shop.csv", b"a,b\n1;2,3\n4;5,6\n")
    app.session_state["data.tabs"] = "How it was read"
    app.run()
    shown = [list(each.value) for each in app.dataframe]
    assert ["Row", "a", "b"] in shown or ["a", "b"] in shown
    next(each for each in app.selectbox if each.label == "Delimiter").select("\t").run()
    assert any("a,b" in list(each.value) for each in app.dataframe)
    assert dataset(app).recipe.read["delimiter"] == ","
    next(each for each in app.number_input if each.label == "Header line").set_value(9).run()
    assert unforeseen(app) == [] and len(app.error) == 1


def test_a_type_that_somebody_chose_stays_when_it_is_the_only_change():
    from pages._ui.data.reading import _options

    read = {"format": "csv", "delimiter": ",", "types": {"a": "integer"}, "columns": ["a"], "decimal": "."}
    was = {"delimiter": ",", "decimal": ".", "types": {"a": "integer"}, "quote": '"', "header_row": 1}
    assert _options(read, {**was, "types": {"a": "text"}}, was) == {**read, "types": {"a": "text"}}
    asked = _options(read, {**was, "delimiter": ";", "types": {"a": "text"}}, was)
    assert asked == {
        "format": "csv",
        "lenient": None,
        "delimiter": ";",
        "decimal": ".",
        "header_row": 0,
        "types": {"a": "text"},
    }


def test_another_sheet_of_a_workbook_is_chosen_from_its_sheets_beside_its_cells(tmp_path):
    import pandas as pd

    with pd.ExcelWriter(tmp_path / "shop.xlsx") as book:
        pd.DataFrame({"item": ["tea", "milk"], "price": [3, 2]}).to_excel(book, sheet_name="May", index=False)
        pd.DataFrame({"item": ["salt"], "price": [1]}).to_excel(book, sheet_name="June", index=False)
    app = upload(start("data"), "shop.xlsx", (tmp_path / "shop.xlsx").read_bytes())
    app.session_state["data.tabs"] = "How it was read"
    app.run()
    sheet = next(box for box in app.selectbox if box.label == "Sheet")
    assert sheet.options == ["May", "June"] and sheet.value == "May"
    sheet.select("June").run()
    cells = next(each for each in app.dataframe if list(each.value) == ["A", "B"])
    assert cells.value["A"].tolist() == ["item", "salt"]
    assert not unforeseen(app)
