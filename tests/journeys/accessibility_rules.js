/* Returns "rule: what" for each fault of the page. Rules are named as axe-core names them where it has the rule. */
() => {
  const faults = [];
  const note = (rule, element) => faults.push(rule + ": " + element.outerHTML.slice(0, 110).replace(/\s+/g, " "));
  const all = (selector) => Array.from(document.querySelectorAll(selector));
  const isShown = (element) => element.checkVisibility({ checkOpacity: false, checkVisibilityCSS: true }) && !element.closest("[aria-hidden='true']");
  const textOf = (element) => element ? (element.innerText || element.textContent || "").trim() : "";
  const byIds = (ids) => (ids || "").split(/\s+/).filter(Boolean).map((id) => textOf(document.getElementById(id))).join(" ").trim();
  const nameOf = (element) => element.getAttribute("aria-label") || byIds(element.getAttribute("aria-labelledby")) || element.title ||
    textOf(element) || Array.from(element.querySelectorAll("img[alt], svg title")).map((one) => one.alt || one.textContent).join("");

  if (!document.documentElement.lang) note("html-has-lang", document.documentElement);
  if (!document.title.trim()) faults.push("document-title: empty");
  if (all("main").filter(isShown).length !== 1) faults.push("landmark-one-main: " + all("main").length);
  if (all("h1").filter(isShown).length !== 1) faults.push("page-has-heading-one: " + all("h1").length);
  const navs = all("nav").filter(isShown).map((nav) => nav.getAttribute("aria-label") || byIds(nav.getAttribute("aria-labelledby")));
  if (new Set(navs).size !== navs.length || (navs.length > 1 && navs.includes(""))) faults.push("landmark-unique: " + navs.join("|"));

  let level = 0;
  all("h1, h2, h3, h4, h5, h6").filter(isShown).forEach((heading) => {
    const own = Number(heading.tagName[1]);
    if (level && own > level + 1) note("heading-order", heading);
    level = own;
  });

  const ids = new Map();
  all("[id]").forEach((element) => ids.set(element.id, (ids.get(element.id) || 0) + 1));
  ids.forEach((count, id) => { if (count > 1) faults.push("duplicate-id: " + id); });

  all("input:not([type=hidden]), select, textarea").filter(isShown).forEach((field) => {
    const labels = Array.from(field.labels || []).map(textOf).join("").trim();
    if (!labels && !field.getAttribute("aria-label") && !byIds(field.getAttribute("aria-labelledby")) && !field.title) note("label", field);
  });
  all("button, summary, [role=button]").filter(isShown).forEach((button) => { if (!nameOf(button)) note("button-name", button); });
  all("a[href]").filter(isShown).forEach((link) => { if (!nameOf(link)) note("link-name", link); });
  all("img").forEach((image) => { if (!image.hasAttribute("alt")) note("image-alt", image); });
  all("svg[role=img]").forEach((image) => { if (!nameOf(image) && !image.querySelector("title")) note("svg-img-alt", image); });
  all("fieldset").filter(isShown).forEach((set) => { if (!textOf(set.querySelector("legend"))) note("fieldset-name", set); });

  all("table").filter(isShown).forEach((table) => {
    if (table.getAttribute("role") === "presentation") return;
    if (!table.querySelector("th")) note("table-header", table);
    table.querySelectorAll("th").forEach((head) => { if (!nameOf(head)) note("empty-table-header", head); });
  });
  all("dl").forEach((list) => Array.from(list.children).forEach((child) => { if (!["DT", "DD", "DIV"].includes(child.tagName)) note("definition-list", child); }));
  all("ul, ol").filter((list) => !list.getAttribute("role")).forEach((list) => Array.from(list.children).forEach((child) => {
    if (!["LI", "SCRIPT", "TEMPLATE"].includes(child.tagName)) note("list", child);
  }));

  const ROLES = new Set(("alert button checkbox combobox dialog group heading img link list listbox listitem main menu menuitem navigation none note " +
    "option presentation radio radiogroup region row rowgroup search status tab table tablist tabpanel textbox toolbar banner contentinfo").split(" "));
  all("[role]").forEach((element) => { if (!ROLES.has(element.getAttribute("role"))) note("aria-role", element); });
  ["aria-labelledby", "aria-describedby", "aria-controls", "aria-activedescendant"].forEach((name) => all("[" + name + "]").forEach((element) => {
    if (element.getAttribute(name).split(/\s+/).some((id) => id && !document.getElementById(id))) note("aria-reference", element);
  }));
  all("label[for]").forEach((label) => { if (!document.getElementById(label.htmlFor)) note("label-for", label); });
  all("[role=option]").forEach((option) => { if (!option.closest("[role=listbox]")) note("aria-required-parent", option); });
  all("[role=listbox]").forEach((list) => { if (!list.getAttribute("aria-label") && !byIds(list.getAttribute("aria-labelledby"))) note("aria-input-field-name", list); });
  all("main aside, main [role=complementary]").forEach((aside) => note("landmark-complementary-is-top-level", aside));
  all("[role=combobox]").forEach((combo) => { if (!combo.hasAttribute("aria-expanded") || !combo.hasAttribute("aria-controls")) note("aria-required-attr", combo); });
  all("[aria-expanded], [aria-hidden], [aria-selected], [aria-pressed], [aria-disabled]").forEach((element) => ["aria-expanded", "aria-hidden", "aria-selected", "aria-pressed", "aria-disabled"].forEach((name) => {
    if (element.hasAttribute(name) && !["true", "false", "mixed"].includes(element.getAttribute(name))) note("aria-valid-attr-value", element);
  }));
  all("[aria-hidden='true']").forEach((hidden) => [hidden, ...hidden.querySelectorAll("a[href], button, input, select, textarea, [tabindex]")].forEach((inside) => {
    if (inside.matches("a[href], button, input, select, textarea, [tabindex]") && inside.tabIndex >= 0 && !inside.disabled && inside.checkVisibility()) note("aria-hidden-focus", inside);
  }));
  all("[tabindex]").forEach((element) => { if (Number(element.getAttribute("tabindex")) > 0) note("tabindex", element); });

  all("body *").filter(isShown).forEach((element) => {
    const style = getComputedStyle(element);
    const scrolls = (/auto|scroll/.test(style.overflowX) && element.scrollWidth > element.clientWidth + 1) ||
      (/auto|scroll/.test(style.overflowY) && element.scrollHeight > element.clientHeight + 1);
    if (!scrolls || element.matches("textarea, select, body, html")) return;
    const inside = element.querySelector("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']");
    if (element.tabIndex < 0 && !inside) note("scrollable-region-focusable", element);
  });

  const parts = (color) => {
    const canvas = parts.context || (parts.context = document.createElement("canvas").getContext("2d", { willReadFrequently: true }));
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const luminance = (rgb) => rgb.slice(0, 3).map((one) => one / 255).map((one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
    .reduce((sum, one, index) => sum + one * [0.2126, 0.7152, 0.0722][index], 0);
  const over = (front, back) => [0, 1, 2].map((index) => front[index] * front[3] + back[index] * (1 - front[3])).concat(1);
  const groundOf = (element) => {
    const layers = [];
    for (let one = element; one; one = one.parentElement) {
      const ground = parts(getComputedStyle(one).backgroundColor);
      if (ground[3] > 0) layers.push(ground);
      if (ground[3] === 1) break;
    }
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255, 1]);
  };
  all("body *").filter(isShown).forEach((element) => {
    const own = Array.from(element.childNodes).some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || element.closest("svg, [disabled], [aria-disabled=true], .visually-hidden, .is-unavailable, .is-enhanced")) return;
    const style = getComputedStyle(element);
    if (element.closest("label") && element.closest("label").querySelector(":disabled")) return;
    const box = element.getBoundingClientRect();
    if (box.width < 2 || box.height < 2) return;
    const ground = groundOf(element), ink = over(parts(style.color), ground);
    const [bright, dim] = [luminance(ink), luminance(ground)].sort((left, right) => right - left);
    const size = parseFloat(style.fontSize), isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const ratio = (bright + 0.05) / (dim + 0.05);
    if (ratio < (isLarge ? 3 : 4.5)) note("color-contrast", element);
  });
  return Array.from(new Set(faults));
}
