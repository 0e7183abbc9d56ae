/* The session of the person at this page. The server is asked before a form is sent; use keeps the session alive; without use
   the page goes away, and what was typed is kept for its person alone: encrypted with a key that the server gives to them. */
(function () {
  "use strict";

  const notices = document.querySelector("[data-alive]");
  if (!notices) return;
  const account = notices.dataset.account;
  const idle = Number(notices.dataset.idleSeconds) * 1000;
  const here = window.location.pathname + window.location.search;
  const STORED = "kept:" + account;
  const USED = "used:" + account;
  const KEPT_AT_MOST = 12 * 60 * 60 * 1000;
  const ASK_PATIENCE = 10000;
  let key = null;
  let lastAsked = Date.now();
  let isLeaving = false;

  /* Whether the person of this page is still signed in, with a fresh token for its forms, and their key. */
  function ask() {
    lastAsked = Date.now();
    return fetch(notices.dataset.alive, { method: "POST", cache: "no-store", signal: AbortSignal.timeout(ASK_PATIENCE) })
      .then(function (answer) { return answer.ok ? answer.json() : { account: account, csrf: null, key: null }; })
      .then(function (state) {
        state.isMine = String(state.account) === account;
        return state.isMine ? takeKey(state) : state;
      });
  }

  /* Before a form is sent -------------------------------------------------- */
  function send(form, button, token) {
    if (token) form.elements.namedItem("csrfmiddlewaretoken").value = token;
    form.dataset.asked = "yes";
    delete form.dataset.sent;
    form.requestSubmit(button);
  }
  function say(form, why) {
    delete form.dataset.sent;
    notices.hidden = false;
    notices.querySelectorAll("[data-why]").forEach(function (line) { line.hidden = line.dataset.why !== why; });
    notices.focus();
  }
  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (form.method.toLowerCase() !== "post" || form.dataset.asked || !form.closest("main") || event.defaultPrevented) return;
    event.preventDefault();
    notices.hidden = true;
    const button = event.submitter;
    ask()
      .then(function (state) {
        if (state.isMine) send(form, button, state.csrf);
        else say(form, "signed-out");
      })
      .catch(function () { say(form, "offline"); });
  });

  /* What was typed ----------------------------------------------------------- */
  const NOT_KEPT = ["password", "file", "submit", "button", "reset", "image"];

  function forms() {
    return Array.from(document.querySelectorAll("main form")).filter(function (form) { return form.method.toLowerCase() === "post"; });
  }
  function fieldsOf(form) {
    return Array.from(form.elements).filter(function (field) {
      return field.name && field.name !== "csrfmiddlewaretoken" && !NOT_KEPT.includes(field.type) && field.tagName !== "FIELDSET";
    });
  }
  function isSwitch(field) { return field.type === "checkbox" || field.type === "radio"; }
  function contentOf(field) {
    if (isSwitch(field)) return field.checked;
    if (field.tagName === "SELECT") return Array.from(field.options).map(function (option) { return option.selected; });
    return field.value;
  }
  function isChanged(field) {
    if (field.type === "hidden") return false;
    if (isSwitch(field)) return field.checked !== field.defaultChecked;
    if (field.tagName === "SELECT") {
      return Array.from(field.options).some(function (option) { return option.selected !== option.defaultSelected; }) && field.value !== "";
    }
    return field.value !== field.defaultValue;
  }
  function typed() {
    const wasRefused = document.querySelector("main .has-error, main .error-summary");
    return forms().map(function (form, index) { return { index: index, form: form }; })
      .filter(function (one) { return wasRefused || fieldsOf(one.form).some(isChanged); })
      .map(function (one) {
        return { index: one.index, fields: fieldsOf(one.form).map(function (field) { return [field.name, contentOf(field)]; }) };
      });
  }
  function fill(field, value) {
    if (isSwitch(field)) field.checked = value;
    else if (field.tagName === "SELECT") Array.from(field.options).forEach(function (option, place) { option.selected = Boolean(value[place]); });
    else field.value = value;
    if (field.type === "hidden") return;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
  function fillForm(form, fields) {
    const kept = {};
    fields.forEach(function (pair) { kept[pair[0]] = [...(kept[pair[0]] || []), pair[1]]; });
    fieldsOf(form).forEach(function (field) {
      const value = (kept[field.name] || []).shift();
      if (value !== undefined && JSON.stringify(contentOf(field)) !== JSON.stringify(value)) fill(field, value);
    });
    return true;
  }

  /* Kept in this window alone, encrypted; without a secure connection browsers have no encryption, and nothing is kept. */
  function takeKey(state) {
    if (key || !state.key || !window.crypto.subtle) return state;
    const raw = Uint8Array.from(window.atob(state.key), function (sign) { return sign.charCodeAt(0); });
    return window.crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]).then(function (made) { key = made; return state; });
  }
  function keepTyped() {
    const kept = typed();
    if (!key || !kept.length) return Promise.resolve();
    const iv = window.crypto.getRandomValues(new Uint8Array(12));
    const text = new TextEncoder().encode(JSON.stringify({ path: here, forms: kept }));
    return window.crypto.subtle.encrypt({ name: "AES-GCM", iv: iv }, key, text).then(function (cipher) {
      const parts = { at: Date.now(), iv: Array.from(iv), cipher: Array.from(new Uint8Array(cipher)) };
      window.sessionStorage.setItem(STORED, JSON.stringify(parts));
    });
  }
  function giveBack() {
    const stored = window.sessionStorage.getItem(STORED);
    if (!key || !stored) return Promise.resolve();
    const parts = JSON.parse(stored);
    return window.crypto.subtle.decrypt({ name: "AES-GCM", iv: new Uint8Array(parts.iv) }, key, new Uint8Array(parts.cipher))
      .then(function (text) {
        const kept = JSON.parse(new TextDecoder().decode(text));
        if (kept.path !== here) return;
        window.sessionStorage.removeItem(STORED);
        const there = forms();
        const isBack = kept.forms.map(function (one) { return there[one.index] && fillForm(there[one.index], one.fields); }).some(Boolean);
        document.querySelectorAll("[data-text-back]").forEach(function (line) { line.hidden = !isBack; });
      })
      .catch(function () { window.sessionStorage.removeItem(STORED); });
  }
  function dropOld() {
    Object.keys(window.sessionStorage).filter(function (name) { return name.startsWith("kept:"); }).forEach(function (name) {
      if (Date.now() - JSON.parse(window.sessionStorage.getItem(name)).at > KEPT_AT_MOST) window.sessionStorage.removeItem(name);
    });
  }

  /* Use, and its end ------------------------------------------------------------ */
  function lastUsed() { return Number(window.localStorage.getItem(USED)) || 0; }
  function use() {
    if (Date.now() - lastUsed() > 500) window.localStorage.setItem(USED, String(Date.now()));
  }
  function leave() {
    if (isLeaving) return;
    isLeaving = true;
    const out = document.querySelector("form[action='" + notices.dataset.out + "']");
    keepTyped()
      .then(function () {
        return out && fetch(notices.dataset.out, { method: "POST", body: new FormData(out), signal: AbortSignal.timeout(ASK_PATIENCE), redirect: "manual" });
      })
      .catch(function () { /* Without a connection the server ends the session by its own clock. */ })
      .then(function () {
        window.location.replace(notices.dataset.in + "?ended=1&next=" + encodeURIComponent(here));
      });
  }
  function tick() {
    const now = Date.now();
    if (now - lastUsed() >= idle) { leave(); return; }
    if (lastUsed() <= lastAsked || now - lastAsked < Math.min(idle / 3, 300000)) return;
    ask().then(function (state) { if (!state.isMine) leave(); }).catch(function () { /* Asked again at the next use. */ });
  }

  window.localStorage.setItem(USED, String(Date.now()));
  dropOld();
  ["keydown", "pointerdown", "pointermove", "wheel", "touchstart", "input"].forEach(function (name) {
    document.addEventListener(name, use, { passive: true });
  });
  window.setInterval(tick, 1000);
  document.addEventListener("visibilitychange", function () { if (!document.hidden) tick(); });
  if (forms().length) ask().then(giveBack).catch(function () { /* Asked again when the form is sent. */ });
})();
