// Draws every element with data-chart by uPlot; the table beside it says the same and closes when a chart stands.
(() => {
  const colours = () => [...Array(8).keys()].map(i => css(`--s${i}`));
  const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const units = ["B", "kB", "MB", "GB", "TB"];
  const bytes = value => {
    let unit = 0;
    while (Math.abs(value) >= 1000 && unit < units.length - 1) { value /= 1000; unit++; }
    return `${+value.toPrecision(3)} ${units[unit]}`;
  };
  const formats = {
    percent: value => `${(value * 100).toFixed(1)} %`,
    bytes,
    number: value => Math.abs(value) !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5) ? value.toExponential(1) : String(+value.toPrecision(3)),
  };
  const drawn = new Map();

  const draw = element => {
    const chart = JSON.parse(element.dataset.chart);
    const format = formats[chart.format] ?? formats.number;
    const ink = css("--muted"), grid = css("--line"), palette = colours();
    let next = 0;
    const lines = chart.series.map(s => ({
      label: s.name,
      stroke: s.strong ? css("--ink") : palette[next++ % palette.length],
      width: s.strong ? 3 : 1.75,
      spanGaps: true,
      points: { show: s.x.length <= 40, size: s.strong ? 7 : 5 },
      value: (u, v) => v == null ? "–" : format(v),
    }));
    const data = uPlot.join(chart.series.map(s => [s.x, s.y]));
    const axis = { stroke: ink, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 }, font: "12px system-ui" };
    const whole = chart.x === "Round";
    drawn.get(element)?.destroy();
    element.replaceChildren();
    drawn.set(element, new uPlot({
      width: element.clientWidth, height: 240,
      scales: { x: { time: false, range: (u, a, b) => a === b ? [a - 1, b + 1] : [a, b] } },
      series: [{ label: chart.x, value: (u, v) => v == null ? "–" : whole ? v : v.toFixed(2) }, ...lines],
      axes: [
        { ...axis, label: whole ? undefined : chart.x, incrs: whole ? [1, 2, 5, 10, 20, 50, 100] : undefined, values: (u, ticks) => ticks.map(t => whole ? t : +t.toPrecision(3)) },
        { ...axis, size: 68, values: (u, ticks) => ticks.map(format) },
      ],
    }, data, element));
    const details = element.parentElement.querySelector("details");
    if (details && !details.dataset.touched) details.open = false;
  };

  const all = () => {
    for (const [element, plot] of drawn) if (!element.isConnected) { plot.destroy(); drawn.delete(element); }
    document.querySelectorAll("[data-chart]").forEach(draw);
  };
  document.addEventListener("click", e => { if (e.target.tagName === "SUMMARY") e.target.parentElement.dataset.touched = "yes"; });
  document.addEventListener("DOMContentLoaded", all);
  document.addEventListener("htmx:afterSettle", all);
  const recolour = () => requestAnimationFrame(() => setTimeout(all)); // after the page has shown its new colours
  document.addEventListener("theme", recolour);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);
  let width = innerWidth;
  addEventListener("resize", () => { if (innerWidth !== width) { width = innerWidth; all(); } });
})();
