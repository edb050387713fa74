// report.mjs - looks at a report in a real browser: node report.mjs INDEX.HTML...
//
// At desktop and telephone width and as print, light and dark: nothing is fetched, nothing runs off
// the page, no text of a figure leaves it or touches another, text stands out from what is behind it,
// decimal points of a column align. Exit 77: playwright-core or Chromium is not here.
import { createRequire } from "node:module";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const skip = (why) => {
  console.log(`skipped: ${why}`);
  process.exit(77);
};

const require = createRequire(import.meta.url); // looks in NODE_PATH as well
let chromium;
try {
  ({ chromium } = require("playwright-core"));
} catch {
  skip("playwright-core is not here (npm install --prefix tests/browser playwright-core)");
}
const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", process.env.CHROMIUM]
  .find((path) => path && existsSync(path));
if (!executablePath) skip("Chromium is not here");

const faults = [];
const fault = (where, what) => faults.push(`${where}: ${what}`);

// -- what is measured within the page --

// Boxes of the figures' texts, in pixels; a title drawn into a text (its tooltip) takes no room.
const figureFaults = () => {
  const found = [];
  const touches = (a, b) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3;
  for (const svg of document.querySelectorAll("svg")) {
    const frame = svg.getBoundingClientRect();
    if (frame.width === 0) continue;
    const texts = [...svg.querySelectorAll("text")]
      .map((text) => ({ text: text.textContent, box: text.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0);
    texts.forEach(({ text, box }, i) => {
      if (box.left < frame.left - 1 || box.right > frame.right + 1 ||
          box.top < frame.top - 1 || box.bottom > frame.bottom + 1)
        found.push(`"${text}" leaves its figure`);
      for (const other of texts.slice(i + 1))
        if (touches(box, other.box)) found.push(`"${text}" touches "${other.text}"`);
    });
  }
  return found;
};

const pageFaults = () => {
  const found = [];
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width)
    found.push(`the page is ${document.documentElement.scrollWidth} wide, the window ${width}`);
  for (const element of document.querySelectorAll("h1,h2,p,caption,figcaption,dd,li,svg"))
    if (element.getBoundingClientRect().right > width + 1)
      found.push(`<${element.tagName.toLowerCase()}> runs off the page`);
  return found;
};

// WCAG 2.1: text against the page at least 4.5 to 1.
const contrastFaults = () => {
  const channel = (v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = (colour) => {
    const [r, g, b] = colour.match(/[\d.]+/g).map(Number);
    return 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  };
  const paper = luminance(getComputedStyle(document.body).backgroundColor);
  const found = new Set();
  for (const element of document.querySelectorAll("p,th,td,li,a,dt,dd,caption,small,sup,svg text")) {
    const style = getComputedStyle(element);
    const ink = luminance(element instanceof SVGElement ? style.fill : style.color);
    const ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    if (ratio < 4.5) found.add(`<${element.tagName}> has contrast ${ratio.toFixed(2)}`);
  }
  return [...found];
};

// The first decimal point of each cell of a column stands at one place.
const alignmentFaults = () => {
  const found = [];
  for (const table of document.querySelectorAll(".table table:not(.sources)")) {
    const columns = new Map();
    for (const cell of table.querySelectorAll("tbody td[data-record]:not([colspan])")) {
      const node = cell.firstChild;
      const point = node?.nodeType === 3 ? node.data.search(/(?<=^[-<>]?\d+)\./) : -1;
      if (point < 0) continue;
      const range = document.createRange();
      range.setStart(node, point);
      range.setEnd(node, point + 1);
      const at = range.getBoundingClientRect().left;
      const first = columns.get(cell.cellIndex) ?? at;
      columns.set(cell.cellIndex, first);
      if (Math.abs(first - at) > 0.6) found.push(`"${node.data}" is off its column's point`);
    }
  }
  return found;
};

// -- the views --

const views = [
  { name: "desktop", viewport: { width: 1280, height: 900 }, colorScheme: "light" },
  { name: "desktop, dark", viewport: { width: 1280, height: 900 }, colorScheme: "dark" },
  { name: "telephone", viewport: { width: 390, height: 844 }, colorScheme: "light" },
  { name: "telephone, small", viewport: { width: 320, height: 568 }, colorScheme: "dark" },
  { name: "print", viewport: { width: 720, height: 1000 }, colorScheme: "dark", media: "print" },
];

const look = async (browser, file, view) => {
  const page = await browser.newPage({ viewport: view.viewport, colorScheme: view.colorScheme });
  const where = `${file} (${view.name})`;
  page.on("console", (message) => fault(where, `console: ${message.text()}`));
  page.on("request", (request) => {
    if (!request.url().startsWith("file:")) fault(where, `fetches ${request.url()}`);
  });
  if (view.media) await page.emulateMedia({ media: view.media });
  await page.goto(pathToFileURL(resolve(file)).href);
  for (const measure of [pageFaults, figureFaults, contrastFaults, alignmentFaults])
    for (const what of await page.evaluate(measure)) fault(where, what);
  if (process.env.SCREENSHOTS)
    await page.screenshot({
      path: `${process.env.SCREENSHOTS}/${view.name.replace(/\W+/g, "-")}.png`,
      fullPage: true,
    });
  await page.close();
};

const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
});
for (const file of process.argv.slice(2))
  for (const view of views) await look(browser, file, view);
await browser.close();
for (const line of faults) console.error(line);
console.log(`${process.argv.length - 2} pages in ${views.length} views: ${faults.length} faults`);
process.exit(faults.length > 0 ? 1 : 0);
