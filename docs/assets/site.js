// The catalogue's filter. Without JavaScript the whole list is there and the buttons stay hidden.
(() => {
  const list = document.querySelector("[data-claim-filter]");
  if (!list) return;
  const bar = list.querySelector(".claim-filters");
  const buttons = [...bar.querySelectorAll("button")];
  const rows = [...list.querySelectorAll("tr[data-verdict]")];

  const show = (verdict) => {
    const known = buttons.some((button) => button.dataset.verdict === verdict) ? verdict : "";
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.verdict === known));
    for (const row of rows) row.hidden = known !== "" && row.dataset.verdict !== known;
  };
  const fromAddress = () => show(location.hash.slice(1));

  for (const button of buttons) {
    button.addEventListener("click", () => {
      history.replaceState(null, "", button.dataset.verdict ? `#${button.dataset.verdict}` : location.pathname);
      show(button.dataset.verdict);
    });
  }
  addEventListener("hashchange", fromAddress);
  bar.hidden = false;
  fromAddress();
})();
