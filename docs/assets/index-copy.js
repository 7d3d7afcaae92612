// "Copy as Markdown" on the page of all claims: the rows that are in sight, as a table with links that work anywhere.
(() => {
  const index = document.querySelector("[data-claim-index]");
  if (!index) return;
  const status = index.querySelector("[role=status]");
  const byHand = index.querySelector(".claim-by-hand");
  const box = byHand.querySelector("textarea");

  const plain = (text) => text.replace(/\s+/g, " ").trim();
  const escaped = (text) => plain(text).replace(/[\\`*_[\]<>|]/g, "\\$&");
  const verdict = (cell) => {
    const chip = [...cell.querySelectorAll(".claim-chip")].find((one) => !one.closest("[hidden]"));
    const more = [...cell.querySelectorAll("small, li")].filter((one) => !one.closest("[hidden]"));
    return escaped([chip.textContent, ...more.map((one) => one.textContent)].map(plain).join("; "));
  };
  const line = (cells) => `| ${cells.join(" | ")} |`;

  const markdown = (rows) => {
    const heads = [...index.querySelectorAll("thead th")].map((head) =>
      escaped([...head.childNodes].filter((node) => !node.hidden).map((node) => node.textContent).join("")),
    );
    const lines = rows.map((row) => {
      const [where, claim, kind, came] = row.cells;
      const link = claim.querySelector("a");
      return line([escaped(where.textContent), `[${escaped(link.textContent)}](${link.href})`, escaped(kind.textContent), verdict(came)]);
    });
    return [line(heads), line(heads.map(() => "---")), ...lines, ""].join("\n");
  };

  index.querySelector("[data-copy]").addEventListener("click", async () => {
    const rows = [...index.querySelectorAll("tbody tr")].filter((row) => !row.hidden);
    const text = markdown(rows);
    try {
      await navigator.clipboard.writeText(text);
      byHand.hidden = true;
      status.textContent = status.dataset.copied.replace("{shown}", rows.length);
    } catch {
      // No leave to copy, or a page that was not fetched over TLS.
      byHand.hidden = false;
      box.value = text;
      box.focus();
      box.select();
    }
  });
})();
