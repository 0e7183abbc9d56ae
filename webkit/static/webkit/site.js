/* What every page gains when scripts run. Nothing here is needed to do the work. */
(function () {
  "use strict";

  document.documentElement.classList.add("js");

  /* After a refused save the reader starts at the summary. */
  const summary = document.querySelector("[data-focus-first]");
  if (summary) summary.focus();

  /* A link of the summary leads into the field, also when the field is a group. */
  document.querySelectorAll(".error-summary a[href^='#']").forEach(function (link) {
    link.addEventListener("click", function (event) {
      const target = document.getElementById(link.hash.slice(1));
      if (!target) return;
      event.preventDefault();
      const details = target.closest("details");
      if (details) details.open = true;
      const field = target.matches("input, select, textarea") ? target : target.querySelector("input, select, textarea");
      const shown = field?.classList.contains("is-enhanced") ? field.parentElement.querySelector("input") : field;
      (target.closest(".field") || target).scrollIntoView({ block: "center" });
      if (shown) shown.focus({ preventScroll: true });
    });
  });

  /* The ward's clock: the server says the time, the page lets it run. */
  window.setInterval(function () {
    const clock = document.querySelector("[data-ward-clock]");
    if (!clock) return;
    if (!clock.dataset.offset) clock.dataset.offset = String(Date.parse(clock.getAttribute("datetime")) - Date.now());
    const format = new Intl.DateTimeFormat("fr-FR", { hour: "2-digit", minute: "2-digit", timeZone: clock.dataset.wardClock });
    clock.textContent = format.format(new Date(Date.now() + Number(clock.dataset.offset)));
  }, 10000);

  /* "Now" fills a date and time with the trial's wall time. */
  const zoneOfPage = document.body.dataset.zone || undefined;
  function wallTime() {
    const parts = {};
    new Intl.DateTimeFormat("en-GB", {
      day: "2-digit", month: "2-digit", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zoneOfPage,
    }).formatToParts(new Date()).forEach(function (part) { parts[part.type] = part.value; });
    return parts;
  }
  document.querySelectorAll("[data-partial-date]").forEach(function (group) {
    const button = group.querySelector("[data-fill-now]");
    const fields = group.querySelectorAll("input");
    button.hidden = false;
    button.addEventListener("click", function () {
      const now = wallTime();
      [now.day, now.month, now.year, now.hour + ":" + now.minute].slice(0, fields.length).forEach(function (text, index) { fields[index].value = text; });
      fields[0].dispatchEvent(new Event("input", { bubbles: true }));
    });
  });
  /* A whole date pasted into one of its parts goes into all of them: cut off at two signs it would have to be typed again. */
  const WRITTEN = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T,]+(\d{1,2}[:h]\d{2})(?::\d{2})?)?$/;
  const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}:\d{2})(?::\d{2})?)?$/;
  document.querySelectorAll("[data-partial-date]").forEach(function (group) {
    group.addEventListener("paste", function (event) {
      const text = event.clipboardData.getData("text").trim();
      const day = WRITTEN.exec(text), iso = ISO.exec(text);
      const parts = day ? day.slice(1) : iso ? [iso[3], iso[2], iso[1], iso[4]] : null;
      if (!parts) return;
      event.preventDefault();
      const fields = group.querySelectorAll("input");
      fields.forEach(function (field, index) { if (parts[index]) field.value = parts[index]; });
      fields[0].dispatchEvent(new Event("input", { bubbles: true }));
    });
  });

  /* The worklist stays fresh while nobody is typing on it. The server does not count this as use of the session. */
  const fresh = document.querySelector("[data-refresh-seconds]");
  function refresh() {
    fetch(window.location.href, { headers: { "X-Unattended": "1" }, cache: "no-store" })
      .then(function (answer) { return answer.text(); })
      .then(function (text) {
        const page = new DOMParser().parseFromString(text, "text/html");
        if (!page.querySelector("[data-refresh-seconds]")) { window.location.reload(); return; }
        document.querySelector("main").replaceWith(document.adoptNode(page.querySelector("main")));
      })
      .catch(function () { /* Without a connection the list stays as it is. */ });
  }
  if (fresh) {
    window.setInterval(function () {
      const busy = document.hidden || (document.activeElement?.matches("input, textarea, select"));
      if (!busy && !document.querySelector("details[open]")) refresh();
    }, Number(fresh.dataset.refreshSeconds) * 1000);
  }

  /* One press of a button saves once. */
  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (form.method.toLowerCase() !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; delete form.dataset.asked; });
  });

  /* An open menu closes when one looks elsewhere. */
  const menus = ".user-menu[open], .filters details[open]";
  document.addEventListener("click", function (event) {
    document.querySelectorAll(menus).forEach(function (menu) {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    document.querySelectorAll(menus).forEach(function (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });

  /* In a row of readings, Enter goes to the next field, as on the monitor; the last one saves. */
  document.querySelectorAll("[data-enter-moves]").forEach(function (row) {
    row.addEventListener("keydown", function (event) {
      if (event.key !== "Enter" || event.target.matches("button, textarea, summary")) return;
      const fields = Array.from(row.querySelectorAll("input:not([type=hidden]), select")).filter(function (field) {
        return field.offsetParent !== null && !field.disabled;
      });
      const next = fields[fields.indexOf(event.target) + 1];
      if (!next) return;
      event.preventDefault();
      next.focus();
      if (next.select) next.select();
    });
  });
})();
