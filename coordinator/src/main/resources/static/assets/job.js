// Keeps a job's page current: log events reload the changing part, signals move the lanes. No dependencies.
(() => {
  const job = document.body.dataset.job;
  const live = () => document.getElementById("live");
  if (!job || live().dataset.running !== "true") return;

  let pending = false;
  const reload = async () => {
    if (pending) return;
    pending = true;
    await new Promise(done => setTimeout(done, 150));
    pending = false;
    const answer = await fetch(`/jobs/${encodeURIComponent(job)}/live`);
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
    if (fresh) live().replaceWith(document.adoptNode(fresh));
    if (live().dataset.running !== "true") source.close();
  };

  const lane = agent => {
    const lanes = document.getElementById("lanes");
    if (!lanes) return null;
    let row = [...lanes.children].find(each => each.dataset.agent === agent);
    if (!row) {
      row = document.createElement("div");
      row.className = "lane";
      row.dataset.agent = agent;
      const name = document.createElement("span");
      name.className = "lane-name";
      name.textContent = agent;
      const phase = document.createElement("span");
      phase.className = "muted lane-phase";
      row.append(name, document.createElement("progress"), phase);
      lanes.append(row);
    }
    return row;
  };

  const source = new EventSource(`/api/v1/jobs/${encodeURIComponent(job)}/events`);
  source.addEventListener("progress", message => {
    const p = JSON.parse(message.data);
    const row = lane(p.agent);
    if (!row) return;
    const bar = row.querySelector("progress");
    bar.max = p.total || 1;
    bar.value = p.done;
    row.querySelector(".lane-phase").textContent = p.total ? `${p.phase} ${p.done} of ${p.total}` : p.phase;
  });
  ["round-opened", "update-accepted", "update-rejected", "agent-refused", "agent-lost", "round-closed",
    "round-abandoned", "state-published", "metrics-reported", "evaluation-closed", "job-completed", "job-failed",
    "job-cancelled"].forEach(type => source.addEventListener(type, reload));
})();
