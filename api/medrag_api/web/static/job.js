// Follows a job as it runs; when it has ended the page is read anew.
const panel = document.querySelector("[data-job]");
const address = `/jobs/${panel.dataset.job}`;
const numbers = new Intl.NumberFormat(document.documentElement.lang);

function show(job) {
  panel.querySelector("[data-stage]").textContent = job.stage;
  const bar = panel.querySelector("[data-bar]");
  if (job.total) { bar.max = job.total; bar.value = job.done; } else { bar.removeAttribute("value"); }
  const rate = job.rate ? ` · ${numbers.format(job.rate)}/s` : "";
  const left = job.eta_s ? ` · ${numbers.format(Math.ceil(job.eta_s))} s` : "";
  panel.querySelector("[data-counts]").textContent = job.total ? `${numbers.format(job.done)} / ${numbers.format(job.total)}${rate}${left}` : "";
}

if (["queued", "running"].includes(panel.dataset.state)) {
  const source = new EventSource(`${address}/events`);
  source.addEventListener("progress", (event) => show(JSON.parse(event.data)));
  source.addEventListener("done", () => { source.close(); location.reload(); });
  panel.querySelector("[data-cancel]").addEventListener("click", () => fetch(address, { method: "DELETE" }));
}
