// One statement at a time, kept on the device while it is answered, and sent when there is a network.
// Without this file the page is one long form that works by itself.
"use strict";

(() => {
  const root = document.querySelector("[data-answering]");
  if (!root) return;
  const name = `styrkedjan-${root.dataset.answering}`;
  const device = matchMedia("(pointer: coarse)").matches ? "den här telefonen" : "den här datorn";
  const FIRST_WAIT = 4000;
  const LONGEST_WAIT = 60000;
  const LONGEST_COMMENT = 2000;
  const TOO_LATE = "På den här enheten finns svar som inte hann skickas in innan självvärderingen stängde.";
  const find = (what, within = root) => within.querySelector(what);
  const all = (what, within = root) => [...within.querySelectorAll(what)];
  const say = (text) => {
    const place = find("[data-state]");
    if (place && place.textContent !== text) place.textContent = text;
  };

  // ---- What is kept on the device ----
  const read = () => {
    try {
      return JSON.parse(localStorage.getItem(name));
    } catch {
      return null;
    }
  };
  const keep = (state) => {
    try {
      localStorage.setItem(name, JSON.stringify(state));
      return true;
    } catch {
      return false;
    }
  };
  const forget = () => {
    try {
      localStorage.removeItem(name);
    } catch {
      // What could not be kept need not be forgotten.
    }
  };

  // ---- Sending: done, later (no network, or a server that is not well) or refused (somebody must read why) ----
  const fields = (state, extra = {}) => {
    const body = new URLSearchParams({
      csrfmiddlewaretoken: find("[name=csrfmiddlewaretoken]").value,
      kvitto: state.receipt,
      rader: state.rows.join(","),
      ...extra,
    });
    state.rows.forEach((row, index) => {
      if (state.answers[row]) body.set(`a${index + 1}`, state.answers[row]);
      if (state.comments[row]) body.set(`k${index + 1}`, state.comments[row]);
    });
    return body;
  };
  const send = async (address, body) => {
    let answer;
    try {
      answer = await fetch(address, { method: "POST", body, redirect: "manual", credentials: "same-origin" });
    } catch {
      return "later";
    }
    if (answer.type === "opaqueredirect") return "done";
    return answer.status >= 500 || answer.status === 429 ? "later" : "refused";
  };
  let wait = FIRST_WAIT;
  let timer = 0;
  const again = (work) => {
    clearTimeout(timer);
    timer = setTimeout(work, wait * (0.75 + Math.random() / 2));
    wait = Math.min(LONGEST_WAIT, wait * 2);
  };
  const whenBack = (work) => {
    addEventListener("online", work);
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && work());
  };

  // ---- The page of what has been handed in ----
  const copying = () => {
    const copy = find("[data-copy]");
    if (copy && navigator.clipboard) {
      copy.hidden = false;
      copy.addEventListener("click", async () => {
        try {
          await navigator.clipboard.writeText(document.getElementById(copy.dataset.copy).textContent.trim());
          find("[data-copied]").textContent = "Kvittot är kopierat.";
        } catch {
          find("[data-copied]").textContent = "Det gick inte att kopiera. Skriv av kvittot eller ta en bild.";
        }
      });
    }
    const print = find("[data-print]");
    if (print) {
      print.hidden = false;
      print.addEventListener("click", () => window.print());
    }
  };
  const afterwards = async () => {
    copying();
    const state = read();
    if (!state?.queued || !root.dataset.send) {
      if (state?.queued && "closed" in root.dataset) say(TOO_LATE);
      forget();
      return;
    }
    say("En ändring väntar på den här enheten. Skickar den …");
    const became = await send(root.dataset.send, fields(state));
    if (became === "done") {
      forget();
      location.assign(root.dataset.done);
    } else if (became === "later") {
      say("En ändring väntar på den här enheten. Den skickas när nätet är tillbaka.");
      again(afterwards);
    } else {
      say("En ändring som väntade på den här enheten togs inte emot. Ändra i stället med ditt kvitto.");
    }
  };
  if ("handedIn" in root.dataset) {
    afterwards();
    return;
  }

  const form = find("#svar");
  if (!form) {
    if ("closed" in root.dataset && read()) say(TOO_LATE);
    return;
  }

  // ---- The form and its state ----
  const screens = all(".screen");
  const statements = screens.filter((screen) => find("fieldset", screen));
  const names = form.elements.rader.value.split(",");
  const rowOf = (screen) => names[statements.indexOf(screen)];
  const radios = (screen) => all("input[type=radio]", screen);
  const chosen = (screen) => radios(screen).find((radio) => radio.checked);
  const comment = (screen) => find("textarea", screen) || { value: "" }; // few take no comments
  let here = screens[0];
  let queued = false;
  let sending = false;
  const now = () => ({
    receipt: form.elements.kvitto.value,
    rows: names,
    answers: Object.fromEntries(statements.filter(chosen).map((screen) => [rowOf(screen), chosen(screen).value])),
    comments: Object.fromEntries(
      statements.filter((each) => comment(each).value.trim()).map((each) => [rowOf(each), comment(each).value]),
    ),
    at: here.id,
    queued,
  });
  const clock = () => {
    const time = new Date();
    return `${time.getHours()}.${String(time.getMinutes()).padStart(2, "0")}`;
  };
  const save = () => {
    if (!keep(now())) {
      say("Webbläsaren kan inte spara här. Lämna in, eller välj Spara och fortsätt senare, innan du stänger sidan.");
    } else if (!queued) {
      say(`Sparat på ${device} ${clock()}${navigator.onLine ? "" : ". Inget nät just nu, men du kan fortsätta svara."}`);
    }
  };
  const fill = (state) => {
    for (const screen of statements) {
      for (const radio of radios(screen)) radio.checked = state.answers[rowOf(screen)] === radio.value;
      const text = state.comments[rowOf(screen)] || "";
      comment(screen).value = text;
      find("details", screen).open = Boolean(text);
    }
    form.elements.kvitto.value = state.receipt || form.elements.kvitto.value;
  };

  // ---- One screen at a time ----
  const summary = () => {
    const missing = statements.filter((screen) => !chosen(screen));
    const box = find("[data-missing]");
    if (!box) return;
    box.hidden = missing.length === 0;
    find("ul", box).replaceChildren(
      ...missing.map((screen) => {
        const [line, button] = [document.createElement("li"), document.createElement("button")];
        button.type = "button";
        button.textContent = `${statements.indexOf(screen) + 1}. ${find("h2", screen).lastChild.textContent.trim()}`;
        button.addEventListener("click", () => show(screen));
        line.append(button);
        return line;
      }),
    );
  };
  const top = () => {
    const index = statements.indexOf(here);
    const intro = here === screens[0];
    find("[data-top]").hidden = intro;
    find("[data-factor]").textContent = find(".where > span", here)?.textContent || (intro ? "" : "Lämna in");
    const answered = statements.filter(chosen).length;
    find("[data-count]").textContent =
      index >= 0 ? `Rad ${index + 1} av ${statements.length}` : `${answered} av ${statements.length} besvarade`;
    find("[data-progress]").value = answered;
    find("[data-clear]").hidden = index < 0 || !chosen(here);
    find("[data-bar]").hidden = false;
  };
  const show = (screen, { focus = true, note = true } = {}) => {
    here.classList.remove("is-here");
    here = screen;
    here.classList.add("is-here");
    if (screen.classList.contains("screen--last")) summary();
    top();
    if (note) history.pushState({ at: screen.id }, "", `#${screen.id}`);
    if (focus) {
      scrollTo(0, 0);
      find("h1, h2", screen.classList.contains("screen--intro") ? find(".page-head", screen) : screen).focus({
        preventScroll: true,
      });
    }
  };
  const step = (by) => {
    const next = screens[screens.indexOf(here) + by];
    if (!next) return;
    show(next);
    save();
  };
  const trouble = (text) => {
    const place = find("[data-trouble]");
    if (!place) return;
    place.textContent = text;
    place.hidden = !text;
  };

  // ---- Handing in ----
  const done = () => {
    forget();
    location.assign(root.dataset.done);
  };
  const tooLong = () => statements.find((screen) => comment(screen).value.length > LONGEST_COMMENT);
  const waiting = () => {
    trouble(
      "Inget nät just nu. Svaret väntar på den här enheten och skickas av sig självt när nätet är tillbaka. " +
        "Stänger du sidan: öppna den igen när du har nät, så skickas det då.",
    );
    say("Svaret är inte inlämnat än. Det väntar på nätet.");
  };
  const handIn = async (later = false) => {
    if (sending) return;
    sending = true;
    queued = !later;
    save();
    say(later ? "Sparar hos oss …" : "Skickar …");
    const became = await send(form.action, fields(now(), later ? { spara: "senare" } : {}));
    sending = false;
    if (became === "done") {
      done();
    } else if (became === "later" && !later) {
      waiting();
      again(() => queued && handIn());
    } else if (became === "later") {
      trouble("Inget nät just nu. Svaren är sparade på den här enheten. Försök igen när du har nät.");
      say("");
    } else {
      queued = false;
      save();
      if (later) {
        const extra = document.createElement("input");
        Object.assign(extra, { type: "hidden", name: "spara", value: "senare" });
        form.append(extra);
      }
      form.submit(); // the server's own page says what is wrong, with everything kept
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const long = tooLong();
    if (long) {
      show(long);
      find("details", long).open = true;
      comment(long).focus();
      return;
    }
    if (!statements.some((screen) => chosen(screen) || comment(screen).value.trim())) {
      trouble("Du har inte svarat på något än. Svara på minst ett påstående. Det är inget fel att hoppa över.");
      return;
    }
    trouble("");
    wait = FIRST_WAIT;
    handIn(event.submitter?.name === "spara");
  });

  // ---- Hands and keys ----
  form.addEventListener("change", () => {
    if (queued) queued = false; // it is being changed: it waits for a new handing in
    save();
    top();
  });
  let typing = 0;
  form.addEventListener("input", (event) => {
    if (event.target.tagName !== "TEXTAREA") return;
    clearTimeout(typing);
    typing = setTimeout(save, 400);
    const over = event.target.value.length - LONGEST_COMMENT;
    if (over > 0) say(`Kommentaren är ${over} tecken för lång. Den får ha högst ${LONGEST_COMMENT}.`);
  });
  for (const fold of all(".comment")) {
    fold.addEventListener("toggle", () => {
      if (fold.open && fold.closest(".screen") === here) find("textarea", fold).scrollIntoView({ block: "center" });
    });
  }
  for (const button of all("[data-next]")) button.addEventListener("click", () => step(1));
  find("[data-back]").addEventListener("click", () => step(-1));
  find("[data-clear]").addEventListener("click", () => {
    for (const radio of radios(here)) radio.checked = false;
    save();
    top();
    find("h2", here).focus({ preventScroll: true });
  });
  form.addEventListener("keydown", (event) => {
    const { target, key } = event;
    const plain = !event.altKey && !event.ctrlKey && !event.metaKey;
    const onAnswer = target.type === "radio" || target.tagName === "H2" || target.tagName === "H1";
    if (!plain || !onAnswer) return;
    if (key === "Enter") {
      event.preventDefault(); // not the form's: that would hand in half a sheet
      if (here !== screens.at(-1)) step(1);
    } else if (/^[1-9]$/.test(key) && radios(here)[key - 1]) {
      radios(here)[key - 1].click();
      radios(here)[key - 1].focus();
    } else if (target.type !== "radio" && key === "ArrowRight" && here !== screens.at(-1)) {
      step(1);
    } else if (target.type !== "radio" && key === "ArrowLeft" && here !== screens[0]) {
      step(-1);
    } else if (target.type !== "radio" && key === "ArrowDown" && radios(here).length) {
      event.preventDefault();
      (chosen(here) || radios(here)[0]).focus();
    }
  });
  addEventListener("popstate", () => {
    const screen = screens.find((each) => `#${each.id}` === location.hash) || screens[0];
    show(screen, { note: false });
  });
  document.getElementById("borja-om").addEventListener("submit", forget);
  const tellOfNetwork = () => {
    if (queued) return;
    say(navigator.onLine ? "Nätet är tillbaka." : `Inget nät just nu. Det du svarar sparas på ${device}.`);
  };
  addEventListener("online", tellOfNetwork);
  addEventListener("offline", tellOfNetwork);
  whenBack(() => queued && handIn());

  // ---- Beginning, or going on ----
  if ("closed" in root.dataset) return; // everything stands on one page, to be read and copied
  const held = read();
  const told = "told" in root.dataset;
  if (held && !told) {
    fill(held);
    queued = Boolean(held.queued);
  }
  root.classList.add("is-stepped");
  find("[data-begin]").hidden = false;
  const begun = statements.some(chosen);
  find("[data-go]").textContent = begun ? "Fortsätt" : "Börja";
  find("[data-again]").hidden = !begun;
  const wrong = find(".screen .field--wrong");
  const asked = screens.find((each) => `#${each.id}` === location.hash);
  const first = wrong ? wrong.closest(".screen") : told ? screens[0] : asked;
  show(first || screens[0], { focus: Boolean(first) && first !== screens[0], note: false });
  if (wrong) find("textarea", wrong).focus();
  if (told && begun) save();
  if (held && !told && begun && !queued) say(`Dina svar finns kvar på ${device}.`);
  find("[data-go]").addEventListener("click", () => {
    const last = screens.slice(1).find((each) => each.id === held?.at);
    show((begun && (last || statements.find((screen) => !chosen(screen)))) || screens[1]);
  });
  if (queued) {
    show(screens.at(-1), { note: false });
    handIn();
  }
})();
