/** The style of the page with results, for light and dark screens, and for paper. */
export const REPORT_STYLE = `:root {
  color-scheme: light dark;
  --quiet: light-dark(#59636e, #9198a1);
  --line: light-dark(#d1d9e0, #3d444d);
  --box: light-dark(#f6f8fa, #151b23);
  --good: light-dark(#1a7f37, #3fb950);
  --bad: light-dark(#cf222e, #f85149);
  --fair: light-dark(#9a6700, #d29922);
  --mark: light-dark(#ffd8d3, #67201c);
}
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1rem; }
h1 { font-size: 1.6rem; margin: 1rem 0; }
h2 { font-size: 1.1rem; margin: 2rem 0 0.5rem; overflow-wrap: anywhere; }
dl { display: grid; gap: 0.25rem 1rem; grid-template-columns: max-content 1fr; }
dt { color: var(--quiet); }
dd { margin: 0; }
details { border-top: 1px solid var(--line); padding: 0.5rem 0; }
summary { cursor: pointer; overflow-wrap: anywhere; }
code { font: 0.85em ui-monospace, monospace; overflow-wrap: anywhere; }
pre { background: var(--box); border-radius: 6px; overflow-wrap: anywhere; padding: 0.75rem; white-space: pre-wrap; font: 0.9rem/1.5 ui-monospace, monospace; }
mark { background: var(--mark); border-radius: 3px; color: inherit; }
mark::after { color: var(--bad); content: attr(data-number); font-size: 0.65em; vertical-align: super; }
li { margin: 0.25rem 0; overflow-wrap: anywhere; }
.quiet { color: var(--quiet); }
.verdict { border: 1px solid; border-radius: 1em; font-size: 0.8rem; padding: 0 0.5em; white-space: nowrap; }
.passed { color: var(--good); }
.failed, .error { color: var(--bad); }
.lacking, .warn { color: var(--fair); }
.advise { color: var(--quiet); }`;
