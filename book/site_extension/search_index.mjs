// Builds the search's index while the book is built. Usage: node search_index.mjs < sections > index
// With it come, for each term of the glossary, how often each section mentions it: in titles, in texts.
import { readFileSync } from "node:fs";
import { buildIndex } from "../browser/search/engine.js";
import { mentions, nameTable, tokens } from "../browser/search/words.js";

const { terms, sections } = JSON.parse(readFileSync(0, "utf8"));
// Who asks "stuck" may mean local minima, but not every text in which something is stuck does.
const names = nameTable(terms.map(({ name, chinese, also }) => ({ name, chinese, also })));
const counts = terms.map(() => ({}));
sections.forEach((section, id) => {
  for (const place of ["title", "text"]) {
    for (const { concept } of mentions(tokens(section[place]), names)) {
      counts[concept][id] ??= { title: 0, text: 0 };
      counts[concept][id][place] += 1;
    }
  }
});
process.stdout.write(JSON.stringify({ index: buildIndex(terms, sections), counts }));
