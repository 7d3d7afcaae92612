// A server shows this page at any address, and the site may lie in any folder: the one that has grid.json is its root.
(async () => {
  const parts = location.pathname.split("/");
  const above = parts.map((_, place) => parts.slice(0, parts.length - 1 - place).join("/") + "/");
  for (const root of new Set([document.documentElement.dataset.root, ...above.slice(0, -1)])) {
    const answer = await fetch(`${root}grid.json`, { method: "HEAD" });
    if (!answer.ok) continue;
    for (const link of document.querySelectorAll("a[data-path]")) link.href = root + link.dataset.path;
    document.querySelector("form").action = root;
    return;
  }
})();
