// What pages do beyond links and forms: live job pages, job buttons, the editor of new jobs, light and dark.
(() => {
  const api = "/api/v1/jobs";
  const problem = async answer => {
    const text = await answer.text();
    try {
      const detail = JSON.parse(text);
      return [detail.detail, ...(detail.problems ?? []).map(p => `${p.field}: ${p.message}`)].filter(Boolean).join("; ") || answer.statusText;
    } catch { return `${answer.status} ${answer.statusText}`; }
  };

  const csrf = () => {
    const cookie = document.cookie.match(/(?:^|; )XSRF-TOKEN=([^;]+)/);
    return cookie ? { "X-XSRF-TOKEN": decodeURIComponent(cookie[1]) } : {};
  };
  document.addEventListener("htmx:configRequest", e => Object.assign(e.detail.headers, csrf()));

  const moving = ["fetching", "uploading"];
  const doing = p => !p.total ? p.phase : moving.includes(p.phase) ? `${p.phase} ${Math.floor(100 * p.done / p.total)} %` : `${p.phase} ${p.done} of ${p.total}`;

  // Light and dark: the system's choice until somebody chooses here.
  const stored = localStorage.getItem("theme");
  if (stored) document.documentElement.dataset.theme = stored;
  const toggle = document.querySelector(".theme");
  if (toggle) {
    toggle.hidden = false;
    toggle.addEventListener("click", () => {
      const dark = (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
      document.documentElement.dataset.theme = dark ? "light" : "dark";
      localStorage.setItem("theme", dark ? "light" : "dark");
      document.dispatchEvent(new Event("theme"));
    });
  }

  // A job's page: events of the log reload the changing part, signals move the lanes.
  const live = () => document.getElementById("live");
  const job = live()?.dataset.job;
  if (job && live().dataset.running === "true") {
    const source = new EventSource(`${api}/${encodeURIComponent(job)}/events`);
    // One request at a time: what happens while one is under way is asked for after it, as its answer may be older.
    let stale = false, asking = false, asked = 0, pause = 200;
    const ask = () => setTimeout(() => {
      stale = false;
      asking = true;
      asked = performance.now();
      htmx.trigger(live(), "refresh");
    }, pause);
    const refresh = () => {
      if (stale) return;
      stale = true;
      if (!asking) ask();
    };
    // A button that went between press and release would not be clicked: nothing is replaced under a finger.
    let pressed = false;
    document.addEventListener("pointerdown", () => { pressed = true; }, true);
    ["pointerup", "pointercancel"].forEach(type => document.addEventListener(type, () => setTimeout(() => { pressed = false; }), true));
    document.addEventListener("htmx:beforeSwap", e => {
      if (!pressed) return;
      e.detail.shouldSwap = false;
      stale = true;
    });
    document.addEventListener("htmx:afterRequest", e => {
      asking = false;
      pause = Math.max(e.detail.successful ? 200 : 2000, 3 * (performance.now() - asked)); // a large page less often
      stale ||= !e.detail.successful;
      if (stale) ask();
    });
    document.addEventListener("htmx:afterSettle", () => { if (live()?.dataset.running !== "true") source.close(); });
    source.addEventListener("progress", message => {
      const p = JSON.parse(message.data);
      const row = document.querySelector(`.lane[data-agent="${CSS.escape(p.agent)}"]`);
      if (!row) return document.getElementById("lanes")?.dataset.hidden > 0 ? undefined : refresh();
      const bar = row.querySelector("progress");
      if (bar) { bar.max = p.total || 1; bar.value = p.done; }
      row.querySelector(".lane-phase").textContent = doing(p);
      const cell = row.querySelector(`.cell[data-round="${p.round}"]`);
      if (cell?.classList.contains("waiting")) cell.classList.replace("waiting", "training");
    });
    ["round-opened", "update-accepted", "update-rejected", "agent-refused", "agent-lost", "round-closed", "round-abandoned",
      "state-published", "metrics-reported", "evaluation-closed", "job-paused", "job-resumed", "job-retried", "job-completed",
      "job-failed", "job-cancelled", "job-exhausted", "privacy-alarmed"].forEach(type => source.addEventListener(type, refresh));
  }

  document.addEventListener("click", async e => {
    const button = e.target.closest("[data-action]");
    if (!button || (button.dataset.confirm && !confirm(button.dataset.confirm))) return;
    button.disabled = true;
    const id = button.parentElement.dataset.job;
    const answer = await fetch(`${api}/${encodeURIComponent(id)}/${button.dataset.action}`, { method: "POST", headers: csrf() });
    if (answer.ok) { location.reload(); return; }
    const error = document.getElementById("action-error");
    error.hidden = false;
    error.textContent = await problem(answer);
    button.disabled = false;
  });

  // The agents page: one-time tokens, and shutting out.
  const enrolments = "/api/v1/enrolments";
  const failed = async answer => {
    const error = document.getElementById("action-error");
    error.hidden = false;
    error.textContent = await problem(answer);
  };
  document.getElementById("new-token")?.addEventListener("submit", async e => {
    e.preventDefault();
    const agent = new FormData(e.target).get("agent");
    const answer = await fetch(`${enrolments}/tokens`, { method: "POST", body: JSON.stringify({ agent }), headers: { "Content-Type": "application/json", ...csrf() } });
    if (!answer.ok) { await failed(answer); return; }
    document.getElementById("action-error").hidden = true;
    document.getElementById("token-text").textContent = (await answer.json()).token;
    document.getElementById("token").hidden = false;
  });
  document.addEventListener("click", async e => {
    const button = e.target.closest("[data-revoke]");
    if (!button || !confirm(button.dataset.confirm)) return;
    const answer = await fetch(`${enrolments}/${encodeURIComponent(button.dataset.revoke)}`, { method: "DELETE", headers: csrf() });
    if (answer.ok) location.reload(); else await failed(answer);
  });

  // The adapters page: a name is given to an adapter, and taken back to the one before.
  const registry = (name, order, body) => fetch(`/api/v1/registry/${encodeURIComponent(name)}/${order}`, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json", ...csrf() } });
  const promotion = document.getElementById("promotion");
  document.addEventListener("click", async e => {
    const promote = e.target.closest("[data-promote]");
    if (promote) {
      promotion.querySelector("form").reset();
      promotion.dataset.job = promote.dataset.promote;
      promotion.dataset.version = promote.dataset.version;
      document.getElementById("promotion-what").textContent = `v${promote.dataset.version} of ${promote.dataset.promote}`;
      promotion.querySelector("[name=name]").value = promote.dataset.name;
      document.getElementById("promotion-error").hidden = true;
      promotion.showModal();
    }
    if (e.target.closest("[data-close]")) e.target.closest("dialog").close();
    const back = e.target.closest("[data-rollback]");
    if (!back || !confirm(back.dataset.confirm)) return;
    const answer = await registry(back.dataset.rollback, "rollback", { promotion: Number(back.dataset.number) });
    if (answer.ok) location.reload(); else await failed(answer);
  });
  promotion?.addEventListener("submit", async e => {
    e.preventDefault();
    const form = new FormData(e.target);
    const answer = await registry(form.get("name"), "promotions", { job: promotion.dataset.job, version: Number(promotion.dataset.version), note: form.get("note") });
    if (answer.ok) { location.reload(); return; }
    const error = document.getElementById("promotion-error");
    error.hidden = false;
    error.textContent = await problem(answer);
  });

  // The editor: the document is what counts; fields write into it and read from it.
  const editor = document.getElementById("document");
  if (!editor) return;
  const fields = [...document.querySelectorAll("[data-key]")];
  const escape = text => text.replace(/[.*+?^${}()|[\]\\-]/g, "\\$&");
  const value = "(\\[[^\\]]*\\]|[^,}\\n#]*)";
  // Finds the value of section.key in a one-line map or an indented block, or of a key on the first level.
  const find = key => {
    const [section, name] = key.includes(".") ? key.split(".") : [null, key];
    const text = editor.value;
    if (!section) {
      const m = new RegExp(`^(${escape(name)}:[ \\t]*)([^\\n#]*)`, "m").exec(text);
      return m && [m.index + m[1].length, m[2].trimEnd()];
    }
    const block = new RegExp(`^${escape(section)}:([ \\t]*\\{[^}]*\\}?|[^\\n]*(?:\\n[ \\t]+[^\\n]*)*)`, "m").exec(text);
    if (!block) return null;
    const m = new RegExp(`([{,\\s]${escape(name)}:[ \\t]*)${value}`).exec(block[0]);
    return m && [block.index + m.index + m[1].length, m[2].trimEnd()];
  };
  const read = () => fields.forEach(field => {
    if (field === document.activeElement) return;
    const found = find(field.dataset.key);
    const text = found ? found[1].replace(/^\[|\]$/g, "").replace(/^"|"$/g, "") : "";
    if (field.value !== text) field.value = text;
  });
  const write = field => {
    const key = field.dataset.key;
    const text = "list" in field.dataset ? `[${field.value}]` : field.value;
    const found = find(key);
    if (found) {
      editor.value = editor.value.slice(0, found[0]) + text + editor.value.slice(found[0] + found[1].length);
    } else {
      const [section, name] = key.includes(".") ? key.split(".") : [null, key];
      const head = section && new RegExp(`^${escape(section)}:[ \\t]*(\\{|\\n([ \\t]+))`, "m").exec(editor.value);
      if (head) {
        const at = head.index + head[0].length;
        const rest = editor.value.slice(at);
        const end = head[2] ? `\n${head[2]}` : rest.startsWith("}") ? "" : ", ";
        editor.value = `${editor.value.slice(0, at)}${name}: ${text}${end}${rest}`;
      } else {
        editor.value = `${editor.value.trimEnd()}\n${section ? `${section}: {${name}: ${text}}` : `${name}: ${text}`}\n`;
      }
    }
  };
  // Takes a key out of its map, or the line it stands on by itself.
  const drop = key => {
    const found = find(key);
    if (!found) return;
    const text = editor.value;
    let start = text.lastIndexOf(`${key.split(".").pop()}:`, found[0]);
    let end = found[0] + found[1].length;
    const line = text.lastIndexOf("\n", start - 1) + 1;
    const rest = /^[ \t]*,?[ \t]*(#.*)?(\n|$)/.exec(text.slice(end));
    if (rest && !text.slice(line, start).trim()) {
      start = line;
      end += rest[0].length;
    } else {
      const after = /^\s*,\s*/.exec(text.slice(end));
      const before = /,?\s*$/.exec(text.slice(0, start));
      if (after) end += after[0].length; else start -= before[0].length;
    }
    editor.value = text.slice(0, start) + text.slice(end);
  };
  fields.forEach(field => {
    field.addEventListener("input", () => { if (field.value) write(field); });
    field.addEventListener("change", () => { if (!field.value) { drop(field.dataset.key); htmx.trigger("#editor", "changed-by-form"); } });
  });
  editor.addEventListener("input", read);
  document.addEventListener("click", e => {
    const pick = e.target.closest(".pick");
    if (!pick) return;
    const field = fields.find(f => f.dataset.key === "aggregation.method");
    field.value = pick.dataset.method;
    write(field);
    htmx.trigger("#editor", "changed-by-form");
  });
  document.getElementById("editor").addEventListener("submit", e => e.preventDefault());
  document.getElementById("submit").addEventListener("click", async e => {
    e.target.disabled = true;
    const answer = await fetch(api, { method: "POST", body: editor.value, headers: { "Content-Type": "application/yaml", "Idempotency-Key": crypto.randomUUID(), ...csrf() } });
    if (answer.ok) { location.href = `/jobs/${encodeURIComponent((await answer.json()).id)}`; return; }
    document.getElementById("submit-error").textContent = await problem(answer);
    e.target.disabled = false;
  });
  read();
})();
