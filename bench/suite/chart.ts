/** Horizontal bars as SVG: no script, no font of its own, and colours for light and dark pages. */

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** Where the interval begins and ends. */
  readonly low: number;
  readonly high: number;
  /** What is written beside it. */
  readonly text: string;
  /** One of ours, which stands out. */
  readonly isSubject: boolean;
}

const WIDTH = 720;
const ROW = 26;
const TOP = 44;
/** What a letter of the labels takes at most; a chart that is drawn in a file cannot measure its text. */
const LETTER = 7;
const TEXT = 90;

const STYLE = `text{font:12px system-ui,sans-serif;fill:#1f2328}.title{font-weight:600;font-size:14px}.bar{fill:#8c959f}.subject{fill:#0969da}.interval{stroke:#1f2328;stroke-width:1.5}@media(prefers-color-scheme:dark){text{fill:#e6edf3}.bar{fill:#6e7681}.subject{fill:#4493f8}.interval{stroke:#e6edf3}}`;

/** The same bars give the same bytes. */
export function drawChart(title: string, bars: readonly Bar[]): string {
  const left = 16 + LETTER * Math.max(...bars.map(({ label }) => label.length));
  const space = WIDTH - left - TEXT;
  const most = Math.max(...bars.map(({ high }) => high));
  const place = (value: number): number => Number((left + (most === 0 ? 0 : (value / most) * space)).toFixed(1));
  const rows = bars.map((bar, i) => {
    const y = TOP + i * ROW;
    const middle = y + ROW / 2;
    const end = Math.max(place(bar.value), left + 1);
    return [
      `<text x="${left - 8}" y="${middle + 4}" text-anchor="end">${escaped(bar.label)}</text>`,
      `<rect class="${bar.isSubject ? 'subject' : 'bar'}" x="${left}" y="${y + 4}" width="${Number((end - left).toFixed(1))}" height="${ROW - 8}" rx="2"/>`,
      `<line class="interval" x1="${place(bar.low)}" y1="${middle}" x2="${place(bar.high)}" y2="${middle}"/>`,
      `<text x="${Math.max(end, place(bar.high)) + 6}" y="${middle + 4}">${escaped(bar.text)}</text>`,
    ].join('');
  });
  const height = TOP + bars.length * ROW + 12;
  const spoken = `${title}: ${bars.map(({ label, text }) => `${label} ${text}`).join(', ')}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escaped(spoken)}">`,
    `<style>${STYLE}</style>`,
    `<text class="title" x="16" y="26">${escaped(title)}</text>`,
    ...rows,
    '</svg>\n',
  ].join('\n');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
