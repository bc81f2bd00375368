// The form of an entry: it saves itself as a draft (htmx does the sending), and its parts know of
// each other. What can't be sent is kept in this browser until it can, and offered again.

const form = document.querySelector("form[data-draft]");
const { draft, author } = form.dataset;
const place = `atf-draft ${author} ${draft}`;
const status = document.getElementById("draft-status");
const news = document.getElementById("draft-news");
let told = "";
let unsaved = false;
let leaving = false;

// Suggested boxes and those of the list stand for the same thing.
form.addEventListener("change", ({ target }) => {
  if (target.type !== "checkbox" || target.name !== "recommendations") {
    return;
  }
  for (const twin of form.querySelectorAll(`input[name=recommendations][value="${target.value}"]`)) {
    if (twin !== target && twin.checked !== target.checked) {
      twin.checked = target.checked;
      twin.closest("details")?.setAttribute("open", "");
      twin.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }
});

// The recommendations and indicators of the chosen theme come first.
form.elements.theme.addEventListener("change", ({ target }) => {
  const title = target.selectedOptions[0].textContent.trim();
  for (const group of form.querySelectorAll("[data-checkbox-group]")) {
    const own = group.querySelector("summary span").textContent.trim() === title;
    group.toggleAttribute("data-own", own);
    if (own) {
      group.parentElement.querySelector("[data-checkbox-group]").before(group);
      group.open = true;
    }
  }
});

// Whoever types in a field that someone else has changed means to keep what they type.
form.addEventListener("input", ({ target }) => {
  for (const mine of form.querySelectorAll("input[name^=keep_][value=mine]")) {
    const name = mine.name.replace("keep_", "");
    if (target.name === name || target.name.startsWith(`${name}_`) || target.name.startsWith(`${name}-`)) {
      mine.checked = true;
    }
  }
});

function typed() {
  return [...new FormData(form)].filter(([name]) => !/^(csrf|draft|later|suggest)/.test(name));
}

function keepHere() {
  localStorage.setItem(place, JSON.stringify({ path: location.pathname, entries: typed() }));
}

function retype(entries) {
  for (const control of form.elements) {
    const values = entries.filter(([name]) => name === control.name).map(([, value]) => value);
    if (["checkbox", "radio"].includes(control.type)) {
      control.checked = values.includes(control.value);
    } else if (control.type !== "hidden" && values.length > 0) {
      control.value = values[0];
    }
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

function cookie(name) {
  return document.cookie.split("; ").find((each) => each.startsWith(`${name}=`))?.split("=")[1];
}

// Said aloud only when it changes: the line that all can see changes with every pause.
function tell(code) {
  const saved = code >= 200 && code < 300;
  const now = saved ? "The draft saves itself." : code === 401 ? "Signed out: the draft is saved." : "The draft is not saved.";
  if (now !== told) {
    told = now;
    news.textContent = now;
  }
}

for (const event of ["input", "change"]) {
  form.addEventListener(event, () => { unsaved = true; });
}

form.addEventListener("htmx:beforeRequest", ({ target }) => {
  unsaved = target === form ? false : unsaved;
});

form.addEventListener("htmx:afterRequest", ({ target, detail }) => {
  if (target !== form) {
    return;
  }
  const { status: code } = detail.xhr;
  tell(code);
  // Kept also when signed out (401); refused for good when another window went on (409).
  if (detail.successful || code === 401) {
    localStorage.removeItem(place);
  } else if (code !== 409) {
    unsaved = true;
    keepHere();
    status.textContent = "Not saved: the text may be too long. It is kept in this browser.";
  }
  // Without an answer, or with one that is the server's own trouble, the next try may succeed.
  if (code === 0 || code >= 500) {
    status.textContent = "Not saved: no connection. What you type is kept in this browser, and saved as soon as the connection is back.";
    setTimeout(() => window.htmx.trigger(form, "retry"), 3000);
  }
});

form.addEventListener("submit", () => {
  leaving = true;
  window.htmx?.trigger(form, "htmx:abort");
  // Should the answer never come, it is offered again; app.js forgets it on the page that comes.
  keepHere();
  sessionStorage.setItem("atf-left", place);
  // Signing in again in another window has changed it.
  const token = cookie("csrftoken");
  if (token) {
    form.elements.csrfmiddlewaretoken.value = token;
  }
});

window.addEventListener("pagehide", () => {
  if (unsaved && !leaving) {
    navigator.sendBeacon(form.getAttribute("hx-post"), new FormData(form));
  }
});

// Kept for this very draft, or for a new entry like this one, which is still empty.
function findKept() {
  const isNew = form.elements.draft_number.value === "" && !form.elements.version.value;
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(`atf-draft ${author} `));
  return keys.find((key) => key === place)
    ?? keys.find((key) => isNew && JSON.parse(localStorage.getItem(key)).path === location.pathname);
}

const kept = form.hasAttribute("data-sent") ? undefined : findKept();
if (kept) {
  const offer = document.getElementById("draft-kept");
  offer.hidden = false;
  offer.querySelector("[data-restore]").addEventListener("click", () => {
    const { entries } = JSON.parse(localStorage.getItem(kept));
    localStorage.removeItem(kept);
    retype(entries);
    offer.hidden = true;
    form.elements.title.focus();
  });
  offer.querySelector("[data-forget]").addEventListener("click", () => {
    localStorage.removeItem(kept);
    offer.hidden = true;
  });
}
