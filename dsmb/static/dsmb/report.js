/* Filters for the report's tables on screen. The archived file has no script and needs none: this one is added to the copy
   that the portal shows, hides lines and changes no figure. */
(function () {
  "use strict";

  var FEWEST_LINES = 8;
  var CHOICES = ["Site", "Class", "Arm"];

  function linesOf(table) {
    return Array.prototype.slice.call(table.tBodies[0].rows);
  }

  function textOf(cell) {
    return cell ? cell.textContent.trim() : "";
  }

  function labelled(text, control) {
    var label = document.createElement("label");
    label.append(text + " ", control);
    return label;
  }

  /* The class of a line of the table of classes and terms is the nearest class above it. */
  function classes(lines) {
    var current = "";
    return lines.map(function (line) {
      if (!line.classList.contains("level")) { current = textOf(line.cells[0]); }
      return current;
    });
  }

  function valuesOf(table, lines, name) {
    var heads = Array.prototype.map.call(table.tHead.rows[0].cells, textOf);
    if (name === "Class" && heads[0] === "Class and term") { return classes(lines); }
    var place = heads.indexOf(name);
    return place < 0 ? null : lines.map(function (line) { return textOf(line.cells[place]); });
  }

  function select(name, values) {
    var control = document.createElement("select");
    var distinct = Array.from(new Set(values)).filter(Boolean).sort();
    control.append(new Option("all", ""));
    distinct.forEach(function (value) { control.append(new Option(value, value)); });
    return control;
  }

  function prepare(region) {
    var table = region.querySelector("table");
    if (!table || table.classList.contains("small") || !table.tHead || !table.tBodies.length) { return; }
    var lines = linesOf(table);
    if (lines.length < FEWEST_LINES) { return; }
    var bar = document.createElement("p");
    var said = document.createElement("output");
    var words = document.createElement("input");
    var tests = [];
    bar.className = "filter";
    words.type = "search";
    bar.append(labelled("Show lines with", words));
    tests.push(function (line) { return line.textContent.toLowerCase().includes(words.value.trim().toLowerCase()); });
    CHOICES.forEach(function (name) {
      var values = valuesOf(table, lines, name);
      if (!values) { return; }
      var control = select(name, values);
      bar.append(labelled(name, control));
      tests.push(function (line, place) { return !control.value || values[place] === control.value; });
    });
    bar.append(said);
    bar.addEventListener("input", function () {
      var kept = 0;
      lines.forEach(function (line, place) {
        line.hidden = !tests.every(function (test) { return test(line, place); });
        kept += line.hidden ? 0 : 1;
      });
      said.textContent = kept === lines.length ? "" : kept + " of " + lines.length + " lines shown";
    });
    region.before(bar);
  }

  document.querySelectorAll(".scroll").forEach(prepare);
})();
