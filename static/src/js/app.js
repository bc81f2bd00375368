// Starts the design system's components and our own. Every page works without this.

// The hashed address of the design system comes from the page: it can't be written here.
const { nhsukFrontend } = document.querySelector("script[data-nhsuk-frontend]").dataset;

document.body.classList.add("js-enabled", "nhsuk-frontend-supported");

const { initAll } = await import(nhsukFrontend);
initAll();

// Each group of check boxes says how many are ticked in it.
for (const group of document.querySelectorAll("[data-checkbox-group]")) {
  group.addEventListener("change", () => {
    const count = group.querySelectorAll("input:checked").length;
    group.querySelector("[data-checkbox-count]").textContent = `${count} chosen`;
  });
}

// A box narrows a long list of check boxes; what is ticked stays in sight.
function narrow(fieldset, words, status) {
  let shown = 0;
  for (const group of fieldset.querySelectorAll("[data-checkbox-group]")) {
    const before = shown;
    for (const item of group.querySelectorAll(".nhsuk-checkboxes__item")) {
      const wanted = item.textContent.toLowerCase().includes(words);
      item.hidden = !wanted && !item.querySelector("input").checked;
      shown += item.hidden ? 0 : 1;
    }
    group.hidden = shown === before;
    group.open = words !== "" || group.querySelector("input:checked") !== null;
  }
  status.textContent = `${shown} shown, ${fieldset.querySelectorAll("input:checked").length} chosen`;
}

for (const box of document.querySelectorAll("[data-checkbox-filter]")) {
  const input = box.querySelector("input");
  const status = box.querySelector("[role=status]");
  const update = () => narrow(box.closest("fieldset"), input.value.trim().toLowerCase(), status);
  box.hidden = false;
  input.addEventListener("input", update);
  // Enter would send the whole form.
  input.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
}

// Suggested boxes and those of the list stand for the same thing.
document.addEventListener("change", ({ target }) => {
  if (target.type !== "checkbox" || target.name !== "recommendations") {
    return;
  }
  for (const twin of document.querySelectorAll(`input[name=recommendations][value="${target.value}"]`)) {
    if (twin !== target && twin.checked !== target.checked) {
      twin.checked = target.checked;
      twin.closest("details")?.setAttribute("open", "");
      twin.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }
});

// The recommendations and indicators of the chosen theme come first.
const theme = document.getElementById("id_theme");
theme?.addEventListener("change", () => {
  const title = theme.selectedOptions[0].textContent.trim();
  for (const summary of theme.form.querySelectorAll("[data-checkbox-group] summary span:first-child")) {
    if (summary.textContent.trim() === title) {
      const group = summary.closest("[data-checkbox-group]");
      const first = group.parentElement.querySelector("[data-checkbox-group]");
      first.before(group);
      group.open = true;
    }
  }
});

// The form of an entry saves itself as a draft (htmx does the sending). What can't be sent is kept
// in this browser until it can, and offered again on the next visit.
const form = document.querySelector("form[data-draft]");

function typed() {
  return [...new FormData(form)].filter(([name]) => !/^(csrf|draft|later|suggest)/.test(name));
}

function retype(entries) {
  for (const control of form.elements) {
    const values = entries.filter(([name]) => name === control.name).map(([, value]) => value);
    if (["checkbox", "radio"].includes(control.type)) {
      control.checked = values.includes(control.value);
    } else if (values.length > 0) {
      control.value = values[0];
    }
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

function cookie(name) {
  return document.cookie.split("; ").find((each) => each.startsWith(`${name}=`))?.split("=")[1];
}

if (form) {
  const status = document.getElementById("draft-status");
  const place = `atf-draft ${form.dataset.author} ${location.pathname}`;
  let unsaved = false;
  let leaving = false;

  form.addEventListener("input", () => { unsaved = true; });
  form.addEventListener("change", () => { unsaved = true; });
  form.addEventListener("htmx:beforeRequest", ({ target }) => {
    unsaved = target === form ? false : unsaved;
  });
  form.addEventListener("htmx:afterRequest", ({ target, detail }) => {
    if (target !== form) {
      return;
    }
    // Kept also when signed out (401); refused for good when another window went on (409).
    if (detail.successful || detail.xhr.status === 401) {
      localStorage.removeItem(place);
    } else if (detail.xhr.status !== 409) {
      unsaved = true;
      localStorage.setItem(place, JSON.stringify(typed()));
      status.textContent = "Not saved: no connection. What you type is kept in this browser, and saved as soon as the connection is back.";
      setTimeout(() => window.htmx.trigger(form, "retry"), 3000);
    }
  });
  form.addEventListener("submit", () => {
    leaving = true;
    window.htmx?.trigger(form, "htmx:abort");
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

  const kept = localStorage.getItem(place);
  if (kept) {
    const offer = document.getElementById("draft-kept");
    offer.hidden = false;
    offer.querySelector("[data-restore]").addEventListener("click", () => {
      retype(JSON.parse(kept));
      offer.hidden = true;
      form.elements.title.focus();
    });
    offer.querySelector("[data-forget]").addEventListener("click", () => {
      localStorage.removeItem(place);
      offer.hidden = true;
    });
  }
}

// One button ticks every box of a list, or none, and a line says how many are ticked.
for (const bar of document.querySelectorAll("[data-tick-all]")) {
  const boxes = [...document.querySelectorAll(`input[name="${bar.dataset.tickAll}"]`)];
  const button = bar.querySelector("button");
  const all = button.textContent;
  const ticked = () => boxes.filter((box) => box.checked).length;
  const update = () => {
    button.textContent = ticked() === boxes.length ? "Tick none" : all;
    bar.querySelector("[role=status]").textContent = `${ticked()} of ${boxes.length} ticked`;
  };
  bar.hidden = false;
  update();
  button.addEventListener("click", () => {
    const none = ticked() === boxes.length;
    for (const box of boxes) box.checked = !none;
    update();
  });
  bar.closest("form").addEventListener("change", update);
}
