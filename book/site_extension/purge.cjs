// Removes from a style sheet the rules that no page and no script of the site can use.
// Usage: node purge.cjs SITE_FOLDER SHEET
const fs = require("fs");
const { PurgeCSS } = require("../node_modules/purgecss");

const [site, sheet] = process.argv.slice(2);
new PurgeCSS()
  .purge({
    css: [sheet],
    keyframes: true,
    content: [`${site}/**/*.html`, `${site}/_static/**/*.js`],
    // Set on the page while it is read.
    dynamicAttributes: ["data-theme", "data-mode", "data-code", "data-scripts"],
  })
  .then(([result]) => fs.writeFileSync(sheet, result.css))
  .catch(error => { console.error(error); process.exit(1); });
