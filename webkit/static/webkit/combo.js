/* Turns a long select into a field one can type in (WAI-ARIA combobox with a list). The select keeps the value.

   With data-combo-search the server chooses and orders the entries; else, and when it does not answer, the letters do.
   With data-combo-unfound the server is told of a text that found nothing. */
(function () {
  "use strict";

  const SHOWN_AT_MOST = 60;
  const PAUSE_MS = 120; /* between two letters nobody reads suggestions */

  /* Without accents, and British as American spelling: the dictionary writes diarrhea, anemia, edema. */
  function plain(text) {
    const bare = text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
    return bare.replace(/ae/g, "e").replace(/oe/g, "e").replace(/our/g, "or");
  }

  function optionsOf(select) {
    return Array.from(select.options).filter(function (option) { return option.value; }).map(function (option) {
      const group = option.parentElement.tagName === "OPTGROUP" ? option.parentElement.label : "";
      return { value: option.value, label: option.text, group: group, key: plain(option.text + " " + group) };
    });
  }

  function matching(options, text) {
    const words = plain(text).split(/\s+/).filter(Boolean);
    const first = plain(text);
    return options
      .filter(function (option) { return words.every(function (word) { return option.key.includes(word); }); })
      .sort(function (left, right) {
        return Number(!plain(left.label).startsWith(first)) - Number(!plain(right.label).startsWith(first));
      });
  }

  function enhance(select) {
    const options = optionsOf(select);
    const byValue = new Map(options.map(function (option) { return [option.value, option]; }));
    const box = document.createElement("div");
    const input = document.createElement("input");
    const list = document.createElement("ul");
    const status = document.createElement("span");
    const uncoded = document.createElement("p");
    const label = document.querySelector("label[for='" + select.id + "']");
    let active = -1;
    let shown = [];
    let before = select.value;
    let asked = 0; /* the newest question; an answer to an older one is dropped */
    let isAsking = false;
    let answered = Promise.resolve();
    let foundNothing = ""; /* the text for which the server has no entry */
    let reported = "";

    box.className = "combo";
    input.type = "text";
    input.id = select.id + "_text";
    input.name = select.name + "_typed"; /* the server refuses a text of which no entry was chosen */
    input.autocomplete = "off";
    input.spellcheck = false;
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", select.id + "_list");
    uncoded.id = select.id + "_uncoded";
    uncoded.className = "combo-uncoded";
    uncoded.hidden = true;
    input.setAttribute("aria-describedby", ((select.getAttribute("aria-describedby") || "") + " " + uncoded.id).trim());
    input.placeholder = select.dataset.combo || "";
    list.id = select.id + "_list";
    list.className = "combo-list";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", label ? label.textContent.trim() : select.name);
    status.className = "visually-hidden";
    status.setAttribute("role", "status");

    select.classList.add("is-enhanced");
    select.tabIndex = -1;
    select.setAttribute("aria-hidden", "true");
    select.after(box);
    box.append(select, input, list, status, uncoded);
    if (label) label.htmlFor = input.id;

    function showValue() {
      const chosen = select.selectedOptions[0];
      input.value = chosen?.value ? chosen.text : "";
      say();
    }

    /* A text of which no entry was chosen stays, and says so: it is never turned into the entry that comes nearest. */
    function say() {
      const typed = input.value.trim();
      uncoded.hidden = !typed || Boolean(select.value);
      uncoded.textContent = uncoded.hidden ? "" : "“" + typed + "” " + select.dataset.comboUnchosen;
    }

    function set(value) {
      if (select.value === value) return;
      select.value = value;
      select.dispatchEvent(new Event("change", { bubbles: true }));
    }

    function chooseExact() {
      const typed = input.value.trim().toLowerCase();
      const same = options.filter(function (option) { return option.label.trim().toLowerCase() === typed; });
      if (typed && same.length === 1) set(same[0].value);
      return Boolean(select.value);
    }

    function close() {
      list.hidden = true;
      shown = [];
      active = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }

    function mark(index) {
      active = index;
      Array.from(list.children).forEach(function (item, position) {
        item.setAttribute("aria-selected", String(position === index));
        if (position === index) {
          input.setAttribute("aria-activedescendant", item.id);
          item.scrollIntoView({ block: "nearest" });
        }
      });
    }

    function choose(index) {
      if (!shown[index]) return;
      set(shown[index].value);
      before = select.value;
      showValue();
      close();
    }

    function optionsFound(terms) {
      return terms.filter(function (term) { return byValue.has(term.value); }).map(function (term) {
        return Object.assign({}, byValue.get(term.value), { matched: term.matched, own: term.label });
      });
    }

    function wait(milliseconds) {
      return new Promise(function (done) { setTimeout(done, milliseconds); });
    }

    /* The entries for the text of the box; null when a newer question was asked meanwhile. */
    function entries() {
      const text = input.value.trim();
      const question = ++asked;
      if (!select.dataset.comboSearch || !text) return Promise.resolve(matching(options, text));
      return wait(PAUSE_MS)
        .then(function () {
          if (question !== asked) return null;
          const address = select.dataset.comboSearch + "&q=" + encodeURIComponent(text);
          return fetch(address, { headers: { Accept: "application/json" } });
        })
        .then(function (response) {
          if (!response) return null;
          if (!response.ok) throw new Error(String(response.status));
          return response.json();
        })
        .then(function (answer) {
          if (!answer || question !== asked) return null;
          foundNothing = answer.terms.length ? "" : text;
          return optionsFound(answer.terms);
        })
        .catch(function () { return question === asked ? matching(options, text) : null; });
    }

    function open() {
      isAsking = true;
      answered = entries().then(function (all) {
        if (!all) return;
        isAsking = false;
        if (document.activeElement === input) show(all);
      });
    }

    /* An answer on its way opens no list any more. */
    function stopAsking() {
      asked += 1;
      isAsking = false;
    }

    /* What a key does to the list waits until the list for the text is there. */
    function whenShown(act) {
      answered = answered.then(act);
    }

    function show(all) {
      shown = all.slice(0, SHOWN_AT_MOST);
      list.replaceChildren();
      shown.forEach(function (option, index) { list.append(itemOf(option, index)); });
      if (!shown.length) list.append(noItem());
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
      status.textContent = String(all.length);
      active = -1; /* nothing is highlighted until an arrow key or the pointer says which */
      input.removeAttribute("aria-activedescendant");
    }

    function itemOf(option, index) {
      const item = document.createElement("li");
      item.id = list.id + "_" + index;
      item.setAttribute("role", "option");
      item.textContent = option.label;
      const said = [option.matched ? option.matched + " → " + option.label : "", option.own ? option.own + " (" + select.dataset.comboOwn + ")" : "", option.group];
      said.filter(Boolean).forEach(function (text) { item.append(smallOf(text)); });
      item.addEventListener("mousedown", function (event) { event.preventDefault(); choose(index); });
      return item;
    }

    function smallOf(text) {
      const small = document.createElement("small");
      small.textContent = text;
      return small;
    }

    function noItem() {
      const none = document.createElement("li");
      none.className = "combo-empty";
      none.setAttribute("role", "option");
      none.setAttribute("aria-disabled", "true");
      none.textContent = select.dataset.comboEmpty || "–";
      return none;
    }

    /* Says once, when somebody leaves the box, that its text found nothing: the server decides whether it may be kept. */
    function reportUnfound() {
      const text = input.value.trim();
      if (!select.dataset.comboUnfound || !text || text !== foundNothing || text === reported) return;
      reported = text;
      const token = select.form.querySelector("input[name='csrfmiddlewaretoken']");
      const body = new URLSearchParams({ word: text });
      const headers = { "X-CSRFToken": token ? token.value : "" };
      fetch(select.dataset.comboUnfound, { method: "POST", body: body, headers: headers, keepalive: true }).catch(function () {
        /* A word that could not be counted is typed again by the next who needs it. */
      });
    }

    input.addEventListener("focus", function () { before = select.value; });
    input.addEventListener("input", function () {
      set(""); /* another text than the chosen entry's is no entry */
      say();
      shown = [];
      open();
    });
    input.addEventListener("keydown", function (event) {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        const step = event.key === "ArrowDown" ? 1 : -1;
        if (list.hidden) open();
        whenShown(function () {
          if (list.hidden) return;
          if (shown.length) mark(Math.min(Math.max(active + step, 0), shown.length - 1));
        });
      } else if (event.key === "Enter" && (!list.hidden || !select.value)) {
        event.preventDefault(); /* a half-typed text does not send the form */
        whenShown(function () {
          if (active >= 0) choose(active);
          else if (chooseExact()) { showValue(); close(); }
        });
      } else if (event.key === "Escape" && (isAsking || !list.hidden)) {
        event.stopPropagation();
        stopAsking();
        set(before);
        showValue();
        close();
      }
    });
    input.addEventListener("blur", function () {
      stopAsking();
      close();
      reportUnfound();
      if (select.value || chooseExact()) showValue();
      else say();
    });
    select.addEventListener("change", function () {
      if (document.activeElement !== input) showValue(); /* changed by a script; while somebody types, the text stays */
    });
    showValue();
    if (select.dataset.comboTyped && !select.value) {
      input.value = select.dataset.comboTyped;
      say();
    }
  }

  document.querySelectorAll("select[data-combo]").forEach(enhance);
})();
