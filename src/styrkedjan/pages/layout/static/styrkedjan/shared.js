// Rating together: each row saves itself when something in it changes, and the wall is driven by keys.
// Without this script every row has a button, and the wall has links and buttons.
"use strict";

(() => {
  const FAILED = "Inte sparat: sidan nådde inte fram. Försök igen med knappen.";

  // The answer is the same page as without a script: the row's own part of it takes the place of the old one.
  const save = async (row, form) => {
    const state = row.querySelector("[data-state]");
    state.textContent = "Sparar …";
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(row.id);
    if (!fresh) {
      throw new Error(String(answer.status));
    }
    if (answer.ok) {
      form.elements.seen.value = fresh.querySelector("[name=seen]").value;
      state.textContent = fresh.querySelector("[data-state]").textContent;
      return;
    }
    row.replaceWith(document.adoptNode(fresh));
    listen(fresh);
    fresh.querySelector("a, button").focus();
  };

  const listen = (row) => {
    const form = row.querySelector("form");
    if (!form) {
      return;
    }
    let waiting = Promise.resolve();
    const saved = () => {
      waiting = waiting
        .then(() => (row.isConnected ? save(row, form) : undefined))
        .catch(() => { row.querySelector("[data-state]").textContent = FAILED; });
    };
    form.addEventListener("change", saved);
    form.addEventListener("submit", (event) => { event.preventDefault(); saved(); });
  };
  document.querySelectorAll("[data-rate]").forEach(listen);

  const wall = document.querySelector("[data-wall]");
  if (wall) {
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) {
        return;
      }
      const way = { ArrowRight: "next", PageDown: "next", ArrowLeft: "prev", PageUp: "prev" }[event.key];
      const target = way
        ? wall.querySelector(`a[rel=${way}]`)
        : /^[1-9]$/.test(event.key) && wall.querySelectorAll(".wall__step")[Number(event.key) - 1];
      if (target) {
        event.preventDefault();
        target.click();
      }
    });
  }
})();
