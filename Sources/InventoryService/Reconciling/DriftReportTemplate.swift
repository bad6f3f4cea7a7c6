/// The page of a drift report, as Mustache (mustache(5)); everything in it is inline, so that it is one file.
enum DriftReportTemplate {
  static let text = head + body + script

  private static let head = #"""
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Drift of {{shop}}, {{startedAt}}</title>
    <style>
    :root { --ground: #fbfaf8; --card: #fff; --ink: #1d1c1a; --soft: #6b6862; --line: #e4e1db;
      --mended: #2f7d6d; --open: #c8571b; --rest: #a8a59e; --loud: #a8430f; }
    @media (prefers-color-scheme: dark) { :root { --ground: #161514; --card: #201f1d; --ink: #ece9e3;
      --soft: #a09c94; --line: #34322e; --mended: #55b3a0; --open: #ee8a4d; --rest: #6d6a64; --loud: #f39a63; } }
    * { box-sizing: border-box; }
    body { margin: 0; padding: 2rem clamp(1rem, 4vw, 3rem) 4rem; background: var(--ground); color: var(--ink);
      font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
    main { max-width: 90rem; margin: 0 auto; }
    h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .25rem; letter-spacing: -.01em; }
    h2 { font-size: 1.05rem; margin: 2.25rem 0 .6rem; }
    p { margin: .25rem 0; }
    .soft { color: var(--soft); }
    .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .75rem;
      margin: 1.5rem 0 0; padding: 0; list-style: none; }
    .tiles li, .card { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; }
    .tiles li { padding: .8rem 1rem; }
    .tiles b { display: block; font-size: 1.55rem; line-height: 1.2; font-weight: 600;
      font-variant-numeric: tabular-nums; }
    .loud { color: var(--loud); }
    .card { padding: 1rem; overflow-x: auto; }
    .badge { display: inline-block; padding: 0 .5rem; border: 1px solid currentColor; border-radius: 1rem;
      font-size: .8rem; white-space: nowrap; }
    .badge.open { color: var(--open); } .badge.mended { color: var(--mended); }
    svg { display: block; width: 100%; min-width: 30rem; height: auto; overflow: visible; }
    svg text { font: 11px system-ui, sans-serif; fill: var(--soft); }
    svg line { stroke: var(--line); }
    rect.mended { fill: var(--mended); } rect.open { fill: var(--open); } rect.rest { fill: var(--rest); }
    g.bar:hover rect { opacity: .75; }
    .legend { display: flex; flex-wrap: wrap; gap: 1.25rem; margin: 0 0 .75rem; font-size: .85rem; }
    .legend i { display: inline-block; width: .7rem; height: .7rem; border-radius: .15rem; margin-right: .4rem; }
    table { width: 100%; border-collapse: collapse; font-size: .9rem; }
    th, td { padding: .45rem .7rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
    tr:last-child td { border-bottom: 0; }
    th { font-weight: 600; font-size: .8rem; color: var(--soft); white-space: nowrap; }
    th button { all: unset; cursor: pointer; }
    th button:focus-visible { outline: 2px solid var(--mended); outline-offset: 2px; border-radius: .2rem; }
    th[aria-sort=ascending] button::after { content: " ↑"; }
    th[aria-sort=descending] button::after { content: " ↓"; }
    .n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
    td.name { min-width: 9rem; font-weight: 600; overflow-wrap: anywhere; }
    td.words { min-width: 13rem; overflow-wrap: anywhere; }
    @media print { body { padding: 0; } .tiles li, .card { border-color: #bbb; } }
    </style>
    </head>

    """#

  private static let body = #"""
    <body>
    <main>
    <h1>Drift of {{shop}}</h1>
    <p class="soft">{{scope}}, looked at from {{startedAt}} to {{endedAt}}. Report {{report}}.
    {{#isDryRun}}<span class="badge">dry run: nothing was mended</span>{{/isDryRun}}
    {{#isRefresh}}<span class="badge">{{refresh}}</span>{{/isRefresh}}
    {{#lists}}<br>{{.}}{{/lists}}</p>
    <ul class="tiles">
    {{#tiles}}<li><b class="n{{#isLoud}} loud{{/isLoud}}" style="text-align: left">{{count}}</b>{{name}}</li>
    {{/tiles}}
    </ul>
    {{#hasFailures}}<h2 class="loud">What could not be looked at</h2>
    <div class="card">{{#failures}}<p>{{.}}</p>{{/failures}}</div>{{/hasFailures}}
    {{#chart}}<h2>Drift over the last reports</h2>
    <div class="card">
    <p class="legend"><span><i style="background: var(--mended)"></i>mended</span>
    <span><i style="background: var(--open)"></i>open: somebody has to look</span>
    <span><i style="background: var(--rest)"></i>noted, or settled otherwise</span></p>
    <svg viewBox="-44 -8 772 182" role="img" aria-label="Rows that drifted, report by report">
    <line x1="0" x2="720" y1="0" y2="0"/><line x1="0" x2="720" y1="140" y2="140"/>
    <text x="-8" y="4" text-anchor="end">{{top}}</text><text x="-8" y="144" text-anchor="end">0</text>
    {{#bars}}<g class="bar"><title>{{at}}: {{drifted}} drifted, {{mended}} mended, {{open}} open</title>
    <rect x="{{x}}" y="0" width="{{width}}" height="140" fill="transparent"/>
    {{#parts}}<rect class="{{kind}}" x="{{x}}" y="{{y}}" width="{{width}}" height="{{height}}"/>{{/parts}}</g>
    {{/bars}}
    <text x="0" y="162">{{first}}</text><text x="720" y="162" text-anchor="end">{{last}}</text>
    </svg>
    </div>{{/chart}}
    {{#hasRows}}<h2>By class</h2>
    <div class="card"><table>
    <thead><tr><th>class</th><th class="n">rows</th><th class="n">mended</th><th class="n">open</th></tr></thead>
    <tbody>
    {{#classes}}<tr><td class="name">{{name}}</td><td class="n">{{count}}</td><td class="n">{{mended}}</td>
    <td class="n">{{open}}</td></tr>
    {{/classes}}
    </tbody></table></div>
    <h2>Row by row</h2>
    {{#isShortened}}<p class="soft"><span class="n">{{hidden}}</span> more rows are in the JSON or CSV of this
    report, or past what a report keeps.</p>{{/isShortened}}
    <div class="card"><table class="sorts">
    <thead><tr><th class="n">row</th><th>SKU</th><th>location</th><th>side</th><th>number</th><th class="n">ours</th>
    <th class="n">theirs</th><th class="n">difference</th><th>class</th><th>state</th><th>cause</th><th>action</th>
    </tr></thead>
    <tbody>
    {{#rows}}<tr><td class="n">{{number}}</td><td class="name">{{sku}}</td><td>{{location}}</td><td>{{side}}</td>
    <td>{{component}}</td><td class="n">{{ours}}</td><td class="n">{{theirs}}</td><td class="n">{{difference}}</td>
    <td>{{class}}</td>
    <td><span class="badge{{#isOpen}} open{{/isOpen}}{{#isMended}} mended{{/isMended}}">{{state}}</span></td>
    <td class="words">{{cause}}</td><td class="words">{{action}}{{#remark}}<br><span class="soft">{{remark}}</span>
    {{/remark}}</td></tr>
    {{/rows}}
    </tbody></table></div>{{/hasRows}}
    {{^hasRows}}<h2>Everything that was looked at is in step.</h2>{{/hasRows}}
    </main>

    """#

  /// Without it the table stays in its first order: what is open, then what differs most.
  private static let script = #"""
    <script>
    for (const cell of document.querySelectorAll(".n")) {
      const text = cell.textContent.trim();
      if (/^-?\d+$/.test(text)) { cell.dataset.v = text; cell.textContent = Number(text).toLocaleString("en"); }
    }
    for (const table of document.querySelectorAll("table.sorts")) {
      const body = table.tBodies[0];
      [...table.tHead.rows[0].cells].forEach((head, column) => {
        const button = document.createElement("button");
        button.type = "button";
        button.append(...head.childNodes);
        head.append(button);
        button.addEventListener("click", () => {
          const rises = head.getAttribute("aria-sort") !== "ascending";
          for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
          head.setAttribute("aria-sort", rises ? "ascending" : "descending");
          const isNumber = head.classList.contains("n");
          const value = (row) => {
            const cell = row.cells[column];
            return isNumber ? Number(cell.dataset.v ?? -Infinity) : cell.textContent.trim();
          };
          const compare = (a, b) => isNumber ? (a < b ? -1 : a > b ? 1 : 0) : a.localeCompare(b, "en");
          const rows = [...body.rows].map((row) => [value(row), row]);
          rows.sort((a, b) => (rises ? 1 : -1) * compare(a[0], b[0]));
          body.append(...rows.map((pair) => pair[1]));
        });
      });
    }
    </script>
    </body>
    </html>

    """#
}
