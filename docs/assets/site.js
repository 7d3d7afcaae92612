// The grid by keyboard: Tab goes from claim to claim, the arrows from mark to mark. What a mark's title says appears beside it.
(() => {
  const grid = document.querySelector(".claim-grid");
  if (!grid) return;
  const rows = [...grid.querySelectorAll("tbody tr:not(.claim-grid-chapter)")];
  const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  grid.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    const cell = event.target.closest("th, td");
    if (!step || !cell || event.altKey || event.ctrlKey || event.metaKey) return;
    let row = rows.indexOf(cell.parentElement) + step[0];
    let column = cell.cellIndex + step[1];
    for (; rows[row] && column >= 0 && column < 64; row += step[0], column += step[1]) {
      const link = rows[row].cells[column]?.querySelector("a");
      if (!link) continue;
      event.preventDefault();
      link.focus();
      return;
    }
  });

  const tip = document.createElement("div");
  tip.className = "claim-tip";
  tip.hidden = true;
  document.body.append(tip);
  grid.addEventListener("focusin", ({ target }) => {
    tip.hidden = !target.title;
    if (tip.hidden) return;
    tip.textContent = target.title;
    const place = target.getBoundingClientRect();
    tip.style.top = `${place.bottom + scrollY + 4}px`;
    tip.style.left = `${Math.max(8, Math.min(place.left, innerWidth - tip.offsetWidth - 8))}px`;
  });
  grid.addEventListener("focusout", () => (tip.hidden = true));
})();

// What the theme's script adds to a page: wide tables can be scrolled by keyboard, and each code block's menu has a name.
addEventListener("load", () => {
  for (const wrap of document.querySelectorAll(".md-typeset__scrollwrap")) wrap.tabIndex = 0;
  const name = () => {
    [...document.querySelectorAll(".md-code__nav")].forEach((menu, place) => {
      if (!menu.ariaLabel) menu.ariaLabel = `Code ${place + 1}`;
    });
  };
  name();
  new MutationObserver(name).observe(document.querySelector("article"), { childList: true, subtree: true });
});
