// "Report a problem": the form that opens names the section that is being read.

/** @type {HTMLAnchorElement | null} */
const link = document.querySelector("a.btn-report");

/** The innermost section that reaches into the upper half of the screen; none at a page's top. */
function sectionBeingRead() {
  const sections = [...document.querySelectorAll("article section section[id]")];
  return sections.filter(section => section.getBoundingClientRect().top < innerHeight / 2).pop();
}

function nameSection() {
  if (!link) return;
  const section = sectionBeingRead();
  const heading = section?.querySelector("h2, h3, h4")?.firstChild?.textContent?.trim();
  const url = new URL(link.href);
  const body = url.searchParams.get("body") ?? "";
  const name = section ? `${heading} (#${section.id})` : "";
  url.searchParams.set("body", body.replace(/^Section:.*$/m, `Section: ${name}`.trim()));
  link.href = url.href;
}

// Before the click: a link can also be opened in another tab.
for (const event of ["pointerdown", "click"]) link?.addEventListener(event, nameSection);
