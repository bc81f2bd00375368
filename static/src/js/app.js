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
    group.open = words !== "" || group.querySelector("input:checked") !== null || group.hasAttribute("data-own");
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

// The form that was left has arrived: what draft.js kept of it for the case that it does not, can go.
const left = sessionStorage.getItem("atf-left");
if (left && !document.querySelector("form[data-draft]:not([data-sent])")) {
  localStorage.removeItem(left);
  sessionStorage.removeItem("atf-left");
}

// What could not be sent is nobody else's: it goes when its author signs out.
document.querySelector(".nhsuk-header__account-form")?.addEventListener("submit", () => {
  for (const key of Object.keys(localStorage).filter((each) => each.startsWith("atf-draft "))) {
    localStorage.removeItem(key);
  }
});

// Text sent after the session had ended comes back once one has signed in again. The form of an entry
// has a better way: draft.js.
const sent = `atf-sent ${location.pathname}`;
const back = sessionStorage.getItem(sent);
sessionStorage.removeItem(sent);
for (const form of document.querySelectorAll("main form[method=post]:not([data-draft]):has(textarea)")) {
  const texts = () => [...form.elements].filter((each) => ["textarea", "text", "radio", "checkbox"].includes(each.type) && each.name);
  if (back && new URL(document.referrer || location).pathname.startsWith("/accounts/login/")) {
    for (const [id, value, checked] of JSON.parse(back)) {
      const control = document.getElementById(id);
      if (control) {
        control.value = value;
        control.checked = checked;
      }
    }
  }
  form.addEventListener("submit", () => {
    sessionStorage.setItem(sent, JSON.stringify(texts().map(({ id, value, checked }) => [id, value, checked])));
  });
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
