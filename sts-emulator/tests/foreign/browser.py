"""The page in headless Chromium, over the WebDriver protocol: all three forms, without a script on the page."""

import json
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

URL, DRIVER = sys.argv[1], sys.argv[2]


class Browser:
    def __init__(self, port, profile):
        self.base = f"http://127.0.0.1:{port}"
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
        options += ["--disable-component-update", "--disable-sync", f"--user-data-dir={profile}"]
        preferences = {"profile.managed_default_content_settings.javascript": 2}
        chrome = {"args": options, "prefs": preferences}
        capabilities = {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": chrome}}
        session = self.ask("POST", "/session", {"capabilities": capabilities})
        self.base += "/session/" + session["sessionId"]

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {"content-type": "application/json"}, method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=60) as answer:
            return json.load(answer)["value"]

    def find(self, css):
        found = self.ask("POST", "/element", {"using": "css selector", "value": css})
        return "/element/" + next(iter(found.values()))

    def text(self, css):
        return self.ask("GET", self.find(css) + "/text")

    def says(self, css, text):
        """Waits until the page that a click led to is there; a click may return before."""
        seen, end = "", time.monotonic() + 30
        while text not in seen:
            assert time.monotonic() < end, f"{css}: {seen}"
            try:
                seen = self.text(css)
            except urllib.error.HTTPError:
                seen = "the element is gone with its page, or not there yet"

    def click(self, css):
        self.ask("POST", self.find(css) + "/click", {})

    def type(self, css, text):
        element = self.find(css)
        self.ask("POST", element + "/clear", {})
        self.ask("POST", element + "/value", {"text": text})


def look(browser):
    browser.ask("POST", "/url", {"url": URL + "/"})
    assert browser.ask("GET", "/title") == "sts-emulator"

    browser.type("#make input[name=sub]", "ada")
    browser.click("#make button")
    browser.says("#message", "A subject token was made")

    browser.type("#exchange input[name=identity_pool_id]", "pool-abc")
    browser.click("#exchange button")
    browser.says("#message", "The subject token was exchanged.")
    browser.says("#reply", '"token_type":"Bearer"')
    browser.says("#exchanges", "a token for ada in pool-abc, 900 s")

    browser.type("#fault input[name=retry_after]", "7")
    browser.click("#fault button")
    browser.says("#message", "The fault waits for exchanges.")

    # The form for an exchange is empty on a page that another form led to.
    browser.click("#make button")
    browser.says("#message", "A subject token was made")
    browser.click("#exchange button")
    browser.says("#message", "429, as a fault demands")
    if len(sys.argv) > 3:
        import base64

        with open(sys.argv[3], "wb") as picture:
            picture.write(base64.b64decode(browser.ask("GET", "/screenshot")))


with tempfile.TemporaryDirectory() as profile:
    driver = subprocess.Popen([DRIVER, "--port=0"], stdout=subprocess.PIPE, text=True)
    try:
        port = None
        while port is None:
            line = driver.stdout.readline()
            assert line, "the driver ended"
            if "started successfully on port" in line:
                port = line.rstrip(".\n").rsplit(" ", 1)[1]
        browser = Browser(port, profile)
        try:
            look(browser)
        finally:
            browser.ask("DELETE", "")
    finally:
        driver.terminate()
        driver.wait()

print("done")
