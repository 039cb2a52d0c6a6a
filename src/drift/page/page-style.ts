/** The style of a report of drift, for light and dark screens. The two windows also differ in lightness, for whoever sees no colours. */
export const PAGE_STYLE = `:root {
  color-scheme: light dark;
  --text: #1c2128; --quiet: #59636e; --line: #d1d9e0; --box: #f6f8fa; --back: #ffffff;
  --baseline: #7a8490; --current: #0550ae; --moved: #b3261e; --steady: #1a7f37; --change: #b3261e;
  --baseline-window: #eceff2; --current-window: #dcebfc;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e6edf3; --quiet: #9198a1; --line: #3d444d; --box: #151b23; --back: #0d1117;
    --baseline: #8b949e; --current: #79b8ff; --moved: #ff8177; --steady: #3fb950; --change: #ff8177;
    --baseline-window: #1b2129; --current-window: #14283f;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 62rem; color: var(--text); background: var(--back); font: 16px/1.5 system-ui, sans-serif; }
h1 { margin: 1rem 0 0.5rem; font-size: 1.6rem; }
h2 { margin: 0; font-size: 1.25rem; overflow-wrap: anywhere; }
h3 { margin: 1.5rem 0 0.5rem; font-size: 1rem; }
section { margin: 2rem 0; padding-top: 1.5rem; border-top: 1px solid var(--line); }
a { color: var(--current); }
figure { margin: 0 0 1.25rem; overflow-x: auto; }
figcaption { margin-bottom: 0.25rem; }
svg { display: block; width: 100%; min-width: 34rem; max-width: 44rem; height: auto; }
table { width: 100%; border-collapse: collapse; font-size: 0.9rem; }
th, td { padding: 0.35rem 0.75rem 0.35rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
thead th { color: var(--quiet); font-weight: 500; white-space: nowrap; }
tbody th { font-weight: 500; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
tr.moved th, tr.moved .size { color: var(--moved); font-weight: 600; }
blockquote { margin: 0.5rem 0; padding: 0.5rem 0.75rem; border-left: 3px solid var(--line); background: var(--box); overflow-wrap: anywhere; }
blockquote.of-current { border-color: var(--current); }
blockquote.of-baseline { border-color: var(--baseline); }
blockquote footer { color: var(--quiet); font-size: 0.85rem; }
details { margin: 0.75rem 0; }
summary { cursor: pointer; }
ul { padding-left: 1.25rem; }
.scroll { overflow-x: auto; }
.quiet { color: var(--quiet); }
.verdict { margin-left: 0.5rem; padding: 0 0.5em; border: 1px solid; border-radius: 1em; font-size: 0.85rem; font-weight: 600; white-space: nowrap; }
.verdict.moved { color: var(--moved); }
.verdict.steady { color: var(--steady); }
.verdict.too_few { color: var(--quiet); }
.key { display: inline-block; width: 0.8em; height: 0.8em; border-radius: 2px; }
.key.baseline { background: var(--baseline); }
.key.current { background: var(--current); }
.grid { stroke: var(--line); stroke-width: 1; }
.tick { fill: var(--quiet); font-size: 11px; }
.name { fill: var(--text); font-size: 12px; }
.line { fill: none; stroke: var(--text); stroke-width: 1.5; }
.point { fill: var(--text); }
.change { stroke: var(--change); stroke-width: 2; stroke-dasharray: 5 4; }
.baseline-window { fill: var(--baseline-window); }
.current-window { fill: var(--current-window); }
.baseline-bar, .baseline-rate { fill: var(--baseline); }
.current-bar, .current-rate { fill: var(--current); }
.baseline-interval { stroke: var(--baseline); stroke-width: 3; }
.current-interval { stroke: var(--current); stroke-width: 3; }`;
