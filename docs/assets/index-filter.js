// The filters of the page of all claims. They are a form: what it says is the query of the page's address, and the rows
// that do not fit are hidden. Without scripts the form is hidden instead, and the whole table is there.
(() => {
  const index = document.querySelector("[data-claim-index]");
  if (!index) return;
  const form = index.querySelector("form");
  const status = form.querySelector("[role=status]");
  const head = index.querySelector("[data-release-head]");
  const nothing = index.querySelector(".claim-none-left");
  const toggles = [...form.querySelectorAll("input[type=checkbox]")];
  const letters = (text) => text.normalize("NFKC").toLowerCase().replace(/\s+/g, " ").trim();

  const rows = [...index.querySelectorAll("tbody tr")].map((row) => ({
    row,
    ...row.dataset,
    chapters: row.dataset.chapter.split(" "),
    changes: row.dataset.changed.split(" "),
    byRelease: Object.fromEntries(row.dataset.in.split(" ").map((pair) => pair.split(":"))),
    text: letters(`${row.textContent} ${row.dataset.words}`),
    overall: row.querySelector(".claim-overall"),
  }));

  // "5 ms" is one word, and is not found in "15 ms".
  const finder = (query) => {
    const words = letters(query).split(/(?<!\d) | (?=\d)/).filter(Boolean);
    const patterns = words.map((word) => {
      const literal = word.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
      return new RegExp(/^\d/.test(word) ? `(?<![\\d.,])${literal}` : literal);
    });
    return (text) => patterns.every((pattern) => pattern.test(text));
  };

  const state = () => new URLSearchParams([...new FormData(form)].filter(([, value]) => value.trim()));

  const restore = (query) => {
    form.reset();
    for (const field of form.elements) {
      if (field.type === "checkbox") field.checked = query.getAll(field.name).includes(field.value);
      else if (field.name) field.value = query.get(field.name) ?? "";
      if (field.selectedIndex === -1) field.value = "";
    }
  };

  // A chosen release puts its own verdict in the place of the claim's.
  const showVerdict = ({ row, overall }, verdict, release) => {
    row.querySelector(".claim-here")?.remove();
    overall.hidden = Boolean(release);
    if (!release || !verdict) return;
    const toggle = toggles.find((one) => one.value === verdict).parentElement;
    const chip = document.createElement("span");
    chip.className = `claim-chip claim-chip--${verdict} claim-here`;
    chip.append(toggle.querySelector("svg").cloneNode(true), toggle.querySelector("span").textContent);
    overall.after(chip);
  };

  const show = () => {
    const query = state();
    const [chapter, kind, release, changed] = ["chapter", "kind", "release", "changed"].map((name) => query.get(name));
    const verdicts = query.getAll("verdict");
    const found = finder(query.get("find") ?? "");
    const counts = {};
    let shown = 0;
    for (const claim of rows) {
      const verdict = release ? claim.byRelease[release] : claim.verdict;
      const fits =
        Boolean(verdict) &&
        (!chapter || claim.chapters.includes(chapter)) &&
        (!kind || claim.kind === kind) &&
        (!changed || (changed === "any" ? claim.changed : claim.changes.includes(changed))) &&
        found(claim.text);
      if (fits) counts[verdict] = (counts[verdict] ?? 0) + 1;
      claim.row.hidden = !fits || (verdicts.length > 0 && !verdicts.includes(verdict));
      shown += !claim.row.hidden;
      showVerdict(claim, verdict, release);
    }
    for (const one of toggles) one.parentElement.querySelector("b").textContent = counts[one.value] ?? 0;
    head.hidden = !release;
    head.textContent = ` in ${release}`;
    nothing.hidden = shown > 0;
    form.querySelector("[type=reset]").disabled = query.size === 0;
    const words = shown === rows.length ? status.dataset.all : status.dataset.some;
    status.textContent = words.replace("{shown}", shown).replace("{all}", rows.length);
  };

  // Each choice is a step of the browser's history; the letters of one search are one step together.
  let typing = false;
  const remember = (typed) => {
    const query = String(state());
    const address = location.pathname + (query && `?${query}`);
    if (address === location.pathname + location.search) return;
    history[typed && typing ? "replaceState" : "pushState"](null, "", address);
    typing = typed;
  };

  form.addEventListener("input", ({ target }) => {
    show();
    remember(target.type === "search");
  });
  form.addEventListener("change", () => (typing = false));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.querySelector("[type=reset]").addEventListener("click", (event) => {
    event.preventDefault();
    restore(new URLSearchParams());
    show();
    remember(false);
    form.elements.find.focus();
  });
  const fromAddress = () => {
    typing = false;
    restore(new URLSearchParams(location.search));
    show();
  };
  addEventListener("popstate", fromAddress);
  form.hidden = false;
  fromAddress();
})();
