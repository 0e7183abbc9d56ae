/* Turns a long select into a field one can type in (WAI-ARIA combobox with a list). The select keeps the value. */
(function () {
  "use strict";

  const SHOWN_AT_MOST = 60;

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
    const box = document.createElement("div");
    const input = document.createElement("input");
    const list = document.createElement("ul");
    const status = document.createElement("span");
    const uncoded = document.createElement("p");
    const label = document.querySelector("label[for='" + select.id + "']");
    let active = -1;
    let shown = [];
    let before = select.value;

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
      input.value = chosen && chosen.value ? chosen.text : "";
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

    function open() {
      const all = matching(options, input.value);
      shown = all.slice(0, SHOWN_AT_MOST);
      list.replaceChildren();
      shown.forEach(function (option, index) {
        const item = document.createElement("li");
        item.id = list.id + "_" + index;
        item.setAttribute("role", "option");
        item.textContent = option.label;
        if (option.group) {
          const group = document.createElement("small");
          group.textContent = option.group;
          item.append(group);
        }
        item.addEventListener("mousedown", function (event) { event.preventDefault(); choose(index); });
        list.append(item);
      });
      if (!shown.length) {
        const none = document.createElement("li");
        none.className = "combo-empty";
        none.setAttribute("role", "option");
        none.setAttribute("aria-disabled", "true");
        none.textContent = select.dataset.comboEmpty || "–";
        list.append(none);
      }
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
      status.textContent = String(all.length);
      active = -1; /* nothing is highlighted until an arrow key or the pointer says which */
      input.removeAttribute("aria-activedescendant");
    }

    input.addEventListener("focus", function () { before = select.value; });
    input.addEventListener("input", function () {
      set(""); /* another text than the chosen entry's is no entry */
      say();
      open();
    });
    input.addEventListener("keydown", function (event) {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) open();
        const step = event.key === "ArrowDown" ? 1 : -1;
        if (shown.length) mark(Math.min(Math.max(active + step, 0), shown.length - 1));
      } else if (event.key === "Enter" && (!list.hidden || !select.value)) {
        event.preventDefault(); /* a half-typed text does not send the form */
        if (active >= 0) choose(active);
        else if (chooseExact()) { showValue(); close(); }
      } else if (event.key === "Escape" && !list.hidden) {
        event.stopPropagation();
        set(before);
        showValue();
        close();
      }
    });
    input.addEventListener("blur", function () {
      close();
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
