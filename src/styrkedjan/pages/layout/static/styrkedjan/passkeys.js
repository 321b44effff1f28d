// Passkeys: asks the site for a question, lets the device answer it, and sends the answer with the page's own form.
"use strict";

(() => {
  const TROUBLE = {
    cancelled: "Det avbröts, eller så tog det för lång tid. Inget har ändrats. Försök igen när du vill.",
    taken: "Den här enheten har redan en passkey för ditt konto. Använd den, eller välj en annan enhet.",
    address: "Passkeys fungerar inte på den här adressen. Öppna sidan på dess vanliga adress och försök igen.",
    device: "Enheten klarar inte passkeys med skärmlås. Slå på skärmlåset, eller välj en annan enhet.",
    asking: "Frågan till din passkey kom inte fram. Försök igen om en stund, eller använd ett annat sätt.",
    other: "Det gick inte att använda passkeyn. Försök igen, eller använd ett annat sätt.",
  };
  const UNSUPPORTED = "Din webbläsare har inte stöd för passkeys. Använd ett annat sätt, eller en nyare webbläsare.";
  const REASONS = {
    NotAllowedError: "cancelled",
    AbortError: "cancelled",
    InvalidStateError: "taken",
    SecurityError: "address",
    ConstraintError: "device",
    NotSupportedError: "device",
  };

  const toBytes = (text) => {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
  };
  const toText = (bytes) => {
    const plain = String.fromCharCode(...new Uint8Array(bytes));
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };
  const withBytes = (keys) => (keys || []).map((key) => ({ ...key, id: toBytes(key.id) }));

  const sign = async (options) =>
    navigator.credentials.get({
      publicKey: {
        ...options,
        challenge: toBytes(options.challenge),
        allowCredentials: withBytes(options.allowCredentials),
      },
    });
  const make = async (options) =>
    navigator.credentials.create({
      publicKey: {
        ...options,
        challenge: toBytes(options.challenge),
        user: { ...options.user, id: toBytes(options.user.id) },
        excludeCredentials: withBytes(options.excludeCredentials),
      },
    });

  const written = (credential) => {
    const told = credential.response;
    const response = { clientDataJSON: toText(told.clientDataJSON) };
    for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (told[part]) response[part] = toText(told[part]);
    }
    return JSON.stringify({
      id: credential.id,
      rawId: toText(credential.rawId),
      type: credential.type,
      response,
      clientExtensionResults: {},
    });
  };

  const ask = async (form) => {
    const token = form.elements.csrfmiddlewaretoken.value;
    let answer;
    try {
      answer = await fetch(form.dataset.question, {
        method: "POST",
        headers: { "X-CSRFToken": token, Accept: "application/json" },
        credentials: "same-origin",
      });
    } catch {
      throw { name: "asking" };
    }
    if (!answer.ok || !(answer.headers.get("Content-Type") || "").startsWith("application/json")) {
      throw { name: "asking" };
    }
    return answer.json();
  };

  const tell = (form, text) => {
    const place = form.querySelector("[data-passkey-trouble]");
    const line = document.createElement("p");
    line.textContent = text;
    place.replaceChildren(...(text ? [line] : []));
    place.hidden = !text;
  };

  const use = async (form, button) => {
    button.disabled = true;
    tell(form, "");
    try {
      const options = await ask(form);
      const credential = form.dataset.passkey === "make" ? await make(options) : await sign(options);
      form.elements.credential.value = written(credential);
      form.submit();
    } catch (trouble) {
      const reason = trouble.name === "asking" ? "asking" : REASONS[trouble.name] || "other";
      tell(form, TROUBLE[reason]);
      button.disabled = false;
      button.focus();
    }
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.querySelector("[data-passkey-without]").hidden = true;
    if (!window.PublicKeyCredential) {
      tell(form, UNSUPPORTED);
      continue;
    }
    const button = form.querySelector("[data-passkey-button]");
    button.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!button.disabled) use(form, button);
    });
  }
})();
