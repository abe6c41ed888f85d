// The site's own scripts, joined into one by esbuild while the book is built.

import "./long_pages.js";
import "./code_switch.js";
import "./figure_sweep.js";
import "./js_figure.js";
import "./evidence.js";
import "./contents.js";
import "./reading.js";
import "./print.js";
import "./offline.js";
import "./copy_buttons.js";
import "./to_top.js";
import "./previews.js";
import "./report.js";
import "./search/open.js";
