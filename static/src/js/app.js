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
