/* The adverse event's page while one types: grades of the chosen term, the infusion it follows, what will follow. */
(function () {
  "use strict";

  const form = document.getElementById("adverseevent_form");
  if (!form) return;

  const chosen = function (name) {
    const radio = form.querySelector("input[name='" + name + "']:checked");
    return radio ? radio.value : "";
  };

  /* Grades of the term -------------------------------------------------- */
  const term = form.elements.namedItem("ctcae_term");
  const specify = form.querySelector("[data-specify]");

  function showGrades(facts) {
    form.querySelectorAll("[data-grade]").forEach(function (row) {
      const grade = row.dataset.grade;
      const input = row.querySelector("input");
      const wording = row.querySelector(".wording");
      const isThere = !facts || grade in facts.grades;
      row.classList.toggle("is-unavailable", !isThere);
      input.disabled = !isThere && !input.checked; /* what was chosen stays visible until it is changed */
      row.querySelector("[data-limits]").textContent = (facts?.limits[grade]) || "";
      wording.textContent = isThere ? (facts ? facts.grades[grade] : "") : wording.dataset.missing;
    });
    const note = form.querySelector("[data-limits-note]");
    if (note) {
      note.hidden = !facts?.limits_note;
      note.textContent = facts ? facts.limits_note : "";
    }
    const own = form.querySelector("[data-own-label]");
    if (own) {
      own.hidden = !facts?.label;
      own.textContent = own.hidden ? "" : facts.label + " (" + own.dataset.mark + ")";
    }
    const hint = form.querySelector("[data-no-term]");
    if (hint) hint.hidden = Boolean(facts);
    showSpecify(Boolean(facts?.is_other));
    react();
  }

  function showSpecify(isNeeded) {
    if (!specify) return;
    const typed = specify.querySelector("input");
    specify.hidden = !isNeeded && !(typed?.value) && !specify.querySelector(".has-error");
  }

  function fetchGrades() {
    if (!term.value) { showGrades(null); return; }
    const asked = term.value;
    fetch(form.dataset.gradesUrl.replace("/0/", "/" + asked + "/"), { headers: { Accept: "application/json" } })
      .then(function (response) { return response.ok ? response.json() : null; })
      .then(function (facts) { if (facts && term.value === asked) showGrades(facts); })
      .catch(function () { /* The server refuses a grade that the term does not have, with the same words. */ });
  }

  if (term) {
    term.addEventListener("change", fetchGrades);
    if (specify?.hasAttribute("data-may-hide")) showSpecify(false);
    if (term.value) fetchGrades();
  }

  /* After which infusion -------------------------------------------------- */
  const starts = JSON.parse(document.getElementById("infusion-starts").textContent);
  const follows = form.querySelector("[data-follows]");
  const participant = form.elements.namedItem("participant");
  const part = function (index) { return form.querySelector("#id_onset_" + index); };

  function onset() {
    const day = part(0).value, month = part(1).value, year = part(2).value;
    const time = /^(\d{1,2})[:hH.]?(\d{2})$/.exec(part(3).value.trim());
    if (!day || !month || !/^\d{4}$/.test(year) || !time) return null;
    return new Date(Number(year), Number(month) - 1, Number(day), Number(time[1]), Number(time[2]));
  }

  function showFollows() {
    const at = onset();
    const mine = starts.filter(function (start) { return !participant || String(start.participant) === participant.value; });
    follows.hidden = !at || !mine.length;
    if (follows.hidden) return;
    const before = mine.filter(function (start) { return new Date(start.wall) <= at; }).pop();
    if (!before) { follows.textContent = follows.dataset.before; return; }
    const minutes = Math.round((at - new Date(before.wall)) / 60000);
    const time = minutes < 60 ? minutes + " min" : Math.floor(minutes / 60) + " h " + String(minutes % 60).padStart(2, "0");
    follows.textContent = follows.dataset.after.replace("%n", before.number).replace("%t", time);
  }

  /* How bad: questions and consequences ------------------------------------- */
  const questions = form.querySelector("[data-seriousness]");
  const criteria = Array.from(questions.querySelectorAll("fieldset.yesno")).map(function (set) { return set.id.replace("id_", ""); });

  /* What was recorded of the worst: when an answer becomes less, the page asks why. */
  const lowering = form.querySelector("[data-lowering]");
  const worst = lowering ? JSON.parse(document.getElementById("recorded-worst").textContent) : {};
  const RANKS = { severity: ["", "MILD", "MODERATE", "SEVERE"] };
  function weight(name, value) {
    if (name === "grade") return Number(value || 0);
    if (name === "severity") return RANKS.severity.indexOf(value);
    return Number(value === (name === "outcome" ? "FATAL" : "True"));
  }
  function showLowering() {
    if (!lowering) return;
    const isLower = Object.keys(worst).some(function (name) {
      return form.elements.namedItem(name) && weight(name, chosen(name)) < weight(name, worst[name]);
    });
    lowering.hidden = !isLower && !lowering.querySelector(".has-error");
  }

  function react(event) {
    const answered = criteria.filter(function (name) { return chosen(name) === "True"; });
    const changed = event?.target?.name;
    if (changed && criteria.includes(changed) && answered.length) {
      const yes = form.querySelector("input[name='serious'][value='True']");
      if (yes) yes.checked = true;
    }
    showLowering();
    const grade = Number(chosen("grade") || 0);
    const isSerious = chosen("serious") === "True" || answered.length > 0;
    if (grade >= Number(form.dataset.askFrom) || isSerious) questions.open = true;
    const isDeath = grade === 5 || chosen("outcome") === "FATAL" || chosen("results_in_death") === "True";
    const show = function (when, isShown) { const line = form.querySelector("[data-when='" + when + "']"); if (line) line.hidden = !isShown; };
    show("serious", isSerious);
    show("death", isDeath);
    show("other", !isSerious);
    form.querySelectorAll("[data-of-death]").forEach(function (asked) {
      asked.hidden = !isDeath && !asked.querySelector("input:checked:not([value=''])") && !asked.querySelector(".has-error");
    });
  }

  form.addEventListener("change", function (event) { react(event); showFollows(); });
  form.addEventListener("input", showFollows);
  questions.addEventListener("toggle", function () {
    if (!questions.open && criteria.some(function (name) { return chosen(name); })) questions.open = true;
  });
  react();
  showFollows();
})();
