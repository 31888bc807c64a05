"""Sign-in by OpenID Connect, the whole way in a browser, with a provider on this machine.

DATAOPS_SIGN_IN_PYTHON names an interpreter that has requirements-signin.txt; without it these tests are skipped.
"""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from playwright.sync_api import expect

from dataops_core.store import datasets, versions
from dataops_core.store.people import members, promotions
from dataops_core.store.trail import audit
from tests.browser import driver

PYTHON = os.environ.get("DATAOPS_SIGN_IN_PYTHON")
pytestmark = pytest.mark.skipif(
    not PYTHON, reason="DATAOPS_SIGN_IN_PYTHON names no interpreter (requirements-signin.txt)"
)
START = "import sys; sys.path.append(sys.argv.pop(1)); from streamlit.web.cli import main; sys.exit(main())"
PEOPLE = {
    "olga@example.com": ["owners"],
    "ed@example.com": ["analysts"],
    "pia@example.com": ["owners"],
    "sam@example.com": [],
}
SECRETS = """
[auth]
redirect_uri = "http://127.0.0.1:{port}/oauth2callback"
cookie_secret = "{secret}"
client_id = "workbench"
client_secret = "a secret for a test"
server_metadata_url = "http://127.0.0.1:{provider}/.well-known/openid-configuration"
client_kwargs = {{ scope = "openid email profile groups" }}
"""


class Server(driver.Server):
    """The app with a sign-in, and its provider."""

    def start(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.provider_port = free.getsockname()[1]
        claims = [json.dumps({"sub": who, "email": who, "groups": groups}) for who, groups in PEOPLE.items()]
        command = [PYTHON, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(self.provider_port)]
        for each in claims:
            command += ["--user-claims", each]
        self.provider = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        user = self.home.parent / "user"
        (user / ".streamlit").mkdir(parents=True)
        told = SECRETS.format(port=self.port, provider=self.provider_port, secret="s" * 40)
        (user / ".streamlit" / "secrets.toml").write_text(told)
        asked = "import sysconfig; print(sysconfig.get_path('purelib'))"
        packages = subprocess.run([PYTHON, "-c", asked], capture_output=True, text=True, check=True).stdout.strip()
        command = [sys.executable, "-c", START, packages, "run", "pages/_ui/serve.py", "--server.port", str(self.port)]
        command += ["--server.headless", "true", "--server.fileWatcherType", "none"]
        given = os.environ | {"DATAOPS_HOME": str(self.home), "HOME": str(user), "DATAOPS_ADMINS": "root@example.com"}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=driver.ROOT, env=given, stdout=log, stderr=log)
        wait_for(f"{self.url}/_stcore/health")
        wait_for(f"http://127.0.0.1:{self.provider_port}/.well-known/openid-configuration")

    def kill(self):
        self.provider.kill()
        self.provider.wait()
        super().kill()


def wait_for(address):
    for _ in range(300):
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"Nothing answers at {address}")


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A server with a project of olga's, which has a dataset with a version; analysts edit in it."""
    home = tmp_path_factory.mktemp("signin") / "home"
    server = Server(home)
    store = server.store().of("olga@example.com")
    project = datasets.make_project(store, "Sales", "olga@example.com")
    file = home.parent / "secret-sales.csv"
    file.write_text("id,amount\n" + "".join(f"{n},{n % 7}\n" for n in range(50)))
    server.dataset_id = datasets.add(store, project, file, file.name, "olga@example.com")
    versions.commit(store, server.dataset_id, "first", "olga@example.com")
    members.invite(store, project, "group:analysts", "editor", "olga@example.com", environment="sandbox")
    members.invite(store, project, "group:owners", "steward", "olga@example.com", environment="production")
    yield server
    server.end()


def sign_in(page, server, person, path="/"):
    page.goto(server.url + path)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile(f":{server.provider_port}/"))
    page.locator("input[name=sub]").fill(person)
    page.locator("button[type=submit], input[type=submit]").first.click()
    page.wait_for_url(re.compile(f":{server.port}/"))
    expect(page.get_by_role("button", name="Sign in")).to_have_count(0)
    driver.settle(page)


@pytest.mark.slow
def test_a_deep_link_shows_the_sign_in_and_nothing_else_and_forged_cookies_get_no_further(house, new_page):
    for cookies in ([], [("_streamlit_user", "forged"), ("_streamlit_user_0", "2|1:0|10:1|5:hello|")]):
        page = new_page(alone=True)
        page.context.add_cookies([{"name": name, "value": value, "url": house.url} for name, value in cookies])
        page.goto(f"{house.url}/versions?d={house.dataset_id}")
        expect(page.get_by_role("button", name="Sign in")).to_be_visible()
        assert "secret-sales" not in page.content()


@pytest.mark.slow
def test_whoever_is_in_a_group_sees_its_project_and_a_stranger_does_not(house, new_page):
    page = new_page(alone=True)
    sign_in(page, house, "ed@example.com")
    page.goto(f"{house.url}/versions?d={house.dataset_id}")
    expect(page.get_by_text("secret-sales").first).to_be_visible()
    other = new_page(alone=True)
    sign_in(other, house, "sam@example.com")
    other.goto(f"{house.url}/versions?d={house.dataset_id}")
    expect(other.get_by_text("There is no such project or dataset here").first).to_be_visible()
    assert "secret-sales" not in other.content()


@pytest.mark.slow
def test_two_people_in_two_browsers_one_asks_and_one_approves(house, new_page):
    ed, pia = new_page(height=1600, alone=True), new_page(height=1600, alone=True)
    for page, person in ((ed, "ed@example.com"), (pia, "pia@example.com")):
        sign_in(page, house, person)
        page.goto(f"{house.url}/versions?d={house.dataset_id}")
        page.get_by_role("tab", name="Release").click()
        driver.settle(page)
    ed.get_by_label("Into").click()
    ed.get_by_role("option", name="Production").click()
    driver.settle(ed)
    ed.get_by_label("Why").fill("Agreed on Monday")
    ed.get_by_label("Why").press("Enter")
    driver.settle(ed)
    ed.get_by_role("button", name="Ask for it").click()
    expect(ed.get_by_text("Waits for a second person")).to_be_visible()
    expect(ed.get_by_role("button", name="Approve")).to_be_disabled()
    pia.reload()
    pia.get_by_role("tab", name="Release").click()
    pia.get_by_role("button", name="Approve").click()
    expect(pia.get_by_text("approved by pia")).to_be_visible()
    store = house.store().of("olga@example.com")
    (made,) = promotions.listed(store, house.dataset_id)
    assert (made.requester, made.approver, made.standing) == ("ed@example.com", "pia@example.com", "approved")
    with store.reading() as connection:
        story = [(e["what"], e["actor"]) for e in audit.entries(connection, house.dataset_id)]
    assert story[-2:] == [("promotion requested", "ed@example.com"), ("promotion approved", "pia@example.com")]
