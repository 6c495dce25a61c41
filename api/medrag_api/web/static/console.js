// The console's behaviour: type-ahead, chips, theme, print. Every page works without it.

const YEAR = 60 * 60 * 24 * 365;

/* --- theme --- */
for (const button of document.querySelectorAll("[data-theme-switch]")) {
  button.addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    document.cookie = `medrag_theme=${root.dataset.theme}; path=/; max-age=${YEAR}; samesite=lax`;
  });
}
for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => {
    for (const finding of document.querySelectorAll("details")) finding.open = true;
    print();
  });
}

/* --- a matrix cell opens the finding it leads to --- */
function openTarget() {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  if (target instanceof HTMLDetailsElement) target.open = true;
}
addEventListener("hashchange", openTarget);
openTarget();

/* --- type-ahead: the combobox pattern of the ARIA Authoring Practices --- */
let boxes = 0;

class Ahead {
  constructor(input, choose) {
    this.input = input;
    this.choose = choose;
    this.items = [];
    this.at = -1;
    this.list = document.createElement("ul");
    this.list.id = `ahead-${++boxes}`;
    this.list.role = "listbox";
    this.list.hidden = true;
    input.after(this.list);
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": this.list.id, "aria-expanded": "false" }))
      input.setAttribute(name, value);
    input.addEventListener("input", () => this.soon());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), 90);
  }

  async ask() {
    const typed = this.input.value.trim();
    if (!typed) return this.close();
    const query = new URLSearchParams({ q: typed, language: this.input.dataset.language });
    this.asking?.abort();
    this.asking = new AbortController();
    try {
      const reply = await fetch(`${this.input.dataset.ahead}?${query}`, { signal: this.asking.signal });
      if (reply.ok) this.show((await reply.json()).names);
    } catch (error) {
      if (error.name !== "AbortError") this.close();
    }
  }

  show(items) {
    this.items = items;
    this.at = -1;
    this.list.replaceChildren(...items.map((item, index) => {
      const line = document.createElement("li");
      line.id = `${this.list.id}-${index}`;
      line.role = "option";
      line.setAttribute("aria-selected", "false");
      const [name, typed] = [document.createElement("span"), document.createElement("span")];
      name.textContent = item.name;
      typed.textContent = item.matched === item.name.toLowerCase() ? "" : item.matched;
      line.append(name, typed);
      line.addEventListener("mousedown", (event) => { event.preventDefault(); this.take(index); });
      return line;
    }));
    this.list.hidden = items.length === 0;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
  }

  key(event) {
    if (event.isComposing) return;
    if (event.key === "Escape") return this.close();
    if (event.key === "Enter") {
      if (this.at >= 0) { event.preventDefault(); return this.take(this.at); }
      if (this.input.value.trim() && this.choose.typed) { event.preventDefault(); this.choose.typed(this.input.value.trim()); this.close(); }
      return;
    }
    if (event.key === "Backspace" && !this.input.value) return this.choose.back?.();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || this.list.hidden) return;
    event.preventDefault();
    this.at = (this.at + step + this.items.length) % this.items.length;
    [...this.list.children].forEach((line, index) => line.setAttribute("aria-selected", String(index === this.at)));
    const line = this.list.children[this.at];
    line.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", line.id);
  }

  take(index) {
    const item = this.items[index];
    this.close();
    this.choose.item(item);
  }

  close() {
    this.list.hidden = true;
    this.at = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}

/* --- a search box goes straight to the card --- */
for (const input of document.querySelectorAll("input[data-go]")) {
  new Ahead(input, { item: (item) => { location.href = input.dataset.go + encodeURIComponent(item.id); } });
}

/* --- the regimen: a chip for each drug --- */
const form = document.querySelector("form[data-check]");
if (form) {
  const input = form.querySelector("#add-drug");
  const chips = form.querySelector("[data-chips]");
  const add = form.querySelector("[data-add]");
  add.hidden = false;

  const put = (name, shown = name) => {
    const told = [...chips.querySelectorAll("input")].map((held) => held.value.toLowerCase());
    input.value = "";
    if (told.includes(name.toLowerCase())) return;
    const line = document.createElement("li");
    const hidden = Object.assign(document.createElement("input"), { type: "hidden", name: "drug", value: name });
    const drop = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
    drop.dataset.drop = "";
    drop.setAttribute("aria-label", `${chips.dataset.remove}: ${shown}`);
    line.append(hidden, shown, drop);
    chips.append(line);
    input.focus();
  };
  new Ahead(input, {
    item: (item) => put(item.matched === item.name.toLowerCase() ? item.name : item.matched, item.name),
    typed: put,
    back: () => chips.lastElementChild?.remove(),
  });
  add.addEventListener("click", () => input.value.trim() && put(input.value.trim()));
  chips.addEventListener("click", (event) => {
    if (event.target.closest("[data-drop]")) { event.target.closest("li").remove(); input.focus(); }
  });
  input.addEventListener("paste", (event) => {
    const names = event.clipboardData.getData("text").split(/[\n;；、]+/).map((name) => name.trim()).filter(Boolean);
    if (names.length > 1) { event.preventDefault(); names.forEach((name) => put(name)); }
  });
  input.addEventListener("keydown", (event) => {
    // An empty box and Enter: check.
    if (event.key === "Enter" && !event.isComposing && !input.value.trim()) { event.preventDefault(); form.requestSubmit(); }
  });
  for (const button of form.querySelectorAll("[data-instead]")) {
    button.addEventListener("click", () => {
      for (const held of chips.querySelectorAll("input")) if (held.value === button.dataset.instead) held.closest("li").remove();
      put(button.dataset.name);
      form.requestSubmit();
    });
  }
}

/* --- Ctrl+Enter or Cmd+Enter asks --- */
for (const box of document.querySelectorAll("textarea[data-send]")) {
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); box.form.requestSubmit(); }
  });
}
