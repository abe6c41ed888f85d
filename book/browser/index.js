// The site's own scripts, joined into one by esbuild while the book is built.

import "./long_pages.js";
import "./figure_sweep.js";
import "./js_figure.js";
import "./evidence.js";
import "./copy_buttons.js";
import "./menus.js";
