"""Eight people who change the same few entries at once, over HTTP, for a minute.

    DATABASE_URL=sqlite:////tmp/saves.sqlite3 .venv/bin/python benchmarks/concurrent_saves.py

Takes a database that may be filled with made entries, serves it as `make run` does, and lets each
person open an entry's form, add a mark of their own to its description, and save. Whoever is told
of a conflict keeps their own words and saves again. Prints what was answered. Fails if an answer
was anything but a page, a redirect or a conflict, if a mark that was said to be saved is in no
version of its entry, or if two saves have made one version.
"""

import argparse
import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from http.cookiejar import CookieJar
from pathlib import Path
from types import SimpleNamespace

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.core.management import call_command
from django.urls import reverse

from recommendations.models import Place
from stocktake.models import ActivityVersion
from tests.factories import ActivityFactory, RoundFactory, ThemeFactory, UserFactory
from tests.stocktake.views import Page

PEOPLE = 8
ENTRIES = 3


class KeepRedirect(urllib.request.HTTPRedirectHandler):
    """Gives a redirect back as the answer that it is."""

    def redirect_request(self, *args):
        return None


class Person:
    """Someone in a browser of their own."""

    def __init__(self, address, email):
        self.address = address
        handlers = urllib.request.HTTPCookieProcessor(CookieJar()), KeepRedirect()
        self.opener = urllib.request.build_opener(*handlers)
        self.sign_in(email)

    def ask(self, path, data=None):
        """The status and the text of an answer."""
        body = urllib.parse.urlencode(data, doseq=True).encode() if data else None
        try:
            with self.opener.open(self.address + path, body, timeout=60) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read()

    def form(self, path, answer=None):
        """What the form of a page would send."""
        _, content = answer or self.ask(path)
        page = SimpleNamespace(status_code=200, content=content, request={"PATH_INFO": path})
        return Page(page).form_data()

    def sign_in(self, email):
        """Go through the sign-in page."""
        path = reverse("account_login")
        _, content = self.ask(path)
        token = re.search(rb'csrfmiddlewaretoken" value="(\w+)"', content)[1].decode()
        data = {"csrfmiddlewaretoken": token, "login": email, "password": "correct horse"}
        status, _ = self.ask(path, data)
        if status != 302:
            raise SystemExit(f"{email} could not sign in: {status}")


def work(person, number, entries, until, answers, saved):
    """Change entries until the time is up; note each answer and each mark said to be saved."""
    turn = 0
    while time.monotonic() < until:
        entry = entries[(number + turn) % len(entries)]
        path = reverse("stocktake:activity-update", args=[entry.pk])
        mark = f"mark-{number}-{turn}."
        turn += 1
        data = person.form(path)
        data["description"] = [f"{data['description'][0]} {mark}"[-2000:]]
        answer = person.ask(path, data)
        answers[answer[0]] += 1
        while answer[0] == 409:
            answer = person.ask(path, person.form(path, answer))
            answers[answer[0]] += 1
        if answer[0] == 302:
            saved.append((entry.pk, mark))


def prepare():
    """Eight leads of one place, and a few entries of it; returns addresses and entries."""
    call_command("migrate", verbosity=0)
    call_command("loaddata", "framework", verbosity=0)
    sefton = Place.objects.get(slug="sefton")
    people = [UserFactory(email=f"person{n}@example.org", places=[sefton]) for n in range(PEOPLE)]
    this_round = RoundFactory(name="Benchmark")
    entries = [
        ActivityFactory(round=this_round, theme=ThemeFactory(code="T1"), places=[sefton])
        for _ in range(ENTRIES)
    ]
    return [user.email for user in people], entries


def serve():
    """The server, as `make run` starts it, and its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = ["gunicorn", "atf.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2"]
    command = [sys.executable, "-m", *command, "--threads", "4", "--log-level", "warning"]
    server = subprocess.Popen(command, cwd=ROOT)  # noqa: S603
    for _ in range(100):
        time.sleep(0.1)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
    return server, f"http://127.0.0.1:{port}"


def check(saved):
    """What was lost: marks said to be saved that no version holds."""
    texts = {}
    for activity, content in ActivityVersion.objects.values_list("activity", "content"):
        texts.setdefault(activity, []).append(content["description"])
    return [
        (entry, mark) for entry, mark in saved if not any(mark in text for text in texts[entry])
    ]


def main():
    """Run it, and say how it went."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=60)
    seconds = parser.parse_args().seconds
    emails, entries = prepare()
    server, address = serve()
    answers, saved = Counter(), []
    try:
        people = [Person(address, email) for email in emails]
        until = time.monotonic() + seconds
        threads = [
            threading.Thread(target=work, args=(person, number, entries, until, answers, saved))
            for number, person in enumerate(people)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        server.terminate()
        server.wait()
    lost = check(saved)
    print(f"{len(saved)} saves, {answers[409]} conflicts told, {len(lost)} lost; {dict(answers)}")
    if lost or set(answers) - {200, 302, 409}:
        raise SystemExit(f"Lost: {lost[:5]}")


if __name__ == "__main__":
    main()
