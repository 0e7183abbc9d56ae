/* Aids for the report on screen. The archived file has no script and needs none: this one is added to the copy that the portal
   shows. It hides lines of tables and marks of figures, and says what a mark stands for; it changes no figure. */
(function () {
  "use strict";

  var FEWEST_LINES = 8;
  var CHOICES = ["Site", "Class", "Arm"];
  var NAMES = ["site", "soc", "class", "arm"];
  var GROUPED = NAMES.map(function (name) { return "[data-" + name + "]"; }).join(",");
  var HIDE_AFTER = 200; // milliseconds: time to move the pointer from the mark onto its words
  var EDGE = 8;         // pixels between words, mark and window
  var MOST_AT_ONCE = 4;

  function listOf(found) {
    return Array.prototype.slice.call(found);
  }

  function textOf(cell) {
    return cell ? cell.textContent.trim() : "";
  }

  /* ---- what a mark stands for: by pointer, keyboard, touch, screen reader ---- */

  var tip = document.createElement("div");
  var told = null;
  var hiding = 0;

  function place(x) {
    var box = told.getBoundingClientRect();
    var middle = x === undefined ? (box.left + box.right) / 2 : x;
    var left = Math.min(middle - tip.offsetWidth / 2, window.innerWidth - tip.offsetWidth - EDGE);
    var below = box.bottom + EDGE;
    var fits = below + tip.offsetHeight < window.innerHeight;
    tip.style.left = Math.max(left, EDGE) + "px";
    tip.style.top = (fits ? below : Math.max(box.top - tip.offsetHeight - EDGE, EDGE)) + "px";
  }

  function wordsOf(mark) {
    return mark.getAttribute("aria-label");
  }

  /* Marks may lie on each other, as those of two arms with the same value do: the pointer reads them all. */
  function wordsAt(event) {
    var marks = document.elementsFromPoint(event.clientX, event.clientY).map(function (element) {
      return element.closest(".mark");
    });
    return Array.from(new Set(marks.filter(Boolean))).slice(0, MOST_AT_ONCE).map(wordsOf).join("\n");
  }

  function show(mark, words, x) {
    window.clearTimeout(hiding);
    told = mark;
    tip.textContent = words;
    tip.hidden = false;
    place(x);
  }

  function hide() {
    window.clearTimeout(hiding);
    told = null;
    tip.hidden = true;
  }

  function hideSoon() {
    window.clearTimeout(hiding);
    hiding = window.setTimeout(hide, HIDE_AFTER);
  }

  function markOf(event) {
    return event.target.closest(".mark");
  }

  function marksOf(svg) {
    return listOf(svg.querySelectorAll(".mark"));
  }

  function shownMarks(svg) {
    return marksOf(svg).filter(function (mark) { return !mark.closest(".off"); });
  }

  /* A figure is one stop of the Tab key; its marks are reached with the arrow keys. */
  function settle(svg, current) {
    var shown = shownMarks(svg);
    var stop = current || shown.find(function (mark) { return mark.getAttribute("tabindex") === "0"; }) || shown[0];
    marksOf(svg).forEach(function (mark) { mark.setAttribute("tabindex", mark === stop ? "0" : "-1"); });
  }

  function target(key, place, count) {
    if (key === "Home") { return 0; }
    if (key === "End") { return count - 1; }
    if (key === "ArrowRight" || key === "ArrowDown") { return Math.min(place + 1, count - 1); }
    if (key === "ArrowLeft" || key === "ArrowUp") { return Math.max(place - 1, 0); }
    return -1;
  }

  function move(svg, event) {
    var shown = shownMarks(svg);
    var next = target(event.key, shown.indexOf(markOf(event)), shown.length);
    if (event.key === "Escape") { hide(); }
    if (next < 0) { return; }
    event.preventDefault();
    settle(svg, shown[next]);
    shown[next].focus();
  }

  /* Words move from the titles to labels, so that the browser does not show them a second time. */
  function rename(element, title) {
    element.setAttribute("aria-label", title.textContent);
    element.removeAttribute("aria-labelledby");
    title.remove();
  }

  function point(event) {
    if (markOf(event)) { show(markOf(event), wordsAt(event) || wordsOf(markOf(event)), event.clientX); }
  }

  function tell(svg) {
    var title = svg.querySelector(":scope > title");
    var description = svg.querySelector(":scope > desc");
    if (title) { rename(svg, title); }
    if (description) { svg.setAttribute("aria-describedby", description.id); }
    svg.setAttribute("role", "group");
    marksOf(svg).forEach(function (mark) {
      rename(mark, mark.querySelector(":scope > title"));
      mark.setAttribute("role", "img");
    });
    settle(svg);
    svg.addEventListener("pointerover", point);
    svg.addEventListener("pointermove", point);
    svg.addEventListener("pointerout", hideSoon);
    svg.addEventListener("focusin", function (event) {
      if (markOf(event)) { settle(svg, markOf(event)); show(markOf(event), wordsOf(markOf(event))); }
    });
    svg.addEventListener("focusout", hide);
    svg.addEventListener("keydown", function (event) { move(svg, event); });
  }

  function prepareMarks() {
    var figures = listOf(document.querySelectorAll("svg")).filter(function (svg) { return svg.querySelector(".mark"); });
    var heading = document.getElementById("figures");
    var hint = document.createElement("p");
    if (!figures.length) { return; }
    tip.className = "tip";
    tip.hidden = true;
    tip.setAttribute("aria-hidden", "true");
    tip.addEventListener("pointerenter", function () { window.clearTimeout(hiding); });
    tip.addEventListener("pointerleave", hideSoon);
    window.addEventListener("scroll", function () { if (told) { place(); } }, true);
    document.addEventListener("keydown", function (event) { if (event.key === "Escape") { hide(); } });
    document.body.append(tip);
    hint.className = "hint";
    hint.textContent = "To read what a mark stands for, point at it or touch it; or press Tab, then the arrow keys.";
    if (heading) { heading.after(hint); }
    figures.forEach(tell);
  }

  /* ---- filters: one choice for a table and its figures together ---- */

  function labelled(text, control) {
    var label = document.createElement("label");
    label.append(text + " ", control);
    return label;
  }

  function headsOf(table) {
    return Array.prototype.map.call(table.tHead.rows[0].cells, textOf);
  }

  /* The class of a line of the table of classes and terms is the nearest class above it. */
  function classes(lines) {
    var current = "";
    return lines.map(function (line) {
      if (!line.classList.contains("level")) { current = textOf(line.cells[0]); }
      return current === "Any class" ? "" : current;
    });
  }

  function nameOf(choice, table) {
    if (choice !== "Class") { return choice.toLowerCase(); }
    return table && headsOf(table).indexOf("Class") > 0 ? "class" : "soc";
  }

  function valuesOf(table, lines, choice) {
    var heads = headsOf(table);
    if (choice === "Class" && heads[0] === "Class and term") { return classes(lines); }
    var column = heads.indexOf(choice);
    return column < 0 ? null : lines.map(function (line) { return textOf(line.cells[column]); });
  }

  /* A short table is filtered only where a figure is, so that both always show the same. */
  function tableOf(region, figures) {
    var table = region.querySelector("table");
    var fewest = figures.some(function (svg) { return svg.querySelector(GROUPED); }) ? 1 : FEWEST_LINES;
    if (!table || table.classList.contains("small") || !table.tHead || !table.tBodies.length) { return null; }
    return table.tBodies[0].rows.length < fewest ? null : table;
  }

  function dataOf(figures, name) {
    return figures.reduce(function (found, svg) {
      return found.concat(listOf(svg.querySelectorAll("[data-" + name + "]")).map(function (part) {
        return part.getAttribute("data-" + name);
      }));
    }, []);
  }

  /* What can be chosen for a table and its figures: a name, the values, and the value of each line of the table. */
  function choicesOf(table, lines, figures) {
    return CHOICES.map(function (choice) {
      var name = nameOf(choice, table);
      var ofLines = table && valuesOf(table, lines, choice);
      var all = (ofLines || []).concat(dataOf(figures, name)).filter(Boolean);
      return { label: choice, name: name, lines: ofLines, values: Array.from(new Set(all)).sort(), chosen: "", controls: [] };
    }).filter(function (choice) { return choice.values.length > 1; });
  }

  function select(choice) {
    var control = document.createElement("select");
    control.append(new Option("all", ""));
    choice.values.forEach(function (value) { control.append(new Option(value, value)); });
    control.addEventListener("input", function () {
      choice.chosen = control.value;
      choice.controls.forEach(function (other) { other.value = control.value; });
    });
    choice.controls.push(control);
    return control;
  }

  function bar(choices, extra) {
    var made = document.createElement("p");
    made.className = "filter";
    if (extra) { made.append(extra); }
    choices.forEach(function (choice) { made.append(labelled(choice.label, select(choice))); });
    made.append(document.createElement("output"));
    return made;
  }

  function say(made, kept, count, what) {
    made.querySelector("output").textContent = kept === count ? "" : kept + " of " + count + " " + what + " shown";
  }

  function filterLines(lines, choices, words) {
    var text = words.value.trim().toLowerCase();
    return lines.filter(function (line, position) {
      line.hidden = !line.textContent.toLowerCase().includes(text) || choices.some(function (choice) {
        return choice.chosen && choice.lines && choice.lines[position] !== choice.chosen;
      });
      return !line.hidden;
    }).length;
  }

  function filterMarks(svg, choices) {
    listOf(svg.querySelectorAll(GROUPED)).forEach(function (part) {
      part.classList.toggle("off", choices.some(function (choice) {
        var own = part.getAttribute("data-" + choice.name);
        return choice.chosen && own !== null && own !== choice.chosen;
      }));
    });
    settle(svg);
    return shownMarks(svg).length;
  }

  function canBeFiltered(svg, choices) {
    return choices.some(function (choice) { return svg.querySelector("[data-" + choice.name + "]"); });
  }

  /* A table and the figures that show it. Either may be missing or too small to be filtered. */
  function prepare(region, figures) {
    var table = tableOf(region, figures);
    var lines = table ? listOf(table.tBodies[0].rows) : [];
    var choices = choicesOf(table, lines, figures);
    var words = document.createElement("input");
    var bars = [];
    words.type = "search";
    if (table) {
      bars.push({ made: bar(choices, labelled("Show lines with", words)), before: region, what: "lines", count: lines.length,
                  kept: function () { return filterLines(lines, choices, words); } });
    }
    figures.forEach(function (svg) {
      if (!canBeFiltered(svg, choices)) { return; }
      bars.push({ made: bar(choices), before: svg, what: "marks", count: marksOf(svg).length,
                  kept: function () { return filterMarks(svg, choices); } });
    });
    bars.forEach(function (own) {
      own.made.addEventListener("input", function () {
        bars.forEach(function (each) {
          each.made.querySelector("output").setAttribute("aria-live", each === own ? "polite" : "off");
          say(each.made, each.kept(), each.count, each.what);
        });
      });
      own.before.before(own.made);
    });
  }

  function figuresOf(region) {
    var section = region.closest("section[id]");
    var links = section ? document.querySelectorAll("figcaption a[href='#" + section.id + "']") : [];
    return listOf(links).map(function (link) {
      return link.closest("figure").querySelector("svg");
    }).filter(function (svg) { return svg?.querySelector(".mark"); });
  }

  prepareMarks();
  document.querySelectorAll(".scroll").forEach(function (region) { prepare(region, figuresOf(region)); });
})();
