/** The style sheet of the page: one column on a narrow screen, and light or dark as the reader has it. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --text: #1c2128; --soft: #57606a; --line: #d8dee4; --back: #ffffff; --panel: #f6f8fa; --link: #0550ae;
  --get: #0a5c36; --post: #0550ae; --required: #9a3412;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e6edf3; --soft: #9da7b3; --line: #30363d; --back: #0d1117; --panel: #161b22; --link: #79b8ff;
    --get: #56d391; --post: #79b8ff; --required: #f0a67a;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; color: var(--text); background: var(--back); font: 16px/1.55 system-ui, sans-serif; }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
code, pre, .method { font-family: ui-monospace, Consolas, monospace; }
code { font-size: 0.9em; overflow-wrap: anywhere; }
small { color: var(--soft); font-weight: normal; }
nav { padding: 1rem; background: var(--panel); border-bottom: 1px solid var(--line); font-size: 0.9rem; }
nav .title { color: var(--text); font-size: 1.1rem; font-weight: 600; }
nav h2 { margin: 1rem 0 0.25rem; color: var(--soft); font-size: 0.75rem; letter-spacing: 0.05em; text-transform: uppercase; }
nav ul { margin: 0; padding: 0; list-style: none; }
nav li a { display: flex; gap: 0.5rem; align-items: baseline; padding: 0.15rem 0; color: var(--text); }
main { max-width: 60rem; padding: 1rem; }
h1 { margin: 0.5rem 0 1rem; }
h2 { margin-top: 3rem; }
nav h2:first-of-type { margin-top: 1rem; }
h4 { margin: 1.5rem 0 0.5rem; }
article { margin: 1.5rem 0; padding: 1rem; border: 1px solid var(--line); border-radius: 8px; }
article h3 { margin: 0; }
.target { margin: 0.5rem 0; padding: 0.5rem 0.75rem; background: var(--panel); border-radius: 6px; }
.method { display: inline-block; min-width: 2.4rem; font-size: 0.75rem; font-weight: 700; }
.get { color: var(--get); }
.post { color: var(--post); }
.scope, .limits { color: var(--soft); }
.status { padding: 0.1rem 0.4rem; border: 1px solid var(--line); border-radius: 4px; font-size: 0.85em; }
.required, .optional { color: var(--required); font-size: 0.8rem; }
.optional { color: var(--soft); }
.pattern code { font-size: 0.75em; word-break: break-all; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: 0.9rem; }
th, td { padding: 0.4rem 0.75rem 0.4rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { color: var(--soft); font-weight: 500; }
td:first-child code, .problems td:nth-child(2) code { overflow-wrap: normal; white-space: nowrap; }
td:last-child { min-width: 14rem; }
details { margin: 0.75rem 0; }
summary { cursor: pointer; color: var(--link); }
pre { max-height: 30rem; margin: 0.5rem 0; padding: 0.75rem; overflow: auto; background: var(--panel); border-radius: 6px; font-size: 0.85rem; line-height: 1.45; }
pre code { overflow-wrap: normal; }
@media (min-width: 60rem) {
  body { display: grid; grid-template-columns: 17rem minmax(0, 1fr); }
  nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; border-right: 1px solid var(--line); border-bottom: 0; }
  main { padding: 1.5rem 2.5rem 6rem; }
}
`;
